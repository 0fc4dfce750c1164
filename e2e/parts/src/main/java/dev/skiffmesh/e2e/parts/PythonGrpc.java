package dev.skiffmesh.e2e.parts;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * A Python with gRPC's C-core: the interpreter is the user's ({@code SKIFF_PYTHON}, else {@code
 * python3} on the {@code PATH}), the package is fetched once by its pip, of a pinned release with
 * pinned hashes, into the cache. Immutable.
 *
 * @param python the interpreter
 * @param packages the folder that holds the package {@code grpc}; for {@code PYTHONPATH}
 */
public record PythonGrpc(Path python, Path packages) {

  /** What to do when there is none. */
  public static final String HOW_TO_GET_IT =
      "Put a `python3` (CPython 3.10 to 3.14, with pip) on PATH, or name one by SKIFF_PYTHON.";

  private static final String PINS = "grpcio.txt";

  /** Prints for example {@code cpython-311-x86_64-linux-gnu}: wheels differ by all of that. */
  private static final String TAG =
      "import sysconfig; print(sysconfig.get_config_var('SOABI') or 'unknown')";

  private static final AtomicReference<PythonGrpc> KNOWN = new AtomicReference<>();

  /**
   * Finds it, and installs what is missing; says on standard error that it downloads. Waits for
   * others that do the same.
   *
   * @throws PartMissingException that says why there is none and how to get it
   */
  public static PythonGrpc require() {
    synchronized (KNOWN) {
      PythonGrpc known = KNOWN.get();
      if (known == null) {
        known =
            find(System.getenv(), CacheFolder::find, line -> System.err.println("skiff: " + line));
        KNOWN.set(known);
      }
      return known;
    }
  }

  static PythonGrpc find(
      Map<String, String> environment, EnvoyBinary.CacheLocation cache, Consumer<String> progress) {
    String named = environment.getOrDefault("SKIFF_PYTHON", "");
    Optional<Path> python =
        named.isEmpty()
            ? EnvoyBinary.onPath(environment, "python3")
            : Optional.of(Path.of(named).toAbsolutePath()).filter(EnvoyBinary::isProgram);
    if (python.isEmpty()) {
      throw missing(
          named.isEmpty()
              ? "SKIFF_PYTHON is not set and PATH holds no `python3`."
              : "SKIFF_PYTHON must name an executable file, found '%s'.".formatted(named));
    }
    try {
      byte[] pins = pins();
      String tag = run(cache.folder(), List.of(python.get().toString(), "-c", TAG));
      Path packages = cache.folder().resolve("grpcio-" + tag + "-" + shortHash(pins));
      if (!Files.isDirectory(packages)) {
        progress.accept("downloading grpcio with %s, once (7 MB)".formatted(python.get()));
        install(python.get(), pins, cache.folder(), packages);
      }
      return new PythonGrpc(python.get(), packages);
    } catch (IOException | UncheckedIOException e) {
      throw missing("grpcio could not be installed: " + e.getMessage() + ".");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw missing("The installation of grpcio was interrupted.");
    }
  }

  /**
   * How to run a script, which is yet to be started; settings of gRPC and of HTTP proxies do not
   * come in from the user's environment.
   *
   * @param script the file and its arguments
   */
  public ProcessBuilder script(List<String> script) {
    List<String> command = new ArrayList<>(script);
    command.addFirst(python.toString());
    ProcessBuilder builder = new ProcessBuilder(command);
    Map<String, String> environment = builder.environment();
    environment.keySet().removeIf(name -> name.startsWith("GRPC_") || name.endsWith("_proxy"));
    environment.put("PYTHONPATH", packages.toString());
    environment.put("PYTHONDONTWRITEBYTECODE", "1");
    return builder;
  }

  /** One process does so at a time; the folder appears by a rename, so nobody sees half of it. */
  private static void install(Path python, byte[] pins, Path cache, Path packages)
      throws IOException, InterruptedException {
    try (FileChannel channel =
            FileChannel.open(
                cache.resolve("grpcio.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock held = channel.lock()) {
      if (held.isValid() && Files.isDirectory(packages)) {
        return;
      }
      Path scratch = Files.createTempDirectory(cache, "grpcio-download-");
      try {
        Path list = Files.write(scratch.resolve(PINS), pins);
        Path target = scratch.resolve("packages");
        run(
            scratch,
            List.of(
                python.toString(),
                "-m",
                "pip",
                "--disable-pip-version-check",
                "install",
                "--quiet",
                "--no-deps",
                "--only-binary=:all:",
                "--require-hashes",
                "--target=" + target,
                "--requirement=" + list));
        Files.move(target, packages, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        ScratchFolder.delete(scratch);
      }
    }
  }

  /** What a command prints; its last line is the reason if it fails. */
  private static String run(Path folder, List<String> command)
      throws IOException, InterruptedException {
    Path log = Files.createTempFile(folder, "python", ".log");
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
      int exit;
      try {
        exit = process.waitFor();
      } finally {
        process.destroyForcibly();
      }
      String printed = Files.readString(log, StandardCharsets.UTF_8);
      if (exit != 0) {
        throw new IOException(
            "%s says '%s'".formatted(command.getFirst(), EnvoyWheel.lastLine(printed)));
      }
      return printed.strip();
    } finally {
      Files.delete(log);
    }
  }

  private static byte[] pins() throws IOException {
    try (InputStream in = PythonGrpc.class.getResourceAsStream(PINS)) {
      if (in == null) {
        throw new IllegalStateException(PINS + " is part of this module");
      }
      return in.readAllBytes();
    }
  }

  private static String shortHash(byte[] content) {
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-256").digest(content))
          .substring(0, 12);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256", e);
    }
  }

  private static PartMissingException missing(String reason) {
    return new PartMissingException("No gRPC for Python: " + reason + " " + HOW_TO_GET_IT);
  }
}
