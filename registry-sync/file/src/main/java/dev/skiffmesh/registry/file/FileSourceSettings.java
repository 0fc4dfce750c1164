package dev.skiffmesh.registry.file;

import dev.skiffmesh.api.source.Source;
import dev.skiffmesh.registry.core.SourceSettings;
import java.nio.file.Path;
import java.time.Duration;

/**
 * What a file source is told.
 *
 * @param name the source's configured name
 * @param path a file, or a folder that is read with all folders in it
 * @param shownAs the path as the user wrote it; portions and findings begin with it
 * @param poll how often to look without being woken: for file systems that wake nobody (NFS) and
 *     links whose target is elsewhere
 * @param quiet how long a file must have been left alone before it is read
 * @param settle how long what looks like a mistake (not YAML, empty, gone) must last before it is
 *     believed
 * @param largestFile in bytes
 */
public record FileSourceSettings(
    String name,
    Path path,
    String shownAs,
    Duration poll,
    Duration quiet,
    Duration settle,
    long largestFile)
    implements SourceSettings {

  private static final long LARGEST_FILE = 16L * 1024 * 1024;

  /** The defaults: a change is seen within about 100 ms, a deletion within 300 ms. */
  public static FileSourceSettings of(String name, Path path) {
    return new FileSourceSettings(
        name,
        path,
        path.toString(),
        Duration.ofSeconds(2),
        Duration.ofMillis(40),
        Duration.ofMillis(200),
        LARGEST_FILE);
  }

  @Override
  public Source source() {
    return FileSource.of(this);
  }

  /** With another way to show the path. */
  public FileSourceSettings withShownAs(String shown) {
    return new FileSourceSettings(name, path, shown, poll, quiet, settle, largestFile);
  }
}
