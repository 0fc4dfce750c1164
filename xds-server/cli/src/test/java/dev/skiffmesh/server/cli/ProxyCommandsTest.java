package dev.skiffmesh.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.skiffmesh.server.app.ServerFolder;
import dev.skiffmesh.server.app.SkiffServer;
import dev.skiffmesh.server.delivery.testing.TestingDeltaProxy;
import dev.skiffmesh.translator.resource.ResourceKind;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** What an operator sees of one proxy's life, on the command line and in the log. */
class ProxyCommandsTest {

  private static final String PROXY = "trading/gateway/10.0.0.9:80";

  @Test
  void aRejectionFromTheFirstWordToTheLast(@TempDir Path folder) throws Exception {
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    Logger root = (Logger) LoggerFactory.getLogger("dev.skiffmesh");
    log.start();
    root.addAppender(log);
    ServerFolder mesh = ServerFolder.in(folder);
    try (SkiffServer server = SkiffServer.start(mesh.config());
        TestingDeltaProxy proxy = TestingDeltaProxy.likeEnvoy(server.xdsPort(), PROXY)) {
      ServerFolder.await("a ready server", () -> server.report().readiness().ready());
      String at = "http://127.0.0.1:" + server.adminPort();
      assertThat(Run.of("proxy", "diff", PROXY, "--server", at).code()).isEqualTo(Skiff.FINDING);

      proxy.connect();
      // It asks for one type after the other, and has all that it asked for in between.
      ServerFolder.await(
          "all accepted",
          () -> {
            Run diff = Run.of("proxy", "diff", PROXY, "--server", at);
            return diff.code() == Skiff.OK
                && diff.err().contains("The proxy has all that it is to have.");
          });
      Run status = Run.of("proxy", "status", PROXY, "--server", at, "-o", "wide");
      assertThat(status.code()).isEqualTo(Skiff.OK);
      assertThat(status.out())
          .contains(PROXY, "SYNCED", "REPLICA", "envoy")
          .doesNotContain("ERROR");
      assertThat(Run.of("get", "history", "--server", at).err()).contains("No history.");

      proxy.rejectIf(
          resource ->
              resource.getName().equals("order.trading|http")
                  && resource.getResource().getTypeUrl().equals(ResourceKind.CLUSTER.typeUrl()));
      mesh.withPolicy("timeout.yaml", timeout("2s"));
      ServerFolder.await(
          "a rejection",
          () -> Run.of("proxy", "status", PROXY, "--server", at).code() == Skiff.FINDING);

      Run differs = Run.of("proxy", "diff", PROXY, "--server", at, "-o", "wide");
      assertThat(differs.code()).isEqualTo(Skiff.FINDING);
      assertThat(differs.out())
          .contains("cluster", "order.trading|http", "Rejected", "TimeoutPolicy trading/short");
      assertThat(Run.of("proxy", "status", PROXY, "--server", at).out()).contains("ERROR");
      Run history = Run.of("get", "history", "--server", at, "-o", "wide");
      assertThat(history.out()).contains("TimeoutPolicy trading/short", "1 cluster", PROXY);

      proxy.rejectIf(_ -> false);
      mesh.withPolicy("timeout.yaml", timeout("3s"));
      ServerFolder.await(
          "peace", () -> Run.of("proxy", "diff", PROXY, "--server", at).code() == Skiff.OK);
      assertThat(Run.of("proxy", "status", PROXY, "--server", at).code()).isEqualTo(Skiff.OK);
      proxy.die();
      ServerFolder.await("nobody", () -> server.report().proxies().isEmpty());
      assertThat(Run.of("proxy", "status", PROXY, "--server", at).err())
          .contains("No proxy with the id '" + PROXY + "' is connected");

      // One line for each thing that happened to the proxy, and none for what it was sent.
      assertThat(lines(log))
          .containsExactly(
              "A proxy has connected",
              "A proxy has rejected a response",
              "A proxy has disconnected");
    } finally {
      root.detachAppender(log);
    }
  }

  private static List<String> lines(ListAppender<ILoggingEvent> log) {
    return List.copyOf(log.list).stream()
        .filter(
            event ->
                event.getKeyValuePairs() != null
                    && event.getKeyValuePairs().stream()
                        .anyMatch(pair -> Objects.equals(pair.value, PROXY)))
        .map(ILoggingEvent::getMessage)
        .toList();
  }

  private static String timeout(String connect) {
    return """
    apiVersion: skiffmesh.dev/v1alpha1
    kind: TimeoutPolicy
    metadata: {name: short, namespace: trading}
    spec: {targetRefs: [{kind: Service, name: order}], connect: %s}
    """
        .formatted(connect);
  }
}
