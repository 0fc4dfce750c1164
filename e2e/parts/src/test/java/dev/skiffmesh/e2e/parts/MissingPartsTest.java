package dev.skiffmesh.e2e.parts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.skiffmesh.e2e.parts.nacos.NacosVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.Extension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.opentest4j.TestAbortedException;

class MissingPartsTest {

  @TempDir static Path folder;

  /** Each part, asked for on a machine that has neither it nor what it is made with. */
  @SuppressWarnings("ImmutableEnumChecker") // What is asked for changes nothing.
  enum Hidden {
    ENVOY(
        () ->
            String.valueOf(
                EnvoyBinary.require(
                    EnvoyBinary.find(EnvoyRelease.NEWEST, nothing(), () -> folder, line -> {}))),
        "SKIFF_ENVOY"),
    PYTHON_GRPC(
        () -> String.valueOf(PythonGrpc.find(nothing(), () -> folder, line -> {})), "SKIFF_PYTHON"),
    ETCD(() -> program("etcd", "SKIFF_ETCD to the program"), "SKIFF_ETCD"),
    CONSUL(() -> program("consul", "SKIFF_CONSUL to the program"), "Go 1.24 or newer"),
    KUBERNETES(
        () -> program("kube-apiserver", "KUBEBUILDER_ASSETS to a folder with one"),
        "KUBEBUILDER_ASSETS"),
    JAVA(
        () -> new JavaProgram("A " + NacosVersion.V3, "e2e/no-such-module", 150).classpath(),
        "mvn -pl e2e/no-such-module");

    private final Supplier<String> part;
    private final String howToGetIt;

    Hidden(Supplier<String> part, String howToGetIt) {
      this.part = part;
      this.howToGetIt = howToGetIt;
    }

    private static Map<String, String> nothing() {
      return Map.of("PATH", folder.resolve("bin").toString(), "HOME", folder.toString());
    }

    private static String program(String module, String variable) {
      return new GoProgram(module, variable, Hidden::hide).path().toString();
    }

    /** The script's own tools stay. */
    private static void hide(Map<String, String> environment) {
      environment.clear();
      environment.putAll(nothing());
    }
  }

  @ParameterizedTest
  @EnumSource(Hidden.class)
  void aMissingPartSkipsAConditionWithItsLineAndFailsCi(Hidden hidden) throws IOException {
    tools();
    assertThat(MissingParts.condition("a test", hidden.part, false))
        .satisfies(
            result -> {
              assertThat(result.isDisabled()).isTrue();
              assertThat(result.getReason().orElseThrow())
                  .contains(hidden.howToGetIt)
                  .doesNotContain("\n");
            });
    assertThatExceptionOfType(PartMissingException.class)
        .isThrownBy(() -> MissingParts.condition("a test", hidden.part, true));
  }

  @Test
  void aPartOfAPartThatATestStartsSkipsItToo() {
    PartMissingException missing = new PartMissingException("get it so");
    Throwable thrown = new IllegalStateException("An API server needs it", missing);

    assertThat(MissingParts.outcome("a test", thrown, false))
        .isInstanceOf(TestAbortedException.class)
        .hasMessage("get it so");
    assertThat(MissingParts.outcome("a test", thrown, true)).isSameAs(thrown);
  }

  @Test
  void anyOtherFailureStays() {
    Throwable failure = new AssertionError("wrong");
    assertThat(MissingParts.outcome("a test", failure, false)).isSameAs(failure);
  }

  @Test
  void junitFindsIt() {
    assertThat(ServiceLoader.load(Extension.class)).anyMatch(MissingParts.class::isInstance);
  }

  /** What the scripts themselves need, and neither Go nor any part. */
  private static synchronized void tools() throws IOException {
    Path bin = folder.resolve("bin");
    if (Files.isDirectory(bin)) {
      return;
    }
    Files.createDirectory(bin);
    for (String tool :
        new String[] {"bash", "env", "dirname", "mkdir", "cat", "sha256sum", "cut", "flock"}) {
      Files.createSymbolicLink(
          bin.resolve(tool), EnvoyBinary.onPath(System.getenv(), tool).orElseThrow());
    }
  }
}
