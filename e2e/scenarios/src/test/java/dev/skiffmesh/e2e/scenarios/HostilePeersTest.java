package dev.skiffmesh.e2e.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.skiffmesh.e2e.parts.HttpService;
import dev.skiffmesh.e2e.parts.LoadLoop;
import dev.skiffmesh.e2e.parts.RequiresEnvoy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Peers that each do something too much, beside a real Envoy under load: no call fails, policies go
 * on changing, a restarted Envoy gets in, log and memory stay bounded.
 */
@RequiresEnvoy
class HostilePeersTest {

  private static final int AT_A_TIME = 20;
  private static final long MOST_LOG_BYTES = 2L << 20;

  /** Of a process with a heap of at most 256 MiB; buffers of connections are beside it. */
  private static final long MOST_RESIDENT_BYTES = 768L << 20;

  @Test
  void sixtyDisturbNobody(@TempDir Path folder) throws IOException {
    disturbNobody(60, folder);
  }

  @Test
  @Tag("soak")
  @Timeout(value = 20, unit = TimeUnit.MINUTES)
  void twoHundredDisturbNobody(@TempDir Path folder) throws IOException {
    disturbNobody(200, folder);
  }

  private static void disturbNobody(int count, Path folder) throws IOException {
    long seed = Long.getLong("skiff.seed", 4711);
    Random random = new Random(seed);
    try (HttpService v1 = HttpService.start("order", Map.of("version", "v1"));
        HttpService v2 = HttpService.start("order", Map.of("version", "v2"));
        ControlPlaneProcess controlPlane = ControlPlaneProcess.withFiles(folder)) {
      controlPlane.write("services/order.yaml", MeshFiles.service("order", List.of(v1, v2)));
      controlPlane.await("/api/v1/services", answer -> answer.get("items").size() == 1);
      try (Caller caller = Caller.start("gateway", controlPlane.xdsPort());
          LoadLoop orders =
              LoadLoop.start(LoadLoop.Target.of(caller.egressPort(), "order.trading", "/"), 1)) {
        Arrivals arrivals = new Arrivals(controlPlane, caller);
        for (int first = 0; first < count; first += AT_A_TIME) {
          List<HostilePeer> peers = peers(controlPlane.xdsPort(), first, random);
          List<Thread> acts =
              peers.stream().map(peer -> Thread.ofVirtual().start(peer::act)).toList();
          do {
            arrivals.next(peers + " of seed " + seed);
          } while (acts.stream().anyMatch(Thread::isAlive));
          peers.forEach(HostilePeer::close);
        }
        aRestartedEnvoyGetsIn(controlPlane);
        System.out.printf(
            "%d mutated peers (seed %d): another policy's change arrives after %s; resident at"
                + " most %d MiB, log %d KiB, %d calls%n",
            count,
            seed,
            arrivals,
            arrivals.residentBytes() >> 20,
            Files.size(folder.resolve("skiff.log")) >> 10,
            orders.report().calls());
        assertThat(orders.report().failures()).isEmpty();
        assertThat(orders.report().calls()).isPositive();
        assertThat(arrivals.residentBytes()).isLessThan(MOST_RESIDENT_BYTES);
      }
      assertThat(Files.size(folder.resolve("skiff.log"))).isLessThan(MOST_LOG_BYTES);
      assertThat(controlPlane.logs().chars())
          .as("a control character in the log")
          .noneMatch(one -> one < ' ' && one != '\n');
      assertThat(controlPlane.logs()).doesNotContain("bug in Skiff");
    }
  }

  /** Each way is there often; what a peer does of it, and how much, is the seed's. */
  private static List<HostilePeer> peers(int port, int first, Random random) {
    HostilePeer.Way[] ways = HostilePeer.Way.values();
    List<HostilePeer> peers = new ArrayList<>();
    for (int i = first; i < first + AT_A_TIME; i++) {
      peers.add(new HostilePeer(ways[i % ways.length], port, random.nextLong()));
    }
    return peers;
  }

  private static void aRestartedEnvoyGetsIn(ControlPlaneProcess controlPlane) {
    List<HostilePeer> silent = new ArrayList<>();
    for (int i = 0; i < 15; i++) {
      HostilePeer peer = new HostilePeer(HostilePeer.Way.SILENCE, controlPlane.xdsPort(), i);
      silent.add(peer);
      peer.act();
    }
    try (Caller restarted = Caller.start("restarted", controlPlane.xdsPort())) {
      assertThat(restarted.call("order.trading", 10).failures()).isEmpty();
    }
    JsonNode findings =
        controlPlane.await("/api/v1/findings", answer -> answer.toString().contains("SKF1304"));
    assertThat(findings.toString()).contains("Streams were turned away");
    silent.forEach(HostilePeer::close);
  }
}
