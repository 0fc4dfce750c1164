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
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A sidecar is sent what its application calls, each service at its first call; what one replica
 * has asked for, all others have from the start.
 */
@RequiresEnvoy
class OnDemandTest {

  private static final Duration BOUND = Duration.ofSeconds(20);
  private static final int SERVICES = 600;

  @Test
  void noFirstCallFails(@TempDir Path folder) {
    try (HttpService backend = HttpService.start("backend", Map.of());
        ControlPlaneProcess controlPlane = ControlPlaneProcess.onDemand(folder)) {
      StringBuilder services = new StringBuilder();
      for (int i = 0; i < SERVICES; i++) {
        services.append("---\n").append(MeshFiles.service("svc-" + i, List.of(backend)));
      }
      controlPlane.write("services/all.yaml", services.toString());
      controlPlane.await("/api/v1/services", answer -> answer.get("items").size() == SERVICES);
      try (Caller caller = Caller.start("gateway", controlPlane.xdsPort())) {
        assertThat(caller.envoy().clusters()).doesNotContain("svc-");

        LoadLoop.Target hosts =
            new LoadLoop.Target(
                caller.egressPort(), "/", n -> Map.of("host", "svc-" + n + ".trading"));
        LoadLoop.Report alone = firstCalls(hosts, 0, 100, 1);
        LoadLoop.Report many = firstCalls(hosts, 100, SERVICES, 50);
        System.out.printf(
            "First calls to 100 hosts, one at a time: median %.1f ms, p99 %.1f ms; to %d more, 50"
                + " at a time: median %.1f ms, p99 %.1f ms%n",
            millis(alone, 0.5),
            millis(alone, 0.99),
            SERVICES - 100,
            millis(many, 0.5),
            millis(many, 0.99));
        assertThat(caller.envoy().stats("update_rejected").values()).allMatch(count -> count == 0);
      }
    }
  }

  private static double millis(LoadLoop.Report report, double share) {
    return report.within(share).toNanos() / 1e6;
  }

  /** None of them may fail. */
  private static LoadLoop.Report firstCalls(LoadLoop.Target hosts, int from, int to, int atATime) {
    LoadLoop.Target shifted =
        new LoadLoop.Target(hosts.port(), "/", n -> hosts.headers().apply(n + from));
    LoadLoop.Report report = LoadLoop.run(shifted, to - from, atATime);
    assertThat(report.failures()).isEmpty();
    assertThat(report.calls()).isEqualTo(to - from);
    return report;
  }

  @Test
  void anUnknownHostIsAnsweredAndWorksOnceItIsThere(@TempDir Path folder) throws IOException {
    try (HttpService late = HttpService.start("late", Map.of());
        ControlPlaneProcess controlPlane = ControlPlaneProcess.onDemand(folder);
        Caller caller = Caller.start("gateway", controlPlane.xdsPort())) {
      assertThat(status(caller, "late.trading")).isEqualTo(404);
      LoadLoop.Target unknown =
          new LoadLoop.Target(
              caller.egressPort(), "/", n -> Map.of("host", "unknown-" + n + ".trading"));
      LoadLoop.Report report = LoadLoop.run(unknown, 50, 1);
      assertThat(report.byStatus()).containsOnlyKeys(404);
      System.out.printf(
          "50 unknown hosts, one at a time: median %.1f ms, p99 %.1f ms%n",
          millis(report, 0.5), millis(report, 0.99));

      controlPlane.write("services/late.yaml", MeshFiles.service("late", List.of(late)));
      Duration took =
          Await.until(BOUND, "the newcomer is called", () -> is(caller, "late.trading", 200));
      System.out.printf("A host that was unknown works %d ms after it appears%n", took.toMillis());

      controlPlane.write("services/late.yaml", "");
      Await.until(BOUND, "it is unknown again", () -> is(caller, "late.trading", 404));
      controlPlane.write("services/late.yaml", MeshFiles.service("late", List.of(late)));
      Await.until(BOUND, "and comes back", () -> is(caller, "late.trading", 200));
    }
  }

  @Test
  void withoutAControlPlaneOnlyWhatNobodyEverCalledIsMissed(@TempDir Path folder)
      throws IOException {
    try (HttpService order = HttpService.start("order", Map.of());
        HttpService quote = HttpService.start("quote", Map.of());
        ControlPlaneProcess controlPlane = ControlPlaneProcess.onDemand(folder)) {
      controlPlane.write("services/order.yaml", MeshFiles.service("order", List.of(order)));
      controlPlane.write("services/quote.yaml", MeshFiles.service("quote", List.of(quote)));
      // What is not registered is not remembered.
      controlPlane.write("services/gateway.yaml", MeshFiles.service("gateway", List.of(order)));
      controlPlane.await("/api/v1/services", answer -> answer.get("items").size() == 3);
      try (Caller first = Caller.start("gateway", controlPlane.xdsPort())) {
        assertThat(status(first, "order.trading")).isEqualTo(200);
        awaitSaved(folder);

        controlPlane.kill();
        controlPlane.startAgain();
        // A new replica, and a new version, begin with what the first replica has learned.
        try (Caller replica = Caller.start("gateway", controlPlane.xdsPort());
            Caller next =
                Caller.start("gateway", controlPlane.xdsPort(), Map.of("version", "v2"))) {
          for (Caller caller : List.of(replica, next)) {
            Await.until(
                BOUND,
                "it has what the workload uses",
                () -> caller.envoy().clusters().contains("order.trading|http"));
          }
          controlPlane.await("/api/v1/proxies", OnDemandTest::areInSync);
          controlPlane.kill();
          for (Caller caller : List.of(first, replica, next)) {
            assertThat(status(caller, "order.trading")).isEqualTo(200);
          }
          missesWhatNobodyEverCalled(replica);
        }
      }
    }
  }

  /** Meanwhile a slow answer and an upload that pauses as long go on. */
  private static void missesWhatNobodyEverCalled(Caller caller) throws IOException {
    try (RawHttp slow = RawHttp.to(caller.egressPort());
        RawHttp upload = RawHttp.to(caller.egressPort())) {
      slow.lines("GET /delay/20000 HTTP/1.1|Host: order.trading||");
      upload.lines("POST /echo HTTP/1.1|Host: order.trading|Content-Length: 10||first");

      long start = System.nanoTime();
      assertThat(status(caller, "quote.trading")).isEqualTo(504);
      System.out.printf(
          "A call that nobody has made before ends after %d ms without a control plane%n",
          Duration.ofNanos(System.nanoTime() - start).toMillis());

      assertThat(slow.head().first()).isEqualTo("HTTP/1.1 200 OK");
      upload.write("-last");
      RawHttp.Head answer = upload.head();
      assertThat(answer.first()).isEqualTo("HTTP/1.1 200 OK");
      assertThat(upload.bytes(10)).isEqualTo("first-last");
    }
    assertThat(status(caller, "order.trading")).isEqualTo(200);
  }

  @Test
  void aConnectionThatComesAgainIsNoticedByNobody(@TempDir Path folder) {
    try (HttpService order = HttpService.start("order", Map.of());
        ControlPlaneProcess controlPlane = ControlPlaneProcess.onDemand(folder, "10s")) {
      controlPlane.write("services/order.yaml", MeshFiles.service("order", List.of(order)));
      controlPlane.await("/api/v1/services", answer -> answer.get("items").size() == 1);
      try (Caller caller = Caller.start("gateway", controlPlane.xdsPort());
          LoadLoop load = caller.load("order.trading")) {
        Await.until(BOUND, "calls are answered", () -> load.report().calls() > 100);
        String first = connectedSince(controlPlane);
        // It is told to come again after 10 s, and its stream is ended 10 s later.
        JsonNode again =
            Await.value(
                BOUND.multipliedBy(3),
                () -> controlPlane.get("/api/v1/proxies"),
                answer ->
                    answer.at("/items/0/types").size() > 5
                        && answer.at("/items/0/inSync").asBoolean()
                        && !answer.at("/items/0/connectedSince").asText().equals(first));
        again
            .at("/items/0/types")
            .forEach(
                type -> {
                  assertThat(type.get("resourcesSent").asLong()).as("%s", type).isZero();
                  assertThat(type.get("removalsSent").asLong()).as("%s", type).isZero();
                });
        assertThat(load.report().failures()).isEmpty();
      }
    }
  }

  private static String connectedSince(ControlPlaneProcess controlPlane) {
    return controlPlane
        .await("/api/v1/proxies", answer -> answer.get("items").size() == 1)
        .at("/items/0/connectedSince")
        .asText();
  }

  @Test
  void whatIsCalledUnderAllIsThereAtOnceUnderOnDemand(@TempDir Path folder) throws IOException {
    try (HttpService order = HttpService.start("order", Map.of());
        HttpService quote = HttpService.start("quote", Map.of());
        ControlPlaneProcess controlPlane = ControlPlaneProcess.withFiles(folder)) {
      controlPlane.write("services/order.yaml", MeshFiles.service("order", List.of(order)));
      controlPlane.write("services/quote.yaml", MeshFiles.service("quote", List.of(quote)));
      // What is not registered is not remembered.
      controlPlane.write("services/gateway.yaml", MeshFiles.service("gateway", List.of(order)));
      controlPlane.await("/api/v1/services", answer -> answer.get("items").size() == 3);
      try (Caller caller = Caller.start("gateway", controlPlane.xdsPort())) {
        assertThat(caller.envoy().clusters()).contains("order.trading|http", "quote.trading|http");
        // Envoy counts from the moment that it is asked to.
        Await.until(
            BOUND,
            "a call is reported",
            () ->
                is(caller, "order.trading", 200)
                    && controlPlane.get("/api/v1/scope").at("/items/0/uses/0").isObject());
        JsonNode uses = controlPlane.get("/api/v1/scope").at("/items/0/uses");
        assertThat(uses).hasSize(1);
        assertThat(uses.at("/0/service").asText()).isEqualTo("order");
        assertThat(uses.at("/0/how").asText()).isEqualTo("Learned");
        awaitSaved(folder);
      }

      controlPlane.kill();
      controlPlane.scope("OnDemand");
      controlPlane.startAgain();
      try (Caller caller = Caller.start("gateway", controlPlane.xdsPort())) {
        Await.until(
            BOUND,
            "it has what the workload uses",
            () -> caller.envoy().clusters().contains("order.trading|http"));
        assertThat(caller.envoy().clusters()).doesNotContain("quote.trading|http");
        assertThat(status(caller, "quote.trading")).isEqualTo(200);
      }
    }
  }

  @Test
  void aPolicySaysWhatIsSentUpFrontAndWhetherThereIsMore(@TempDir Path folder) throws IOException {
    try (HttpService order = HttpService.start("order", Map.of());
        HttpService quote = HttpService.start("quote", Map.of());
        ControlPlaneProcess controlPlane = ControlPlaneProcess.onDemand(folder)) {
      controlPlane.write("services/order.yaml", MeshFiles.service("order", List.of(order)));
      controlPlane.write("services/quote.yaml", MeshFiles.service("quote", List.of(quote)));
      controlPlane.write("policies/scope.yaml", declares("order"));
      controlPlane.await("/api/v1/policies", answer -> answer.get("items").size() == 1);
      try (Caller caller = Caller.start("gateway", controlPlane.xdsPort())) {
        assertThat(caller.envoy().clusters()).contains("order.trading|http");
        assertThat(status(caller, "order.trading")).isEqualTo(200);
        assertThat(status(caller, "quote.trading")).isEqualTo(404);
        assertThat(caller.envoy().clusters()).doesNotContain("quote.trading|http");

        controlPlane.write("policies/scope.yaml", declares("order, quote"));
        Await.until(BOUND, "quote is declared too", () -> is(caller, "quote.trading", 200));
        controlPlane.write("policies/scope.yaml", declares("order"));
        Await.until(BOUND, "and no more", () -> is(caller, "quote.trading", 404));
        controlPlane.delete("policies/scope.yaml");
        Await.until(BOUND, "it may ask again", () -> is(caller, "quote.trading", 200));
        assertThat(caller.envoy().stats("update_rejected").values()).allMatch(count -> count == 0);
      }
    }
  }

  private static String declares(String services) {
    String uses =
        Arrays.stream(services.split(", ", -1))
            .map("{service: %s}"::formatted)
            .collect(Collectors.joining(", "));
    return """
    apiVersion: skiffmesh.dev/v1alpha1
    kind: ScopePolicy
    metadata: {name: gateway, namespace: trading}
    spec:
      targetRefs: [{kind: Service, name: gateway}]
      mode: Declared
      uses: [%s]
    """
        .formatted(uses);
  }

  /** It is written within a second; until it is whole, the file has another name. */
  private static void awaitSaved(Path folder) {
    Path saved = folder.resolve("state").resolve("scopes");
    Await.until(
        BOUND,
        "the use of order is in the state folder",
        () -> {
          try (Stream<Path> files = Files.list(saved)) {
            for (Path file : files.filter(one -> one.toString().endsWith(".json")).toList()) {
              if (Files.readString(file).contains("trading/order")) {
                return true;
              }
            }
            return false;
          } catch (IOException notYet) {
            return false;
          }
        });
  }

  private static boolean areInSync(JsonNode answer) {
    List<Boolean> sync = new ArrayList<>();
    answer.get("items").forEach(proxy -> sync.add(proxy.get("inSync").asBoolean()));
    return sync.size() == 3 && !sync.contains(false);
  }

  private static boolean is(Caller caller, String host, int status) {
    try {
      return status(caller, host) == status;
    } catch (IOException e) {
      return false;
    }
  }

  private static int status(Caller caller, String host) throws IOException {
    try (RawHttp http = RawHttp.to(caller.egressPort())) {
      http.lines("GET / HTTP/1.1|Host: " + host + "||");
      return Integer.parseInt(http.head().first().split(" ", 3)[1]);
    }
  }
}
