package dev.skiffmesh.e2e.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.skiffmesh.e2e.parts.HttpService;
import dev.skiffmesh.e2e.parts.LoadLoop;
import dev.skiffmesh.e2e.parts.RequiresEnvoy;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Shares, headers, sticky users and mirrors, measured through a real Envoy. */
@RequiresEnvoy
class TrafficSplitTest {

  private static final String FILE = "policies/split.yaml";
  private static final int CALLS = 2_000;
  private static final int USERS = 1_000;

  private HttpService v1;
  private HttpService v2;
  private HttpService v3;
  private final ConcurrentLinkedQueue<String> mirroredHosts = new ConcurrentLinkedQueue<>();
  private ControlPlaneProcess controlPlane;
  private Caller caller;
  private int generation;

  @BeforeEach
  void start(@TempDir Path folder) {
    v1 = HttpService.start("order", Map.of("version", "v1"));
    v2 = HttpService.start("order", Map.of("version", "v2"));
    v3 =
        HttpService.start(
            "order",
            Map.of("version", "v3"),
            0,
            (service, call) -> {
              mirroredHosts.add(call.header("host"));
              return HttpService.standard(service, call);
            });
    controlPlane = ControlPlaneProcess.withFiles(folder);
    controlPlane.write("services/order.yaml", MeshFiles.service("order", List.of(v1, v2, v3)));
    controlPlane.await("/api/v1/services", answer -> answer.get("items").size() == 1);
    caller = Caller.start("gateway", controlPlane.xdsPort());
  }

  @AfterEach
  void stop() {
    caller.close();
    controlPlane.close();
    v1.close();
    v2.close();
    v3.close();
  }

  @Test
  void sharesFitAndAHeaderRuleComesFirst() {
    put(MeshFiles.split("split", 95, 5));
    assertShare(caller.call("order.trading", CALLS), 0.05);

    put(MeshFiles.split("split", 50, 50));
    assertShare(caller.call("order.trading", CALLS), 0.5);

    put(
        MeshFiles.split("split", 100, 0)
            .replace(
                "  rules:\n",
                """
                  rules:
                    - name: beta-users
                      matches: [{headers: [{name: x-user-group, exact: beta}]}, {path: {prefix: /v2}}]
                      destinations: [{labels: {version: v2}}]
                """));
    assertThat(call(Map.of("host", "order.trading", "x-user-group", "beta"), "/"))
        .startsWith("order-v2");
    assertThat(call(Map.of("host", "order.trading", "x-user-group", "alpha"), "/"))
        .startsWith("order-v1");
    assertThat(call(Map.of("host", "order.trading"), "/v2")).startsWith("order-v2");
    assertThat(call(Map.of("host", "order.trading"), "/v2/x?y=z")).startsWith("order-v2");
    assertThat(call(Map.of("host", "order.trading"), "/v20")).startsWith("order-v1");
  }

  @Test
  void aUserStaysOnItsSideWhenTheCanaryGrows() {
    put(sticky(95, 5));
    SortedSet<Integer> before = usersOfV2();
    assertThat(before).hasSizeBetween(29, 71); // 50, and three standard deviations of it
    assertThat(usersOfV2()).as("the same users again").isEqualTo(before);

    put(sticky(80, 20));
    SortedSet<Integer> after = usersOfV2();
    assertThat(after).hasSizeBetween(162, 238);
    assertThat(after).as("nobody goes back").containsAll(before);
  }

  @Test
  void theMirrorGetsItsShareAndNeverAnswers() {
    put(MeshFiles.split("split", 50, 50) + "      mirror: {labels: {version: v3}, percent: 10}\n");
    LoadLoop.Report report = caller.call("order.trading", CALLS);
    assertThat(report.failures()).isEmpty();
    assertThat(report.answeredBy("order-v3")).isZero();
    // 10 % of 2,000, and three standard deviations of it.
    Await.value(
        java.time.Duration.ofSeconds(10), () -> v3.calls(), calls -> calls >= 160 && calls <= 240);
    assertThat(mirroredHosts).containsOnly("order.trading");
  }

  private static String sticky(int v1Share, int v2Share) {
    return MeshFiles.split("split", v1Share, v2Share) + "      stickyBy: {header: x-user-id}\n";
  }

  private SortedSet<Integer> usersOfV2() {
    SortedSet<Integer> users = new TreeSet<>();
    for (int user = 0; user < USERS; user++) {
      String answer = call(Map.of("host", "order.trading", "x-user-id", "user-" + user), "/");
      if (answer.startsWith("order-v2")) {
        users.add(user);
      }
    }
    return users;
  }

  private String call(Map<String, String> headers, String path) {
    LoadLoop.Report report =
        LoadLoop.run(new LoadLoop.Target(caller.egressPort(), path, _ -> headers), 1, 1);
    assertThat(report.failures()).isEmpty();
    return report.byAnswerer().firstKey();
  }

  private static void assertShare(LoadLoop.Report report, double share) {
    assertThat(report.failures()).isEmpty();
    double deviation = Math.sqrt(CALLS * share * (1 - share));
    assertThat((double) report.answeredBy("order-v2"))
        .isBetween(CALLS * share - 3 * deviation, CALLS * share + 3 * deviation);
  }

  /** Writes the policy and waits until the proxy has acknowledged this very version. */
  private void put(String text) {
    generation++;
    controlPlane.write(FILE, text);
    controlPlane.await(
        "/api/v1/policies",
        answer -> {
          if (answer.get("items").isEmpty()) {
            return false;
          }
          JsonNode policy = answer.get("items").get(0);
          return policy.get("generation").asInt() == generation
              && policy.get("conditions").get(1).get("status").asText().equals("True");
        });
  }
}
