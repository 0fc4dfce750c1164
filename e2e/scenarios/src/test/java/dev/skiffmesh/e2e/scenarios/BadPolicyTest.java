package dev.skiffmesh.e2e.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.skiffmesh.e2e.parts.HttpService;
import dev.skiffmesh.e2e.parts.LoadLoop;
import dev.skiffmesh.e2e.parts.RequiresEnvoy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Bad documents: each is refused with file, line, field and advice, the last good version stays in
 * force, also through a crash, and the neighbours are not touched.
 */
@RequiresEnvoy
class BadPolicyTest {

  private static final String FILE = "policies/split.yaml";
  private static final String GOOD = MeshFiles.split("split", 100, 0);

  @TempDir private static Path folder;
  private static HttpService v1;
  private static HttpService v2;
  private static ControlPlaneProcess controlPlane;
  private static Caller caller;
  private static LoadLoop load;

  @BeforeAll
  static void start() {
    v1 = HttpService.start("order", Map.of("version", "v1"));
    v2 = HttpService.start("order", Map.of("version", "v2"));
    controlPlane = ControlPlaneProcess.withFiles(folder);
    controlPlane.write("services/order.yaml", MeshFiles.service("order", List.of(v1, v2)));
    controlPlane.write(FILE, GOOD);
    controlPlane.write("policies/patience.yaml", MeshFiles.timeout("patience", "order", "3s"));
    controlPlane.await("/api/v1/services", answer -> answer.get("items").size() == 1);
    caller = Caller.start("gateway", controlPlane.xdsPort());
    load = caller.load("order.trading");
  }

  @AfterAll
  static void stop() {
    load.close();
    caller.close();
    controlPlane.close();
    v1.close();
    v2.close();
    assertThat(load.report().failures()).isEmpty();
  }

  @AfterEach
  void makeGoodAgain() {
    controlPlane.write(FILE, GOOD);
    controlPlane.await("/api/v1/findings", answer -> troubles(answer).isEmpty());
    awaitSplit("True", "");
  }

  /** The split document has its weights in lines 9 and 10. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          weight: 100  | weigth: 100 | 9 | spec.rules[0].destinations[0].weigth | did you mean `weight`?
          weight: 100  | weight: many | 9 | spec.rules[0].destinations[0].weight | must be a whole number
          weight: 100  | weight: -1 | 9 | spec.rules[0].destinations[0].weight | must be from 0 to 4294967295, found -1
          name: split, | name: split, labels: 7, | 3 | metadata.labels | must be fields
          """)
  void aBadFieldIsNamedAndTheLastGoodVersionStays(
      String good, String bad, int line, String field, String advice) {
    assertThat(GOOD).contains(good);
    controlPlane.write(FILE, GOOD.replace(good, bad));
    JsonNode finding = awaitFinding();
    assertThat(finding.get("location").asText()).isEqualTo(FILE + ":" + line);
    assertThat(finding.get("field").asText()).isEqualTo(field);
    assertThat(finding.get("message").asText()).contains(advice);
    awaitSplit("False", "in force");
    assertOnlyV1Answers();
  }

  @Test
  void aBadRegexIsNamed() {
    controlPlane.write(
        FILE,
        GOOD.replace(
            "    - name: split",
            "    - name: split\n      matches: [{path: {regex: '/order/([0-9]+'}}]"));
    JsonNode finding = awaitFinding();
    assertThat(finding.get("location").asText()).isEqualTo(FILE + ":8");
    assertThat(finding.get("field").asText()).isEqualTo("spec.rules[0].matches[0].path.regex");
    assertThat(finding.get("message").asText()).contains("must be an RE2 expression");
    awaitSplit("False", "in force");
    assertOnlyV1Answers();
  }

  @Test
  void whatIsNotYamlKeepsItsLastGoodVersionThroughACrash() {
    controlPlane.write(FILE, GOOD.replace("rules:", "rules: ["));
    assertThat(awaitFinding().get("code").asText()).isEqualTo("SKF1001");
    assertOnlyV1Answers();

    controlPlane.kill();
    controlPlane.startAgain();
    JsonNode finding = awaitFinding();
    assertThat(finding.get("location").asText()).startsWith(FILE + ":");
    controlPlane.await(
        "/api/v1/proxies",
        answer ->
            answer.get("items").size() == 1
                && answer.get("items").get(0).get("inSync").asBoolean());
    assertOnlyV1Answers();
  }

  @Test
  void aRefusedVersionKeepsItsLastGoodOneThroughACrash() {
    controlPlane.write(FILE, GOOD.replace("weight: 100", "weight: -1"));
    awaitFinding();
    controlPlane.kill();
    controlPlane.startAgain();
    awaitFinding();
    awaitSplit("False", "in force");
    assertOnlyV1Answers();
  }

  private static JsonNode awaitFinding() {
    JsonNode findings =
        controlPlane.await("/api/v1/findings", answer -> !troubles(answer).isEmpty());
    assertThat(troubles(findings)).hasSize(1);
    return troubles(findings).getFirst();
  }

  /** That no registry knows the caller is good to know, and no trouble. */
  private static List<JsonNode> troubles(JsonNode findings) {
    List<JsonNode> troubles = new ArrayList<>();
    findings
        .get("items")
        .forEach(
            item -> {
              if (!item.get("severity").asText().equals("Info")) {
                troubles.add(item);
              }
            });
    return troubles;
  }

  private static void awaitSplit(String accepted, String message) {
    controlPlane.await(
        "/api/v1/policies",
        answer -> {
          JsonNode split = policy(answer, "split");
          JsonNode neighbour = policy(answer, "patience");
          return split.get("conditions").get(0).get("status").asText().equals(accepted)
              && split.get("conditions").get(0).get("message").asText().contains(message)
              && split.get("conditions").get(1).get("status").asText().equals("True")
              && neighbour.get("conditions").get(0).get("status").asText().equals("True")
              && neighbour.get("conditions").get(1).get("status").asText().equals("True");
        });
  }

  private static JsonNode policy(JsonNode answer, String name) {
    for (JsonNode item : answer.get("items")) {
      if (item.get("name").asText().equals(name)) {
        return item;
      }
    }
    return answer.path("no such policy").path("conditions");
  }

  private static void assertOnlyV1Answers() {
    LoadLoop.Report report = caller.call("order.trading", 50);
    assertThat(report.failures()).isEmpty();
    assertThat(report.answeredBy("order-v1")).isEqualTo(50);
  }
}
