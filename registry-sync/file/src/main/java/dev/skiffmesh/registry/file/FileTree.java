package dev.skiffmesh.registry.file;

import java.io.IOException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.EnumSet;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What lies below a root at one moment.
 *
 * @param files YAML files by scope
 * @param unreadable folders that cannot be listed, by scope, with the reason
 */
record FileTree(SortedMap<String, Path> files, SortedMap<String, String> unreadable) {

  /**
   * Walks from {@code root}, through links too. Names that begin with a dot are left out: editors'
   * drafts, and the {@code ..data} folder of a Kubernetes ConfigMap, whose files are linked beside
   * it.
   *
   * @param shownAs what the scopes begin with instead of the root
   * @param folder told of each folder before it is listed
   * @throws IOException if the root is not there or cannot be listed
   */
  static FileTree of(Path root, String shownAs, Consumer<Path> folder) throws IOException {
    SortedMap<String, Path> files = new TreeMap<>();
    SortedMap<String, String> unreadable = new TreeMap<>();
    if (!Files.exists(root)) {
      throw new NoSuchFileException(shownAs);
    }
    if (!Files.isDirectory(root)) {
      files.put(shownAs, root);
      return new FileTree(files, unreadable);
    }
    Files.walkFileTree(
        root,
        EnumSet.of(FileVisitOption.FOLLOW_LINKS),
        Integer.MAX_VALUE,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path path, BasicFileAttributes attributes) {
            if (!path.equals(root) && isHidden(path)) {
              return FileVisitResult.SKIP_SUBTREE;
            }
            folder.accept(path);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path path, BasicFileAttributes attributes) {
            // A link to nothing is kept, so that it is reported; a pipe or a device is not read.
            if (isYaml(path) && (attributes.isRegularFile() || attributes.isSymbolicLink())) {
              files.put(scope(root, shownAs, path), path);
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path path, IOException reason) throws IOException {
            if (path.equals(root)) {
              throw reason;
            }
            // A loop of links is not an error: what it leads to was visited on the way.
            if (!isHidden(path) && !(reason instanceof FileSystemLoopException)) {
              unreadable.put(scope(root, shownAs, path), String.valueOf(reason.getMessage()));
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path path, @Nullable IOException reason)
              throws IOException {
            return reason == null ? FileVisitResult.CONTINUE : visitFileFailed(path, reason);
          }
        });
    return new FileTree(files, unreadable);
  }

  /** Tells whether the scope lies in a folder that cannot be listed. */
  boolean isOutOfSight(String scope) {
    return unreadable.keySet().stream().anyMatch(folder -> scope.startsWith(folder + "/"));
  }

  private static boolean isHidden(Path path) {
    return String.valueOf(path.getFileName()).startsWith(".");
  }

  private static boolean isYaml(Path path) {
    String name = String.valueOf(path.getFileName());
    return !name.startsWith(".") && (name.endsWith(".yaml") || name.endsWith(".yml"));
  }

  private static String scope(Path root, String shownAs, Path path) {
    String below = root.relativize(path).toString().replace('\\', '/');
    return shownAs.endsWith("/") ? shownAs + below : shownAs + "/" + below;
  }
}
