package dev.skiffmesh.e2e.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class DemoFilesTest {

  @Test
  void copiesNameTheInstancesOwnPorts() throws IOException {
    Path scratch;
    try (DemoFiles files = DemoFiles.prepareGrpc()) {
      scratch = files.scratch();
      String text = everything(files.services());

      assertThat(files.areOriginals()).isFalse();
      for (int i = 0; i < Instance.BROKER.size(); i++) {
        assertThat(text)
            .contains("port: " + files.instances().get(i).registeredPort() + ",")
            .doesNotContain("port: " + Instance.BROKER.get(i).registeredPort() + ",");
      }
      assertThat(text).contains("protocol: grpc}").doesNotContain("protocol: http}");
      assertThat(files.policies().resolve("order-canary.yaml")).exists();
    }
    assertThat(scratch).doesNotExist();
  }

  @Test
  void theExampleHoldsEveryInstanceOnce() throws IOException {
    try (DemoFiles files = DemoFiles.prepare()) {
      String text = everything(files.services());

      assertThat(files.instances())
          .hasSameSizeAs(Instance.BROKER)
          .allSatisfy(
              instance ->
                  assertThat(text).containsOnlyOnce("port: " + instance.registeredPort() + ","));
    }
  }

  private static String everything(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().map(DemoFilesTest::read).collect(Collectors.joining());
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
