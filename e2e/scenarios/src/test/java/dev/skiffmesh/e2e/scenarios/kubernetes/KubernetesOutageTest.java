package dev.skiffmesh.e2e.scenarios.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import dev.skiffmesh.e2e.parts.KubeApiServer;
import dev.skiffmesh.e2e.parts.LoadLoop;
import dev.skiffmesh.e2e.parts.RequiresEnvoy;
import dev.skiffmesh.e2e.parts.RequiresKubernetes;
import dev.skiffmesh.e2e.scenarios.Await;
import dev.skiffmesh.e2e.scenarios.Caller;
import dev.skiffmesh.e2e.scenarios.ControlPlaneProcess;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The API server is gone under load: its pods are well, so no call may fail. */
@RequiresEnvoy
@RequiresKubernetes
class KubernetesOutageTest {

  private static final Duration BOUND = Duration.ofSeconds(60);
  private static final String CLUSTER = "order.trading|http";

  /** So many calls more are made while the API server is gone. */
  private static final long CALLS = 2_000;

  @Test
  void noCallFailsWhileTheApiServerIsGone(@TempDir Path folder) throws Exception {
    Optional<InetAddress> machine = machine();
    Assumptions.assumeTrue(
        machine.isPresent(),
        "This machine has loopback alone, which an API server takes for no endpoint's address");
    String address = machine.orElseThrow().getHostAddress();
    HttpServer first = serve(machine.orElseThrow());
    HttpServer second = serve(machine.orElseThrow());
    try (KubeApiServer server = KubeApiServer.start();
        Cluster cluster = new Cluster(server)) {
      cluster.apply(
          """
          apiVersion: v1
          kind: Namespace
          metadata: {name: trading}
          ---
          apiVersion: v1
          kind: Service
          metadata: {name: order, namespace: trading}
          spec: {ports: [{name: http, port: 80}]}
          """);
      slice(cluster, "order-1", address, first);
      try (ControlPlaneProcess controlPlane =
              ControlPlaneProcess.start(
                  folder,
                  "- {type: kubernetes, name: cluster, server: '%s', token: '%s', ca: '%s'}"
                      .formatted(server.url(), server.adminToken(), server.certificate()),
                  "guard: {hold-time: 20s}");
          Caller caller = Caller.start("gateway", controlPlane.xdsPort())) {
        awaitEndpoints(caller, 1);
        try (LoadLoop load =
            LoadLoop.start(LoadLoop.Target.of(caller.egressPort(), "order.trading", "/"), 2)) {
          server.kill();
          controlPlane.await("/api/v1/registries", found -> state(found).equals("Lost"));
          long before = load.report().calls();
          Await.value(BOUND, () -> load.report().calls(), now -> now > before + CALLS);
          assertThat(caller.envoy().endpoints(CLUSTER)).hasSize(1);

          server.restart();
          controlPlane.await("/api/v1/registries", found -> state(found).equals("Synced"));
          slice(cluster, "order-2", address, second);
          awaitEndpoints(caller, 2);
          assertThat(load.report().failures()).isEmpty();
          System.out.printf("%d calls, none failed%n", load.report().calls());
        }
      }
    } finally {
      first.stop(0);
      second.stop(0);
    }
  }

  private static String state(JsonNode registries) {
    return registries.get("items").get(0).get("state").asText();
  }

  private static void awaitEndpoints(Caller caller, int count) {
    Await.value(BOUND, () -> caller.envoy().endpoints(CLUSTER).size(), found -> found == count);
  }

  private static void slice(Cluster cluster, String name, String address, HttpServer pod) {
    cluster.apply(
        """
        apiVersion: discovery.k8s.io/v1
        kind: EndpointSlice
        metadata: {name: %s, namespace: trading, labels: {kubernetes.io/service-name: order}}
        addressType: IPv4
        ports: [{name: http, port: %d, protocol: TCP}]
        endpoints: [{addresses: [%s]}]
        """
            .formatted(name, pod.getAddress().getPort(), address));
  }

  /** An address of this machine that is not loopback: validation refuses those. */
  private static Optional<InetAddress> machine() throws SocketException {
    return NetworkInterface.networkInterfaces()
        .flatMap(NetworkInterface::inetAddresses)
        .filter(
            one ->
                one instanceof Inet4Address
                    && !one.isLoopbackAddress()
                    && !one.isLinkLocalAddress())
        .findFirst();
  }

  private static HttpServer serve(InetAddress address) throws IOException {
    HttpServer server = HttpServer.create(new InetSocketAddress(address, 0), 64);
    server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            exchange.sendResponseHeaders(200, -1);
          }
        });
    server.start();
    return server;
  }
}
