package dev.skiffmesh.e2e.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.skiffmesh.e2e.parts.HttpService;
import dev.skiffmesh.e2e.parts.LoadLoop;
import dev.skiffmesh.e2e.parts.RequiresEnvoy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Edits of a file with a misspelt Service around a restart, which once ended a server's control
 * loop for good: after each edit services and policies go on changing, and findings are true.
 */
@RequiresEnvoy
class BrokenFileEditsTest {

  private static final Duration BOUND = Duration.ofSeconds(60);
  private static final String FILE = "services/mesh.yaml";

  /**
   * @param known whether a good version of the misspelt Service was in force before
   */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void theServerGoesOnThroughEachOfThem(boolean known, @TempDir Path folder) {
    try (HttpService v1 = HttpService.start("order", Map.of("version", "v1"));
        HttpService v2 = HttpService.start("order", Map.of("version", "v2"));
        ControlPlaneProcess controlPlane = ControlPlaneProcess.withFiles(folder)) {
      String good = MeshFiles.service("stock", List.of(v1));
      String spelt = MeshFiles.service("quote", List.of(v1));
      String misspelt = spelt.replace("endpoints:", "endpionts:");
      controlPlane.write("services/order.yaml", MeshFiles.service("order", List.of(v1, v2)));
      controlPlane.write(FILE, good + (known ? "---\n" + spelt : ""));
      awaitServices(
          controlPlane, known ? Set.of("order", "quote", "stock") : Set.of("order", "stock"));
      try (Caller caller = Caller.start("gateway", controlPlane.xdsPort());
          LoadLoop load = caller.load("order.trading")) {
        controlPlane.write(FILE, good + "---\n" + misspelt);
        awaitCodes(controlPlane, "SKF1004");
        awaitFlip(controlPlane, caller, 1);

        controlPlane.kill();
        controlPlane.startAgain();
        awaitServices(
            controlPlane, known ? Set.of("order", "quote", "stock") : Set.of("order", "stock"));
        awaitCodes(controlPlane, "SKF1004");
        awaitFlip(controlPlane, caller, 2);

        controlPlane.write(FILE, misspelt);
        awaitServices(controlPlane, known ? Set.of("order", "quote") : Set.of("order"));
        awaitCodes(controlPlane, "SKF1004");
        awaitFlip(controlPlane, caller, 1);

        controlPlane.delete(FILE);
        awaitServices(controlPlane, Set.of("order"));
        awaitCodes(controlPlane);
        awaitFlip(controlPlane, caller, 2);

        controlPlane.write("services/another.yaml", MeshFiles.service("another", List.of(v2)));
        awaitServices(controlPlane, Set.of("another", "order"));
        awaitCodes(controlPlane);
        awaitFlip(controlPlane, caller, 1);
        Await.until(
            BOUND,
            "the new service is called",
            () -> caller.call("another.trading", 1).failures().isEmpty());

        assertThat(controlPlane.get("/health/liveness").get("status").asText()).isEqualTo("UP");
        assertThat(load.report().failures()).isEmpty();
      }
      assertThat(controlPlane.logs()).doesNotContain("bug in Skiff");
    }
  }

  private static void awaitServices(ControlPlaneProcess controlPlane, Set<String> names) {
    controlPlane.await(
        "/api/v1/services", answer -> texts(answer, "name").equals(new TreeSet<>(names)));
  }

  /** Waits until there are just these findings; that nobody registered the caller is none. */
  private static void awaitCodes(ControlPlaneProcess controlPlane, String... codes) {
    controlPlane.await(
        "/api/v1/findings",
        answer -> {
          Set<String> found = texts(answer, "code");
          found.remove("SKF1322");
          return found.equals(Set.of(codes));
        });
  }

  private static Set<String> texts(JsonNode answer, String field) {
    Set<String> texts = new TreeSet<>();
    answer.get("items").forEach(item -> texts.add(item.get(field).asText()));
    return texts;
  }

  private static void awaitFlip(ControlPlaneProcess controlPlane, Caller caller, int version) {
    controlPlane.write(
        "policies/split.yaml",
        MeshFiles.split("split", version == 1 ? 100 : 0, version == 2 ? 100 : 0));
    Await.until(
        BOUND,
        "version " + version + " alone answers",
        () -> caller.call("order.trading", 10).answeredBy("order-v" + version) == 10);
  }
}
