package dev.skiffmesh.e2e.parts;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Finds the folder of this repository, in which modules leave what others need. */
public final class Repository {

  /** The system property that names the folder; without it, it is looked for upwards from here. */
  public static final String PROPERTY = "skiff.repository";

  private static final String MARK = "<artifactId>skiff</artifactId>";

  private Repository() {}

  /** The folder of the root {@code pom.xml}, or empty when this does not run inside a checkout. */
  public static Optional<Path> root() {
    String configured = System.getProperty(PROPERTY);
    if (configured != null) {
      return Optional.of(Path.of(configured));
    }
    for (Path folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
      if (isRoot(folder)) {
        return Optional.of(folder);
      }
    }
    return Optional.empty();
  }

  private static boolean isRoot(Path folder) {
    Path pom = folder.resolve("pom.xml");
    try {
      // A child's pom names the artifact as its parent, but has no folder `e2e` beside it.
      return Files.isRegularFile(pom)
          && Files.isDirectory(folder.resolve("e2e"))
          && Files.readString(pom).contains(MARK);
    } catch (IOException unreadable) {
      return false;
    }
  }
}
