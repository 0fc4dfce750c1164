package dev.skiffmesh.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.server.app.ServerFolder;
import dev.skiffmesh.server.delivery.testing.TestingDeltaProxy;
import dev.skiffmesh.translator.resource.ResourceKind;
import io.grpc.Status;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code skiff serve} as a process of its own. */
class ServeSignalTest {

  /** What a process says that a signal ended: 128 and the signal's number. */
  private static final int BY_SIGTERM = 143;

  private static final Pattern LISTENING =
      Pattern.compile("Skiff is listening.* xds=\"127\\.0\\.0\\.1:([0-9]+)\"");

  @TempDir private Path folder;

  @Test
  void aTerminatedServerSaysGoodbyeAndEnds() throws Exception {
    ServerFolder.in(folder);
    Path file = folder.resolve("skiff.yaml");
    Files.writeString(
        file,
        """
        xds: {port: 0}
        admin: {port: 0}
        registries: [{type: file, name: local, path: services/}]
        """);
    Path log = folder.resolve("serve.log");
    Process server =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElseThrow(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Skiff.class.getName(),
                "serve",
                "--config",
                file.toString())
            .redirectError(log.toFile())
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      Matcher listening = LISTENING.matcher("");
      ServerFolder.await(
          "the server's port", () -> listening.reset(read(log)).find() || !server.isAlive());
      assertThat(server.isAlive()).as(read(log)).isTrue();
      int port = Integer.parseInt(listening.group(1));
      try (TestingDeltaProxy proxy =
          TestingDeltaProxy.likeEnvoy(port, "trading/order/127.0.0.1:80").connect()) {
        proxy.await(
            "clusters", () -> !proxy.accepted(ResourceKind.CLUSTER).isEmpty() || proxy.ended());
        server.destroy();
        assertThat(proxy.awaitEnd().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
      }
      assertThat(server.waitFor(60, TimeUnit.SECONDS)).as("ended").isTrue();
      assertThat(server.exitValue()).isIn(0, BY_SIGTERM);
      assertThat(read(log)).doesNotContain("\tat ").doesNotContain("WARN").doesNotContain("ERROR");
    } finally {
      server.destroyForcibly();
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
