package dev.skiffmesh.e2e.parts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PythonGrpcTest {

  /** Plays an interpreter: tells its tag, and "installs" by making the folder it is told. */
  private static final String GOOD =
      """
      case "$*" in *SOABI*) echo cpython-399-test; exit 0;; esac
      case "$*" in *--require-hashes*) ;; *) echo "no hashes" >&2; exit 1;; esac
      for a in "$@"; do case $a in --target=*) mkdir -p "${a#--target=}/grpc";; esac; done
      """;

  @TempDir Path folder;
  private final List<String> progress = new ArrayList<>();

  @Test
  void itIsInstalledOnceByTheNameOfInterpreterAndPins() throws IOException {
    Path python = python("bin/python3", GOOD);
    PythonGrpc first = find(Map.of("PATH", folder + "/bin"));
    assertThat(first.python()).isEqualTo(python);
    assertThat(first.packages().getFileName().toString())
        .matches("grpcio-cpython-399-test-[0-9a-f]{12}");
    assertThat(first.packages().resolve("grpc")).isDirectory();

    assertThat(find(Map.of("PATH", folder + "/bin"))).isEqualTo(first);
    assertThat(progress).singleElement().asString().contains("downloading grpcio");
    assertThat(cached()).containsExactly(first.packages().getFileName().toString(), "grpcio.lock");
  }

  @Test
  void whatSkiffPythonNamesWinsAndIsNotReplacedByAnother() throws IOException {
    Path named = python("elsewhere/python", GOOD);
    python("bin/python3", "exit 1");
    assertThat(find(Map.of("SKIFF_PYTHON", named.toString(), "PATH", folder + "/bin")).python())
        .isEqualTo(named);
    assertMissing(Map.of("SKIFF_PYTHON", "/no/such", "PATH", folder + "/bin"), "'/no/such'");
  }

  @Test
  void withoutPythonItSaysHowToGetOne() {
    assertMissing(Map.of("PATH", folder.toString()), "PATH holds no `python3`");
  }

  @Test
  void aFailingPipIsQuotedAndLeavesNothing() throws IOException {
    python(
        "bin/python3",
        """
        case "$*" in *SOABI*) echo cpython-399-test; exit 0;; esac
        echo "ERROR: these packages do not match the hashes" >&2; exit 1
        """);
    assertMissing(Map.of("PATH", folder + "/bin"), "do not match the hashes");
    assertThat(cached()).containsExactly("grpcio.lock");
  }

  private void assertMissing(Map<String, String> environment, String reason) {
    assertThatExceptionOfType(PartMissingException.class)
        .isThrownBy(() -> find(environment))
        .withMessageContaining(reason)
        .withMessageContaining(PythonGrpc.HOW_TO_GET_IT);
  }

  private PythonGrpc find(Map<String, String> environment) {
    return PythonGrpc.find(environment, this::cache, progress::add);
  }

  private Path cache() {
    try {
      return Files.createDirectories(folder.resolve("cache"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private List<String> cached() throws IOException {
    try (var files = Files.list(folder.resolve("cache"))) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private Path python(String name, String script) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    // The shell finds its tools by itself: the test's PATH is not the process' own.
    Files.writeString(file, "#!/bin/sh\n" + script);
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }
}
