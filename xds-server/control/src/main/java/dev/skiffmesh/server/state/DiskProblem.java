package dev.skiffmesh.server.state;

import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.Locale;
import java.util.Objects;

/**
 * What is wrong with a disk in words for who runs the server: Java's own exceptions often say
 * nothing but a path. Pure.
 */
public final class DiskProblem {

  private static final String HANDLES = "too many open files";

  private DiskProblem() {}

  /** One clause, beginning with a small letter or a path. */
  public static String words(Throwable problem) {
    if (problem instanceof UncheckedIOException wrapped) {
      return words(wrapped.getCause());
    }
    if (isOfHandles(problem)) {
      return "this process has too few file handles (raise its limit, `ulimit -n`): "
          + problem.getMessage();
    }
    return switch (problem) {
      case AccessDeniedException denied ->
          "user '%s' has no permission for '%s'"
              .formatted(System.getProperty("user.name", "?"), denied.getFile());
      case FileAlreadyExistsException taken ->
          "'%s' must be a folder, found a file".formatted(taken.getFile());
      case NotDirectoryException file ->
          "'%s' must be a folder, found a file".formatted(file.getFile());
      case NoSuchFileException missing -> "there is no '%s'".formatted(missing.getFile());
      case FileSystemException other when other.getReason() != null ->
          "'%s': %s".formatted(other.getFile(), other.getReason());
      default ->
          Objects.requireNonNullElse(problem.getMessage(), problem.getClass().getSimpleName());
    };
  }

  /** The words are the C library's; Java has no type of its own for EMFILE and ENFILE. */
  private static boolean isOfHandles(Throwable problem) {
    return String.valueOf(problem.getMessage()).toLowerCase(Locale.ROOT).contains(HANDLES);
  }
}
