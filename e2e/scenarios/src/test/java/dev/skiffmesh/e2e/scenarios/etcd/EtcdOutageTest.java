package dev.skiffmesh.e2e.scenarios.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.skiffmesh.e2e.parts.CuttableLink;
import dev.skiffmesh.e2e.parts.Etcd;
import dev.skiffmesh.e2e.parts.HttpService;
import dev.skiffmesh.e2e.parts.LoadLoop;
import dev.skiffmesh.e2e.parts.RequiresEnvoy;
import dev.skiffmesh.e2e.scenarios.Await;
import dev.skiffmesh.e2e.scenarios.Caller;
import dev.skiffmesh.e2e.scenarios.ControlPlaneProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** etcd cannot be read under load, and has forgotten its history when it can be again. */
@RequiresEnvoy
class EtcdOutageTest {

  private static final Duration BOUND = Duration.ofSeconds(60);

  /** So many calls more are made while etcd is away. */
  private static final long CALLS = 2_000;

  @Test
  void noCallFailsWhileEtcdIsAwayAndCompacted(@TempDir Path folder) throws Exception {
    try (HttpService first = HttpService.start("order", Map.of());
        HttpService second = HttpService.start("order", Map.of());
        Etcd server = Etcd.start();
        CuttableLink link = CuttableLink.to(server.port());
        RealEtcd store = new RealEtcd(server, link)) {
      store.write("order", order("{address: 127.0.0.1, port: %d}".formatted(first.port())));
      store.write("patience", timeout("patience"));
      try (ControlPlaneProcess controlPlane =
              ControlPlaneProcess.start(
                  folder,
                  "- {type: etcd, name: store, endpoints: ['http://127.0.0.1:%d'], prefix: '%s'}"
                      .formatted(link.port(), store.key("")));
          Caller caller = Caller.start("gateway", controlPlane.xdsPort())) {
        awaitEndpoints(caller, 1);
        try (LoadLoop load = caller.load("order.trading")) {
          store.lose();
          controlPlane.await("/api/v1/registries", found -> state(found).equals("Lost"));
          assertThat(controlPlane.get("/api/v1/findings").toString()).contains("SKF1201");
          store.write(
              "order",
              order(
                  "{address: 127.0.0.1, port: %d}, {address: 127.0.0.1, port: %d}"
                      .formatted(first.port(), second.port())));
          store.delete("patience");
          store.write("haste", timeout("haste"));
          store.compact();
          long before = load.report().calls();
          Await.value(BOUND, () -> load.report().calls(), now -> now > before + CALLS);
          assertThat(caller.envoy().endpoints("order.trading|http")).hasSize(1);

          store.restore();
          controlPlane.await("/api/v1/registries", found -> state(found).equals("Synced"));
          awaitEndpoints(caller, 2);
          controlPlane.await(
              "/api/v1/policies",
              found ->
                  found.get("items").size() == 1
                      && found.get("items").get(0).get("name").asText().equals("haste"));
          assertThat(load.report().failures()).isEmpty();
          System.out.printf("%d calls, none failed%n", load.report().calls());
        }
      }
    }
  }

  private static String state(JsonNode registries) {
    return registries.get("items").get(0).get("state").asText();
  }

  private static void awaitEndpoints(Caller caller, int count) {
    Await.value(
        BOUND,
        () -> caller.envoy().endpoints("order.trading|http").size(),
        found -> found == count);
  }

  private static String order(String endpoints) {
    return """
    apiVersion: skiffmesh.dev/v1alpha1
    kind: Service
    metadata: {name: order, namespace: trading}
    spec: {ports: [{name: http, port: 80}], endpoints: [%s]}
    """
        .formatted(endpoints);
  }

  private static String timeout(String name) {
    return """
    apiVersion: skiffmesh.dev/v1alpha1
    kind: TimeoutPolicy
    metadata: {name: %s, namespace: trading}
    spec: {targetRefs: [{kind: Service, name: order}], request: 30s}
    """
        .formatted(name);
  }
}
