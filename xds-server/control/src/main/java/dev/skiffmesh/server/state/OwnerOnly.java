package dev.skiffmesh.server.state;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * Folders (0700) and files (0600) that nobody but their owner reads: what is kept tells every
 * address of an estate and who calls whom, and whoever may write it decides what the next start
 * serves. Where a file system knows no such rights, nothing is asked of it.
 */
final class OwnerOnly {

  private static final Set<PosixFilePermission> FOLDER =
      PosixFilePermissions.fromString("rwx------");
  private static final Set<PosixFilePermission> FILE = PosixFilePermissions.fromString("rw-------");
  private static final FileAttribute<?>[] NONE = {};

  private OwnerOnly() {}

  /**
   * Makes {@code folder} for its owner alone; one that is there is not touched.
   *
   * @throws IOException if it cannot be made
   */
  static void makeFolder(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      FileAttribute<?>[] rights =
          hasRights(folder) ? new FileAttribute<?>[] {attribute(FOLDER)} : NONE;
      Files.createDirectories(folder, rights);
    }
  }

  /** With what a file beside others in {@code folder} is to be made. */
  static FileAttribute<?>[] ofFileIn(Path folder) {
    return hasRights(folder) ? new FileAttribute<?>[] {attribute(FILE)} : NONE;
  }

  private static FileAttribute<Set<PosixFilePermission>> attribute(Set<PosixFilePermission> set) {
    return PosixFilePermissions.asFileAttribute(set);
  }

  /**
   * Takes the rights of everybody else away from {@code path}, a file or a folder.
   *
   * @return whether there were any
   * @throws IOException if they cannot be taken away, as where it belongs to somebody else
   */
  static boolean close(Path path) throws IOException {
    PosixFileAttributeView view = view(path);
    if (view == null) {
      return false;
    }
    var attributes = view.readAttributes();
    Set<PosixFilePermission> wanted = attributes.isDirectory() ? FOLDER : FILE;
    if (wanted.containsAll(attributes.permissions())) {
      return false;
    }
    view.setPermissions(wanted);
    return true;
  }

  /** The nearest folder that is there decides: what is made comes into its file system. */
  private static boolean hasRights(Path path) {
    Path there = path.toAbsolutePath().normalize();
    while (there.getParent() != null && !Files.exists(there)) {
      there = there.getParent();
    }
    return view(there) != null;
  }

  @SuppressWarnings("NullAway") // The JDK returns null where a file system has no such view.
  private static @org.jspecify.annotations.Nullable PosixFileAttributeView view(Path path) {
    return Files.getFileAttributeView(
        path, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
  }
}
