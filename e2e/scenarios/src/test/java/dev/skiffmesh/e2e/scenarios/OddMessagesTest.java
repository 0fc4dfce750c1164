package dev.skiffmesh.e2e.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.api.model.Locality;
import dev.skiffmesh.api.model.Protocol;
import dev.skiffmesh.api.model.ProxyIdentity.ProxyPort;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.bootstrap.BootstrapRequest;
import dev.skiffmesh.bootstrap.ControlPlaneAddress;
import dev.skiffmesh.bootstrap.EnvoyBootstrap;
import dev.skiffmesh.e2e.parts.Envoy;
import dev.skiffmesh.e2e.parts.EnvoyRelease;
import dev.skiffmesh.e2e.parts.FreePorts;
import dev.skiffmesh.e2e.parts.RequiresEnvoy;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What {@code docs/transparency.md} says of messages that are not framed by the book, of offers to
 * speak something else and of a service that has nothing but pages of its framework: on each
 * release of Envoy, through the caller's and the callee's.
 */
@RequiresEnvoy({EnvoyRelease.V1_36, EnvoyRelease.V1_38, EnvoyRelease.V1_40})
class OddMessagesTest {

  private static final Duration BOUND = Duration.ofSeconds(60);

  /** Answers whose calls are executed and end with 502. */
  private static final List<String> ODD_ANSWERS =
      List.of("/chunked-twice", "/length-twice", "/nothing-in-chunks", "/odd-value", "/odd-name");

  /** Requests and the status that a proxy answers. */
  private static final Map<String, Integer> ODD_REQUESTS =
      Map.of(
          "POST /a HTTP/1.1|Host: order.trading|Transfer-Encoding: identity|Content-Length: 1||x",
          400,
          "POST /a HTTP/1.1|Host: order.trading|Transfer-Encoding: chunked"
              + "|Transfer-Encoding: chunked||1|x|0||",
          501,
          "POST /a HTTP/1.1|Host: order.trading|Content-Length: 1|Content-Length: 1||x",
          400,
          "FOO /a HTTP/1.1|Host: order.trading||",
          400,
          "get /a HTTP/1.1|Host: order.trading||",
          400,
          "CONNECT order.trading:80 HTTP/1.1|Host: order.trading:80||",
          404,
          "CONNECT elsewhere.example:443 HTTP/1.1|Host: elsewhere.example:443||",
          404,
          "GET / HTTP/1.1|Host: secure.trading||",
          404);

  private static final List<String> OFFERS = List.of("TLS/1.2", "h2c", "IRC/6.9, RTA/x11", "web");

  @ParameterizedTest
  @EnumSource(EnvoyRelease.class)
  void areAnsweredAsThePageSays(EnvoyRelease release, @TempDir Path folder) throws IOException {
    int registered = FreePorts.next();
    try (OddApplication application = OddApplication.start();
        EmbeddedMesh mesh = EmbeddedMesh.start(folder)) {
      mesh.write(
          "services/order.yaml",
          service("order", "{name: http, port: 80, protocol: http}", "port: " + registered));
      mesh.write(
          "services/secure.yaml",
          service(
              "secure",
              "{name: https, port: 443, protocol: tcp}, {name: management, port: 9001, protocol:"
                  + " http}",
              "ports: {https: 1, management: %d}".formatted(application.port())));
      mesh.await(report -> report.world().services().size() == 2);
      try (Envoy callee = callee(release, mesh, registered, application.port());
          Caller caller = Caller.start(release, "gateway", mesh.xdsPort(), Map.of())) {
        List<String> wrong = new ArrayList<>();
        for (String path : ODD_ANSWERS) {
          expect(wrong, caller, "GET " + path + " HTTP/1.1|Host: order.trading||", 502);
          assertThat(application.callsTo(path)).as(path + " was executed").isPositive();
        }
        for (String offer : OFFERS) {
          expect(
              wrong,
              caller,
              "GET /offered HTTP/1.1|Host: order.trading|Connection: Upgrade|Upgrade: %s||"
                  .formatted(offer),
              200);
        }
        expect(wrong, caller, "GET /both-lengths HTTP/1.1|Host: order.trading||", 200);
        expect(wrong, caller, "GET / HTTP/1.1|Host: secure.trading:9001||", 200);
        ODD_REQUESTS.forEach((request, status) -> expect(wrong, caller, request, status));
        assertThat(wrong).isEmpty();
        assertThat(callee.isReady()).isTrue();
      }
    }
  }

  private static void expect(List<String> wrong, Caller caller, String request, int status) {
    try (RawHttp http = RawHttp.to(caller.egressPort())) {
      http.lines(request);
      String answer = http.head().first();
      if (!answer.startsWith("HTTP/1.1 " + status + " ")) {
        wrong.add(request + " must be answered " + status + ", found " + answer);
      }
    } catch (IOException e) {
      wrong.add(request + " must be answered " + status + ", found " + e);
    }
  }

  private static Envoy callee(
      EnvoyRelease release, EmbeddedMesh mesh, int registered, int application) {
    Envoy envoy =
        Envoy.start(
            release,
            EnvoyBootstrap.yaml(
                new BootstrapRequest(
                    BootstrapRequest.sidecar(
                        new ServiceId("trading", "order"),
                        "127.0.0.1",
                        registered,
                        Map.of(),
                        List.of(new ProxyPort("http", registered, application, Protocol.HTTP)),
                        FreePorts.next(),
                        Locality.UNKNOWN),
                    List.of(new ControlPlaneAddress("127.0.0.1", mesh.xdsPort())),
                    FreePorts.next())));
    try {
      envoy.awaitReady(BOUND);
      return envoy;
    } catch (RuntimeException e) {
      envoy.close();
      throw e;
    }
  }

  private static String service(String name, String ports, String endpoint) {
    return """
    apiVersion: skiffmesh.dev/v1alpha1
    kind: Service
    metadata: {name: %s, namespace: trading}
    spec:
      ports: [%s]
      endpoints: [{address: 127.0.0.1, %s}]
    """
        .formatted(name, ports, endpoint);
  }
}
