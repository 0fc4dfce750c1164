package dev.skiffmesh.registry.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * What lies below a root at one moment.
 *
 * @param files YAML files by portion
 * @param unreadable what is left out, by the portion that it lies in, with the reason: folders that
 *     cannot be listed, and what is beyond the limits
 */
record FileTree(SortedMap<String, Path> files, SortedMap<String, String> unreadable) {

  /**
   * How much is looked at, so that nobody decides by links and folders how long a look takes.
   *
   * @param folders that are listed
   * @param entries of folders, whatever they are
   * @param files that are read
   * @param depth of folders in each other
   */
  record Limits(int folders, int entries, int files, int depth) {

    /**
     * Ten times the largest estates that are known, and far below what the kernel lets a user watch
     * (65,536 folders and more).
     */
    static final Limits DEFAULT = new Limits(10_000, 1_000_000, 100_000, 32);
  }

  /** Makes both unmodifiable. */
  FileTree {
    files = Collections.unmodifiableSortedMap(files);
    unreadable = Collections.unmodifiableSortedMap(unreadable);
  }

  /**
   * Walks from {@code root}, through links too. Each folder and each file counts once, whatever
   * links to it: at its own place if that is below the root, else at the first link. Names that
   * begin with a dot are left out: editors' drafts, and the {@code ..data} folder of a Kubernetes
   * ConfigMap, whose files are linked beside it.
   *
   * @param shownAs what the portions begin with instead of the root
   * @param folder told of each folder before it is listed
   * @throws IOException if the root is not there or cannot be listed
   */
  static FileTree of(Path root, String shownAs, Limits limits, Consumer<Path> folder)
      throws IOException {
    if (!Files.exists(root)) {
      throw new NoSuchFileException(shownAs);
    }
    if (!Files.isDirectory(root)) {
      return new FileTree(new TreeMap<>(Collections.singletonMap(shownAs, root)), new TreeMap<>());
    }
    return new FolderWalk(root, shownAs, limits, folder).walk();
  }

  /** Tells whether the portion lies in a folder that is left out, wholly or in part. */
  boolean isOutOfSight(String portion) {
    for (int end = portion.length(); end > 0; end = portion.lastIndexOf('/', end - 1)) {
      String folder = portion.substring(0, end);
      if (unreadable.containsKey(folder) || unreadable.containsKey(folder + "/")) {
        return true;
      }
    }
    return false;
  }

  /** A number of things as messages show it. */
  static String count(int number) {
    return String.format(Locale.ROOT, "%,d", number);
  }
}
