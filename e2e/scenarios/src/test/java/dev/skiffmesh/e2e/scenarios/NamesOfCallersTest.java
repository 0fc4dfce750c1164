package dev.skiffmesh.e2e.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.e2e.parts.HttpService;
import dev.skiffmesh.e2e.parts.LoadLoop;
import dev.skiffmesh.e2e.parts.RequiresEnvoy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A short host means the service of the caller's own namespace; the caller's is trading. */
@RequiresEnvoy
class NamesOfCallersTest {

  private static final Duration BOUND = Duration.ofSeconds(60);

  @Test
  void aNameIsItsOwnNamespacesFirstAndNoCallIsLostWhenItMoves(@TempDir Path folder) {
    try (EmbeddedMesh mesh = EmbeddedMesh.start(folder, "OnDemand")) {
      namesMove(mesh, port -> Caller.start("gateway", port));
    }
  }

  @Test
  void theSameForWhoIsSentEverything(@TempDir Path folder) {
    try (EmbeddedMesh mesh = EmbeddedMesh.start(folder)) {
      namesMove(mesh, port -> Caller.start("gateway", port));
    }
  }

  @Test
  void theSameForWhoAsksForTheStateOfTheWorld(@TempDir Path folder) {
    try (EmbeddedMesh mesh = EmbeddedMesh.start(folder)) {
      namesMove(mesh, port -> Caller.ofStateOfTheWorld("gateway", port));
    }
  }

  private static void namesMove(EmbeddedMesh mesh, IntFunction<Caller> start) {
    try (HttpService own = HttpService.start("own", Map.of());
        HttpService theirs = HttpService.start("theirs", Map.of());
        HttpService third = HttpService.start("third", Map.of())) {
      mesh.write("services/pay.yaml", service("pay", "trading", own));
      mesh.write("services/stock.yaml", service("stock", "test", theirs));
      mesh.await(report -> report.world().services().size() == 2);
      try (Caller caller = start.apply(mesh.xdsPort())) {
        assertThat(answerer(caller, "pay")).startsWith("own");
        assertThat(answerer(caller, "stock")).startsWith("theirs");
        LoadLoop.Report pay;
        LoadLoop.Report stock;
        try (LoadLoop payLoad = caller.load("pay");
            LoadLoop stockLoad = caller.load("stock")) {
          // A namesake elsewhere takes nothing.
          mesh.write("services/namesake.yaml", service("pay", "test", third));
          Await.until(
              BOUND,
              "the namesake is there",
              () -> answerer(caller, "pay.test").startsWith("third"));
          assertThat(answerer(caller, "pay")).startsWith("own");

          // The caller's own namespace gets one, and loses it again.
          mesh.write("services/own-stock.yaml", service("stock", "trading", own));
          Await.until(BOUND, "the name moves", () -> answerer(caller, "stock").startsWith("own"));
          assertThat(answerer(caller, "stock.test")).startsWith("theirs");
          mesh.write("services/own-stock.yaml", "");
          Await.until(
              BOUND, "and moves back", () -> answerer(caller, "stock").startsWith("theirs"));
          pay = payLoad.report();
          stock = stockLoad.report();
        }
        assertThat(pay.failures()).isEmpty();
        assertThat(pay.answeredBy("own")).isEqualTo(pay.calls());
        assertThat(stock.failures()).isEmpty();
        assertThat(caller.envoy().stats("update_rejected").values()).allMatch(count -> count == 0);
      }
    }
  }

  /** Who answers; empty if nobody does. */
  private static String answerer(Caller caller, String host) {
    LoadLoop.Report report = LoadLoop.run(LoadLoop.Target.of(caller.egressPort(), host, "/"), 1, 1);
    return report.byAnswerer().isEmpty() ? "" : report.byAnswerer().firstKey();
  }

  private static String service(String name, String namespace, HttpService instance) {
    return MeshFiles.service(name, List.of(instance))
        .replace("namespace: trading", "namespace: " + namespace);
  }
}
