package dev.skiffmesh.registry.file;

import java.io.IOException;
import java.io.Serial;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * One walk through folders, in an order that depends on nothing but their names: what stands in the
 * root itself first, then what links lead to. Used once, by one thread.
 */
final class FolderWalk {

  private final Path root;
  private final String shownAs;
  private final FileTree.Limits limits;
  private final Consumer<Path> listener;
  private final SortedMap<String, Path> files = new TreeMap<>();
  private final SortedMap<String, String> leftOut = new TreeMap<>();
  private final Deque<Place> folders = new ArrayDeque<>();
  private final Deque<Place> linkedFolders = new ArrayDeque<>();
  private final List<Place> linkedFiles = new ArrayList<>();

  /** The folders and files that were met, so that none counts twice. */
  private final Set<Object> met = new HashSet<>();

  private int listed;
  private int entries;

  /** Somewhere below the root. */
  private record Place(Path path, int depth) {}

  /** Enough was looked at. */
  private static final class EnoughException extends Exception {
    @Serial private static final long serialVersionUID = 1L;

    EnoughException(String why) {
      super(why, null, false, false);
    }
  }

  FolderWalk(Path root, String shownAs, FileTree.Limits limits, Consumer<Path> listener) {
    this.root = root;
    this.shownAs = shownAs;
    this.limits = limits;
    this.listener = listener;
  }

  FileTree walk() throws IOException {
    folders.add(new Place(root, 0));
    try {
      while (!folders.isEmpty() || !linkedFolders.isEmpty()) {
        Place next = folders.isEmpty() ? linkedFolders.remove() : folders.pop();
        if (met.add(identity(next.path()))) {
          list(next);
        }
      }
      for (Place linked : linkedFiles) {
        addFile(linked.path());
      }
    } catch (EnoughException enough) {
      leftOut.put(shownAs, enough.getMessage());
    }
    return new FileTree(files, leftOut);
  }

  private void list(Place folder) throws IOException, EnoughException {
    if (folder.depth() > limits.depth()) {
      leftOut.put(
          portion(folder.path()),
          "it lies more than " + limits.depth() + " folders below the root");
      return;
    }
    if (listed++ == limits.folders()) {
      throw new EnoughException(
          "more than "
              + FileTree.count(limits.folders())
              + " folders; '"
              + portion(folder.path())
              + "' and what comes after it are left out");
    }
    listener.accept(folder.path());
    List<Path> children = new ArrayList<>();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder.path())) {
      for (Path child : stream) {
        countEntry(folder.path());
        if (!isHidden(child)) {
          children.add(child);
        }
      }
    } catch (IOException | DirectoryIteratorException refused) {
      IOException reason =
          refused instanceof DirectoryIteratorException broken
              ? broken.getCause()
              : (IOException) refused;
      if (folder.path().equals(root)) {
        throw reason;
      }
      leftOut.put(portion(folder.path()), String.valueOf(reason.getMessage()));
    }
    children.sort(null);
    List<Place> inside = new ArrayList<>();
    for (Path child : children) {
      look(new Place(child, folder.depth() + 1), inside);
    }
    inside.reversed().forEach(folders::push);
  }

  private void countEntry(Path folder) throws EnoughException {
    if (entries++ == limits.entries()) {
      throw new EnoughException(
          "more than "
              + FileTree.count(limits.entries())
              + " files and folders; a part of '"
              + portion(folder)
              + "' and what comes after it are left out");
    }
  }

  private void look(Place child, List<Place> inside) throws EnoughException {
    Path path = child.path();
    try {
      BasicFileAttributes own =
          Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      BasicFileAttributes target =
          own.isSymbolicLink() ? Files.readAttributes(path, BasicFileAttributes.class) : own;
      if (target.isDirectory()) {
        (own.isSymbolicLink() ? linkedFolders : inside).add(child);
      } else if (isYaml(path) && target.isRegularFile()) {
        // A pipe or a device is not read.
        if (own.isSymbolicLink()) {
          linkedFiles.add(child);
        } else {
          addFile(path);
        }
      }
    } catch (IOException refused) {
      boolean link = Files.isSymbolicLink(path);
      boolean gone = refused instanceof NoSuchFileException;
      if (isYaml(path) && (link || !gone)) {
        // A link to nothing or to itself, too: reading it says what is wrong.
        put(path);
      } else if (link ? refused instanceof AccessDeniedException : !gone) {
        leftOut.put(portion(path), String.valueOf(refused.getMessage()));
      }
    }
  }

  private void addFile(Path path) throws EnoughException {
    if (met.add(identity(path))) {
      put(path);
    }
  }

  private void put(Path path) throws EnoughException {
    if (files.size() == limits.files()) {
      throw new EnoughException(
          "more than "
              + FileTree.count(limits.files())
              + " YAML files; '"
              + portion(path)
              + "' and what comes after it are left out");
    }
    files.put(portion(path), path);
  }

  /** The same for all paths that lead to one folder or file. */
  private static Object identity(Path path) {
    try {
      Object key = Files.readAttributes(path, BasicFileAttributes.class).fileKey();
      return key == null ? path.toRealPath() : key;
    } catch (IOException gone) {
      return path;
    }
  }

  private static boolean isHidden(Path path) {
    return String.valueOf(path.getFileName()).startsWith(".");
  }

  private static boolean isYaml(Path path) {
    String name = String.valueOf(path.getFileName());
    return name.endsWith(".yaml") || name.endsWith(".yml");
  }

  private String portion(Path path) {
    if (path.equals(root)) {
      return shownAs;
    }
    String below = root.relativize(path).toString().replace('\\', '/');
    return shownAs.endsWith("/") ? shownAs + below : shownAs + "/" + below;
  }
}
