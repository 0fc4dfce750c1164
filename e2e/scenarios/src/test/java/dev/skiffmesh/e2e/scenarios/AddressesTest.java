package dev.skiffmesh.e2e.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.e2e.parts.HttpService;
import dev.skiffmesh.e2e.parts.LoadLoop;
import dev.skiffmesh.e2e.parts.RequiresEnvoy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Services whose instances are found otherwise than at one address each. */
@RequiresEnvoy
class AddressesTest {

  private static final Duration BOUND = Duration.ofSeconds(30);

  /** So many more calls show what a change does to them. */
  private static final long CALLS = 500;

  /** As a pod has two in a cluster of two families. */
  @Test
  void callsGoToTheSecondAddressWhereNobodyAnswersAtTheFirst(@TempDir Path folder)
      throws Exception {
    try (HttpService order = HttpService.start("order", Map.of("version", "v1"));
        ControlPlaneProcess controlPlane = ControlPlaneProcess.withFiles(folder)) {
      controlPlane.write(
          "services/order.yaml",
          """
          apiVersion: skiffmesh.dev/v1alpha1
          kind: Service
          metadata: {name: order, namespace: trading}
          spec:
            ports: [{name: http, port: 80}]
            endpoints: [{address: 127.0.0.2, additionalAddresses: [127.0.0.1], port: %d}]
          """
              .formatted(order.port()));
      controlPlane.await("/api/v1/services", answer -> answer.get("items").size() == 1);
      try (Caller caller = Caller.start("gateway", controlPlane.xdsPort())) {
        LoadLoop.Report report = caller.call("order.trading", CALLS);

        assertThat(report.failures()).isEmpty();
        assertThat(report.calls()).isEqualTo(CALLS);
      }
    }
  }

  @Test
  void aNameForDnsIsCalledAndGetsInstancesWithoutAFailedCall(@TempDir Path folder)
      throws Exception {
    try (HttpService outside = HttpService.start("outside", Map.of("version", "v1"));
        HttpService inside = HttpService.start("inside", Map.of("version", "v2"));
        ControlPlaneProcess controlPlane = ControlPlaneProcess.withFiles(folder)) {
      String external =
          """
          apiVersion: skiffmesh.dev/v1alpha1
          kind: Service
          metadata: {name: order, namespace: trading}
          spec: {ports: [{name: http, port: %d}], externalName: localhost}
          """
              .formatted(outside.port());
      controlPlane.write("services/order.yaml", external);
      controlPlane.await("/api/v1/services", answer -> answer.get("items").size() == 1);
      try (Caller caller = Caller.start("gateway", controlPlane.xdsPort());
          LoadLoop load = caller.load("order.trading")) {
        awaitAnswersOf(load, "outside");

        controlPlane.write("services/order.yaml", MeshFiles.service("order", List.of(inside)));
        awaitAnswersOf(load, "inside");
        assertThat(load.report().failures()).isEmpty();
        controlPlane.write("services/order.yaml", external);
        awaitAnswersOf(load, "outside");

        assertThat(load.report().failures()).isEmpty();
      }
    }
  }

  @Test
  void aPortThatGetsAnotherNameFailsNoCall(@TempDir Path folder) throws Exception {
    try (HttpService order = HttpService.start("order", Map.of("version", "v1"));
        ControlPlaneProcess controlPlane = ControlPlaneProcess.withFiles(folder)) {
      controlPlane.write("services/order.yaml", MeshFiles.service("order", List.of(order)));
      controlPlane.await("/api/v1/services", answer -> answer.get("items").size() == 1);
      try (Caller caller = Caller.start("gateway", controlPlane.xdsPort());
          LoadLoop load = caller.load("order.trading")) {
        awaitAnswersOf(load, "order");
        for (String name : List.of("web", "http", "web")) {
          controlPlane.write(
              "services/order.yaml",
              MeshFiles.service("order", List.of(order)).replace("name: http", "name: " + name));
          String cluster = "order.trading|" + name;
          Await.value(BOUND, () -> caller.envoy().endpoints(cluster).size(), now -> now == 1);
          awaitAnswersOf(load, "order");
        }

        assertThat(load.report().failures()).isEmpty();
      }
    }
  }

  /** Waits until that application alone has answered for a while. */
  private static void awaitAnswersOf(LoadLoop load, String application) {
    Await.until(
        BOUND,
        "answers of " + application,
        () -> {
          Map<String, Long> before = load.report().byAnswerer();
          long calls = load.report().calls();
          Await.value(BOUND, () -> load.report().calls(), now -> now > calls + CALLS);
          return load.report().byAnswerer().entrySet().stream()
              .filter(one -> !one.getValue().equals(before.get(one.getKey())))
              .allMatch(one -> one.getKey().startsWith(application));
        });
  }
}
