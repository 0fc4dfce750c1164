package dev.skiffmesh.e2e.parts;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Where downloaded parts are kept between runs. */
public final class CacheFolder {

  private CacheFolder() {}

  /**
   * {@code $SKIFF_CACHE}, else {@code $XDG_CACHE_HOME/skiff}, else {@code ~/.cache/skiff}; a folder
   * below the temporary one if that cannot be written to. The folder exists.
   */
  public static Path find() {
    return find(System.getenv(), Path.of(System.getProperty("user.home", "")));
  }

  static Path find(Map<String, String> environment, Path home) {
    String xdg = environment.getOrDefault("XDG_CACHE_HOME", "");
    String named = environment.getOrDefault("SKIFF_CACHE", "");
    Path preferred =
        named.isEmpty()
            ? (xdg.isEmpty() ? home.resolve(".cache") : Path.of(xdg)).resolve("skiff")
            : Path.of(named);
    // Another user's folder of the same name would be writable to that user, hence the name in it.
    Path temporary =
        Path.of(System.getProperty("java.io.tmpdir"))
            .resolve("skiff-cache-" + System.getProperty("user.name"));
    for (Path folder : List.of(preferred, temporary)) {
      try {
        Files.createDirectories(folder);
        if (Files.isWritable(folder)) {
          return folder.toAbsolutePath();
        }
      } catch (IOException notThisOne) {
        // The next one is tried.
      }
    }
    throw new IllegalStateException(
        "One of these folders must be writable to keep downloaded parts: %s, %s"
            .formatted(preferred, temporary));
  }
}
