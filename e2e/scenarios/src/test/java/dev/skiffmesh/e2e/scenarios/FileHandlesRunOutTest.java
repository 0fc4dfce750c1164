package dev.skiffmesh.e2e.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.skiffmesh.e2e.parts.HttpService;
import dev.skiffmesh.e2e.parts.LoadLoop;
import dev.skiffmesh.e2e.parts.RequiresEnvoy;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real server that may have few file handles, and somebody who takes all that there are: who is
 * connected is served, policies are read, the admin port answers, and who is kept out gets in once
 * there is room.
 */
@RequiresEnvoy
class FileHandlesRunOutTest {

  /** A JVM with Skiff's jars takes two to three hundred. */
  private static final int HANDLES = 500;

  private static final int CONNECTIONS = 2 * HANDLES;
  private static final long MOST_LOG_BYTES = 64 << 10;
  private static final Duration BOUND = Duration.ofSeconds(60);

  @Test
  void whoTakesAllHandlesKeepsOnlyNewcomersOut(@TempDir Path folder) throws IOException {
    List<SocketChannel> taken = new ArrayList<>();
    try (HttpService v1 = HttpService.start("order", Map.of("version", "v1"));
        HttpService v2 = HttpService.start("order", Map.of("version", "v2"));
        ControlPlaneProcess controlPlane = ControlPlaneProcess.withHandles(folder, HANDLES)) {
      controlPlane.write("services/order.yaml", MeshFiles.service("order", List.of(v1, v2)));
      controlPlane.write("policies/split.yaml", MeshFiles.split("split", 100, 0));
      controlPlane.await("/api/v1/policies", answer -> answer.get("items").size() == 1);
      try (Caller caller = Caller.start("gateway", controlPlane.xdsPort());
          LoadLoop load =
              LoadLoop.start(LoadLoop.Target.of(caller.egressPort(), "order.trading", "/"), 1)) {
        Arrivals arrivals = new Arrivals(controlPlane, caller);
        arrivals.next("nothing");
        for (int i = 0; i < CONNECTIONS; i++) {
          taken.add(connected(controlPlane.xdsPort()));
        }
        arrivals.next("connections that take all handles");
        controlPlane.await("/api/v1/findings", FileHandlesRunOutTest::saysThatConnectionsWait);

        for (SocketChannel one : taken) {
          one.close();
        }
        try (Caller late = Caller.start("late", controlPlane.xdsPort())) {
          Await.until(
              BOUND,
              "a proxy gets in once there are handles",
              () -> late.call("order.trading", 1).answeredBy("order-v1") == 1);
        }
        assertThat(load.report().failures()).isEmpty();
      }
      assertThat(controlPlane.logs()).doesNotContain("NoClassDefFoundError", "Too many open files");
      assertThat(Files.size(folder.resolve("skiff.log"))).isLessThan(MOST_LOG_BYTES);
    } finally {
      for (SocketChannel one : taken) {
        one.close();
      }
    }
  }

  private static SocketChannel connected(int port) throws IOException {
    SocketChannel channel = SocketChannel.open();
    // Closing leaves nothing behind that would keep a port of the machine.
    channel.setOption(StandardSocketOptions.SO_LINGER, 0);
    channel.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    return channel;
  }

  private static boolean saysThatConnectionsWait(JsonNode findings) {
    for (JsonNode item : findings.get("items")) {
      if (item.get("message").asText().startsWith("Connections were turned away")) {
        return true;
      }
    }
    return false;
  }
}
