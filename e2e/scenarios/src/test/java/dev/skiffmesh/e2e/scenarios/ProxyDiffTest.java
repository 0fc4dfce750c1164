package dev.skiffmesh.e2e.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.e2e.parts.EnvoyRelease;
import dev.skiffmesh.e2e.parts.HttpService;
import dev.skiffmesh.e2e.parts.RequiresEnvoy;
import dev.skiffmesh.server.cli.Skiff;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * {@code skiff proxy diff --envoy}: what Skiff means, beside what a real Envoy says that it runs.
 */
@RequiresEnvoy({EnvoyRelease.V1_36, EnvoyRelease.V1_38, EnvoyRelease.V1_40})
class ProxyDiffTest {

  private static final Duration BOUND = Duration.ofSeconds(20);

  private static final String UNEVEN =
      """
      apiVersion: skiffmesh.dev/v1alpha1
      kind: Service
      metadata: {name: uneven, namespace: trading}
      spec:
        ports: [{name: http, port: 80, protocol: http}]
        endpoints:
          - {address: 10.0.0.3, port: 8080, weight: 7, region: r, zone: b}
          - {address: 10.0.0.1, port: 8080, weight: 30, region: r, zone: a}
          - {address: 10.0.0.2, port: 8080, health: Unhealthy, region: r, zone: a}
          - {address: 10.0.0.4, port: 8080, additionalAddresses: ["fd00::4"]}
      ---
      apiVersion: skiffmesh.dev/v1alpha1
      kind: Service
      metadata: {name: outside, namespace: trading}
      spec:
        ports: [{name: http, port: 80, protocol: http}]
        externalName: broker.example.com
      """;

  private record Said(int code, String out, String err) {}

  private static Said diff(ControlPlaneProcess controlPlane, String proxy, String envoy) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code =
        Skiff.run(
            new PrintWriter(out),
            new PrintWriter(err),
            "proxy",
            "diff",
            proxy,
            "--server",
            "http://127.0.0.1:" + controlPlane.adminPort(),
            "--envoy",
            envoy);
    return new Said(code, out.toString(), err.toString());
  }

  @ParameterizedTest
  @EnumSource(EnvoyRelease.class)
  void anEnvoyInStepRunsWhatIsMeant(EnvoyRelease release, @TempDir Path folder) {
    try (HttpService v1 = HttpService.start("order-v1", Map.of("version", "v1"));
        HttpService v2 = HttpService.start("order-v2", Map.of("version", "v2"));
        ControlPlaneProcess controlPlane = ControlPlaneProcess.withFiles(folder)) {
      controlPlane.write("services/order.yaml", MeshFiles.service("order", List.of(v1, v2)));
      controlPlane.write("services/uneven.yaml", UNEVEN);
      controlPlane.write("policies/split.yaml", MeshFiles.split("split", 30, 70));
      controlPlane.await("/api/v1/policies", answer -> answer.get("items").size() == 1);
      try (Caller caller =
          Caller.start(release, "gateway", controlPlane.xdsPort(), Map.of("version", "v1"))) {
        assertThat(caller.call("order.trading", 20).failures()).isEmpty();
        Await.value(
            BOUND,
            () -> diff(controlPlane, caller.id(), caller.envoy().admin().toString()),
            said -> said.code() == Skiff.OK && said.err().contains("runs what it is to have"));
        assertThat(caller.envoy().get("/config_dump?include_eds"))
            .contains("10.0.0.3", "fd00::4", "broker.example.com");
      }
    }
  }

  @Test
  void whatDiffersIsShownLineByLine(@TempDir Path folder) throws IOException {
    try (HttpService v1 = HttpService.start("order-v1", Map.of("version", "v1"));
        HttpService v2 = HttpService.start("order-v2", Map.of("version", "v2"));
        ControlPlaneProcess controlPlane = ControlPlaneProcess.onDemand(folder)) {
      controlPlane.write("services/order.yaml", MeshFiles.service("order", List.of(v1, v2)));
      controlPlane.write("services/quote.yaml", MeshFiles.service("quote", List.of(v1)));
      controlPlane.write("services/late.yaml", MeshFiles.service("late", List.of(v2)));
      controlPlane.write("policies/split.yaml", MeshFiles.split("split", 30, 70));
      controlPlane.await("/api/v1/policies", answer -> answer.get("items").size() == 1);
      try (Caller caller = Caller.start("gateway", controlPlane.xdsPort());
          Caller other = Caller.start("other", controlPlane.xdsPort())) {
        String admin = caller.envoy().admin().toString();
        assertThat(caller.call("order.trading", 5).failures()).isEmpty();
        assertThat(caller.call("quote.trading", 5).failures()).isEmpty();
        Await.until(
            BOUND,
            "all is in step",
            () -> diff(controlPlane, caller.id(), admin).code() == Skiff.OK);
        // What it said then, compared with what it is to have later.
        Path dump =
            Files.writeString(
                folder.resolve("dump.json"), caller.envoy().get("/config_dump?include_eds"));

        controlPlane.write("policies/split.yaml", MeshFiles.split("split", 31, 69));
        controlPlane.write("services/quote.yaml", MeshFiles.service("quote", List.of(v2)));
        assertThat(caller.call("late.trading", 5).failures()).isEmpty();
        Await.until(
            BOUND,
            "all is in step",
            () ->
                diff(controlPlane, caller.id(), admin).code() == Skiff.OK
                    && caller.envoy().get("/config_dump?include_eds").contains("\"weight\": 31"));
        Said said = diff(controlPlane, caller.id(), dump.toString());
        assertThat(said.code()).isEqualTo(Skiff.FINDING);
        assertThat(said.out().lines().map(line -> line.replaceAll(" +[0-9a-f]{16}.*", "")))
            .contains(
                "cluster       late.trading|http        Missing",
                "endpoint      late.trading|http        Missing",
                "endpoint      quote.trading|http       Differs",
                "virtual-host  egress/late.trading:80   Missing",
                "virtual-host  egress/order.trading:80  Differs");
        assertThat(said.out())
            .contains("--- skiff: virtual-host egress/order.trading:80")
            .containsPattern("(?m)^- +\"weight\" ?: 31$")
            .containsPattern("(?m)^\\+ +\"weight\" ?: 30$")
            .containsPattern("(?m)^- +\"portValue\" ?: " + v2.port())
            .contains("order.trading|http|version=v1");

        Said wrong = diff(controlPlane, caller.id(), other.envoy().admin().toString());
        assertThat(wrong.code()).isEqualTo(Skiff.USAGE);
        assertThat(wrong.err()).contains(caller.id(), "found that of '" + other.id() + "'");
        Said none = diff(controlPlane, caller.id(), "http://127.0.0.1:1");
        assertThat(none.code()).isEqualTo(Skiff.UNREACHABLE);
        assertThat(none.err()).contains("No Envoy answers at http://127.0.0.1:1");
        Said noDump = diff(controlPlane, caller.id(), folder.resolve("skiff.yaml").toString());
        assertThat(noDump.code()).isEqualTo(Skiff.USAGE);
        assertThat(noDump.err()).contains("/config_dump?include_eds, found something else");
        Path bare =
            Files.writeString(folder.resolve("bare.json"), caller.envoy().get("/config_dump"));
        Said without = diff(controlPlane, caller.id(), bare.toString());
        assertThat(without.code()).isEqualTo(Skiff.USAGE);
        assertThat(without.err()).contains("include_eds, found an answer without endpoints");
        assertThat(diff(controlPlane, "trading/nobody/1:2", admin).err())
            .contains("No proxy with the id 'trading/nobody/1:2' is connected");
        assertThat(diff(controlPlane, caller.id(), "nowhere.json").err())
            .contains("must be a URL such as http://127.0.0.1:15000, or a file");
      }
    }
  }
}
