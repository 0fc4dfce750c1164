package dev.skiffmesh.e2e.parts;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** Where a part writes while it runs. */
public final class ScratchFolder {

  private ScratchFolder() {}

  /**
   * A new folder among the temporary ones.
   *
   * @param part whose it is, in its name
   */
  public static Path create(String part) {
    try {
      return Files.createTempDirectory("skiff-" + part + "-");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Deletes a folder with all that is in it; does nothing if it is not there. */
  public static void delete(Path folder) {
    if (!Files.isDirectory(folder)) {
      return;
    }
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot delete " + folder, e);
    }
  }
}
