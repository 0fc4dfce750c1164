package dev.skiffmesh.e2e.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.skiffmesh.e2e.parts.HttpService;
import dev.skiffmesh.e2e.parts.LoadLoop;
import dev.skiffmesh.e2e.parts.RequiresEnvoy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two hundred peers that each do something too much, beside a real Envoy under load: no call fails,
 * policies go on changing, a restarted Envoy gets in, and the log stays a log.
 */
@RequiresEnvoy
class HostilePeersTest {

  private static final Duration BOUND = Duration.ofSeconds(60);
  private static final int PEERS = 200;
  private static final int AT_A_TIME = 20;
  private static final long MOST_LOG_BYTES = 2L << 20;

  @Test
  void nobodyElseIsDisturbed(@TempDir Path folder) throws IOException {
    try (HttpService v1 = HttpService.start("order", Map.of("version", "v1"));
        HttpService v2 = HttpService.start("order", Map.of("version", "v2"));
        ControlPlaneProcess controlPlane = ControlPlaneProcess.withFiles(folder)) {
      controlPlane.write("services/order.yaml", MeshFiles.service("order", List.of(v1, v2)));
      controlPlane.await("/api/v1/services", answer -> answer.get("items").size() == 1);
      try (Caller caller = Caller.start("gateway", controlPlane.xdsPort());
          LoadLoop orders = caller.load("order.trading")) {
        int round = 0;
        for (int first = 0; first < PEERS; first += AT_A_TIME) {
          List<HostilePeer> peers = act(controlPlane.xdsPort(), first);
          flip(controlPlane, caller, round++ % 2 == 0);
          peers.forEach(HostilePeer::close);
        }
        aRestartedEnvoyGetsIn(controlPlane);
        assertThat(orders.report().failures()).isEmpty();
        assertThat(orders.report().calls()).isPositive();
      }
      assertThat(Files.size(folder.resolve("skiff.log"))).isLessThan(MOST_LOG_BYTES);
      assertThat(controlPlane.logs().chars())
          .as("a control character in the log")
          .noneMatch(one -> one < ' ' && one != '\n');
      assertThat(controlPlane.logs()).doesNotContain("bug in Skiff");
    }
  }

  private static List<HostilePeer> act(int port, int first) {
    HostilePeer.Way[] ways = HostilePeer.Way.values();
    List<HostilePeer> peers = new ArrayList<>();
    List<Thread> acts = new ArrayList<>();
    for (int i = first; i < first + AT_A_TIME; i++) {
      HostilePeer peer = new HostilePeer(ways[i % ways.length], port, i);
      peers.add(peer);
      acts.add(Thread.ofVirtual().start(peer::act));
    }
    try {
      for (Thread act : acts) {
        act.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
    return peers;
  }

  /** Another policy's change arrives while the peers are there. */
  private static void flip(ControlPlaneProcess controlPlane, Caller caller, boolean toV2) {
    controlPlane.write(
        "policies/split.yaml", MeshFiles.split("split", toV2 ? 0 : 100, toV2 ? 100 : 0));
    Await.until(
        BOUND,
        "the other version answers",
        () ->
            caller.call("order.trading", 10).byAnswerer().keySet().stream()
                .allMatch(answerer -> answerer.startsWith(toV2 ? "order-v2" : "order-v1")));
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
