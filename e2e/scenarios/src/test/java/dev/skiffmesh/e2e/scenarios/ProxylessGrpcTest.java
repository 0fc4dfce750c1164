package dev.skiffmesh.e2e.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.skiffmesh.api.model.Locality;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.bootstrap.BootstrapRequest;
import dev.skiffmesh.bootstrap.ControlPlaneAddress;
import dev.skiffmesh.bootstrap.GrpcBootstrap;
import dev.skiffmesh.e2e.parts.GrpcService;
import io.grpc.ClientInterceptors;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** grpc-java's own xDS client follows the same policy with no proxy at all. */
class ProxylessGrpcTest {

  private static final Duration BOUND = Duration.ofSeconds(60);
  private static final int CALLS = 1_000;
  private static final String TO_V2 = "destinations: [{labels: {version: v2}}]";

  /** A header of a call, which gRPC calls metadata. */
  private static final Metadata.Key<String> LANE =
      Metadata.Key.of("x-lane", Metadata.ASCII_STRING_MARSHALLER);

  private static final Metadata.Key<String> MARK =
      Metadata.Key.of("x-mesh-lane", Metadata.ASCII_STRING_MARSHALLER);

  private static final Metadata.Key<String> BAGGAGE =
      Metadata.Key.of("baggage", Metadata.ASCII_STRING_MARSHALLER);

  @TempDir private static Path folder;
  private static GrpcService v1;
  private static GrpcService v2;
  private static ControlPlaneProcess controlPlane;
  private static ManagedChannel channel;

  @BeforeAll
  static void start() {
    v1 = GrpcService.start("order", Map.of("version", "v1"));
    v2 = GrpcService.start("order", Map.of("version", "v2"));
    controlPlane = ControlPlaneProcess.withFiles(folder);
    // What is not registered is not remembered.
    controlPlane.write(
        "services/gateway.yaml", service(List.of(v1)).replace("name: order", "name: gateway"));
    channel = channel(controlPlane.xdsPort());
  }

  @AfterAll
  static void stop() {
    channel.shutdownNow();
    controlPlane.close();
    v1.close();
    v2.close();
  }

  /** Both instances, and all calls to the first. */
  @BeforeEach
  void allToTheFirst() {
    controlPlane.write("services/order.yaml", service(List.of(v1, v2)));
    controlPlane.write("policies/split.yaml", MeshFiles.split("split", 100, 0));
    controlPlane.write("policies/field.yaml", "");
    controlPlane.await("/api/v1/services", answer -> answer.get("items").size() == 2);
    controlPlane.await("/api/v1/policies", answer -> answer.get("items").size() == 1);
    Await.until(BOUND, "v1 alone answers", () -> isAnswered() && shareOfV2(channel, 20) == 0);
  }

  @Test
  void itFollowsTheSplitAndItsStatusSaysWhatItLacks() {
    controlPlane.write("policies/split.yaml", MeshFiles.split("split", 95, 5));
    Await.until(BOUND, "v2 answers as well", () -> shareOfV2(channel, 60) > 0);
    assertShare(channel, 0.05);
    assertThat(policy(controlPlane).get("conditions").get(1).get("reason").asText())
        .isEqualTo("Programmed");

    Await.until(
        BOUND,
        "its calls are reported",
        () ->
            GrpcService.say(channel, "again").startsWith("order-v")
                && controlPlane
                    .get("/api/v1/scope")
                    .at("/items/0/uses")
                    .findValuesAsText("service")
                    .contains("order"));

    controlPlane.write("policies/split.yaml", MeshFiles.split("split", 0, 100));
    Await.until(BOUND, "only v2 answers", () -> shareOfV2(channel, 20) == 20);
    controlPlane.write("policies/split.yaml", MeshFiles.split("split", 50, 50));
    Await.until(BOUND, "v1 answers as well", () -> shareOfV2(channel, 20) < 20);
    assertShare(channel, 0.5);

    controlPlane.write(
        "policies/split.yaml",
        MeshFiles.split("split", 50, 50) + "      mirror: {labels: {version: v1}}\n");
    JsonNode programmed =
        controlPlane
            .await(
                "/api/v1/policies",
                answer ->
                    answer
                        .get("items")
                        .get(0)
                        .get("conditions")
                        .get(1)
                        .get("reason")
                        .asText()
                        .equals("PartiallyProgrammed"))
            .get("items")
            .get(0)
            .get("conditions")
            .get(1);
    assertThat(programmed.get("message").asText()).contains("grpc java").contains("mirror");
    assertShare(channel, 0.5);

    controlPlane.write("services/order.yaml", service(List.of(v2)));
    controlPlane.write("policies/split.yaml", MeshFiles.split("split", 0, 1));
    Await.until(BOUND, "the instance that left gets no call", () -> shareOfV2(channel, 20) == 20);

    // What blocks does not let through.
    controlPlane.write("policies/closed.yaml", MeshFiles.closed());
    Await.until(BOUND, "the rule that replies blocks", () -> isRefused(channel));
    controlPlane.write("policies/closed.yaml", "");
    Await.until(BOUND, "and no more", () -> !isRefused(channel));
  }

  /** A rule before the split: who fits goes to v2, and nobody else. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          path: {exact: /skiff.e2e.Echo/Say}        | path: {exact: /skiff.e2e.Echo/Sing}
          path: {prefix: /skiff.e2e.Echo}           | path: {prefix: /skiff.e2e.Ech}
          path: {template: '/{service}/Say'}        | path: {template: '/{service}/Sing'}
          path: {regex: '/skiff[.].*/S.y'}          | path: {regex: '/skiff'}
          grpc: {service: skiff.e2e.Echo}           | grpc: {service: skiff.e2e.Ech}
          grpc: {service: skiff.e2e.Echo, method: Say} | grpc: {service: skiff.e2e.Echo, method: Sing}
          methods: [POST]                           | methods: [GET]
          headers: [{name: x-lane, exact: gray}]    | headers: [{name: x-lane, exact: gra}]
          headers: [{name: x-lane, prefix: gr}]     | headers: [{name: x-lane, prefix: ay}]
          headers: [{name: x-lane, regex: g.*y}]    | headers: [{name: x-lane, regex: g.}]
          headers: [{name: x-lane, present: true}]  | headers: [{name: x-lane, present: false}]
          headers: [{name: x-none, present: false}] | headers: [{name: x-none, present: true}]
          marks: {lane: gray}                       | marks: {lane: green}
          marks: {side: left}                       | marks: {side: right}
          """)
  void itFollowsMatches(String fits, String fitsNot) {
    controlPlane.write(
        "policies/field.yaml",
        field("order: -1, rules: [{matches: [{" + fits + "}], " + TO_V2 + "}]"));
    Await.until(BOUND, "the rule is followed", () -> answererOfGray().startsWith("order-v2"));
    awaitStatus("Programmed", "");
    controlPlane.write(
        "policies/field.yaml",
        field("order: -1, rules: [{matches: [{" + fitsNot + "}], " + TO_V2 + "}]"));
    Await.until(BOUND, "what does not fit", () -> answererOfGray().startsWith("order-v1"));
    awaitStatus("Programmed", "");
  }

  /** What decides whether a rule counts, and where it leads. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "order: -1, from: [{service: gateway}], rules: [{" + TO_V2 + "}]",
        "order: -1, rules: [{destinations: [{service: order, port: 50051, labels: {version:"
            + " v2}}]}]",
        "order: -1, expiresAfter: 1h, rules: [{name: all, " + TO_V2 + "}]",
        "order: -1, rules: [{whenEmpty: Fallback, " + TO_V2 + "}]",
        "order: -1, expiresAt: '2126-01-01T00:00:00Z', rules: [{" + TO_V2 + "}]"
      })
  void itFollowsWhomARuleConcernsAndWhereItLeads(String spec) {
    controlPlane.write("policies/field.yaml", field(spec));
    Await.until(BOUND, "the rule is followed", () -> answererOfGray().startsWith("order-v2"));
    awaitStatus("Programmed", "");
  }

  @Test
  void whereNobodyIsLeftTheRestAnswers() {
    controlPlane.write(
        "policies/field.yaml",
        field(
            "order: -1, rules: [{whenEmpty: Fallback, destinations: [{labels: {version: v9}}]}]"));
    Await.until(BOUND, "the rest answers", () -> shareOfV2(channel, 20) > 0);
    awaitStatus("Programmed", "");
    assertThat(answererOfGray()).startsWith("order-v");
  }

  @Test
  void aPolicyOfOnePortIsFollowedThere() {
    controlPlane.write(
        "policies/field.yaml",
        field("order: -1, rules: [{" + TO_V2 + "}]")
            .replace("name: order}", "name: order, port: 50051}"));
    Await.until(BOUND, "the rule is followed", () -> answererOfGray().startsWith("order-v2"));
    awaitStatus("Programmed", "");
  }

  @Test
  void whoIsNotMeantGoesOn() {
    controlPlane.write(
        "policies/field.yaml",
        field("order: -1, from: [{service: another}], rules: [{" + TO_V2 + "}]"));
    awaitStatus("", "");
    assertThat(shareOfV2(channel, 20)).isZero();
  }

  /** Its only field is one that this client does not follow: it is named, and calls go on. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          TimeoutPolicy | connect: 1ms | `connect` is not followed
          TimeoutPolicy | idle: 1s | `idle` is not followed
          TimeoutPolicy | request: 1ms | `request` is not applied to gRPC calls of trading/order
          TrafficRoute | rules: [{mirror: {labels: {version: v1}}}] | mirrors are not available
          TrafficRoute | rules: [{rewrite: {path: /other}}] | rewrites are not available
          TrafficRoute | rules: [{rewrite: {host: other}}] | rewrites are not available
          TrafficRoute | rules: [{stickyBy: {header: x-lane}, destinations: [{labels: {version: v1}}, {labels: {version: v2}}]}] | sticky shares are not available
          TrafficRoute | rules: [{stickyBy: {cookie: {name: side}}, destinations: [{labels: {version: v1}}, {labels: {version: v2}}]}] | sticky shares are not available
          TrafficRoute | rules: [{stickyBy: {queryParam: user}, destinations: [{labels: {version: v1}}, {labels: {version: v2}}]}] | sticky shares are not available
          TrafficRoute | rules: [{stickyBy: {sourceIp: true}, destinations: [{labels: {version: v1}}, {labels: {version: v2}}]}] | sticky shares are not available
          TrafficRoute | rules: [{requestHeaders: {set: {a: b}}}] | header changes are not available
          TrafficRoute | rules: [{responseHeaders: {remove: [a]}}] | header changes are not available
          TrafficRoute | order: -1, rules: [{matches: [{queryParams: [{name: a, exact: b}]}]}] | matches on query parameters and cookies are not available
          TrafficRoute | order: -1, rules: [{matches: [{cookies: [{name: a, exact: b}]}]}] | matches on query parameters and cookies are not available
          TrafficRoute | order: -1, rules: [{matches: [{headers: [{name: x-lane, not: green}]}]}] | header matches with `not` are not available
          """)
  void whatItDoesNotFollowIsNamed(String kind, String spec, String words) {
    controlPlane.write(
        "policies/field.yaml", field(spec).replace("kind: TrafficRoute", "kind: " + kind));
    // A port of gRPC has no such timeout for anybody, which is said without this client's name.
    awaitStatus(spec.startsWith("request:") ? "NothingToProgram" : "PartiallyProgrammed", words);
    for (int i = 0; i < 10; i++) {
      assertThat(answererOfGray()).startsWith("order-v");
    }
  }

  /** What blocks does not let through, and it is named. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          reply: {status: 403} | replies are not available: such calls fail
          redirect: {path: /elsewhere} | redirects are not available: such calls fail
          """)
  void whatBlocksBlocks(String action, String words) {
    controlPlane.write("policies/field.yaml", field("order: -1, rules: [{" + action + "}]"));
    Await.until(BOUND, "the rule blocks", () -> isRefused(channel));
    awaitStatus("PartiallyProgrammed", words);
  }

  @Test
  void aServiceThatComesBackAsItWasIsCalledAgain() {
    controlPlane.write("services/order.yaml", "");
    Await.until(BOUND, "nobody answers", () -> !isAnswered());
    controlPlane.write("services/order.yaml", service(List.of(v1, v2)));
    Await.until(BOUND, "it is back", ProxylessGrpcTest::isAnswered);
    assertThat(shareOfV2(channel, 20)).isZero();
  }

  /** A short name is its own namespace's first, which for this client is trading. */
  @Test
  void namesAreRelativeToTheCaller() {
    controlPlane.write("services/pay.yaml", named("pay", "trading", v1));
    controlPlane.write("services/stock.yaml", named("stock", "test", v2));
    ManagedChannel pay = to("pay");
    ManagedChannel stock = to("stock");
    try {
      Await.until(BOUND, "its own", () -> answererOf(pay).startsWith("order-v1"));
      Await.until(BOUND, "the only one", () -> answererOf(stock).startsWith("order-v2"));
      // Each has a stream of its own, and none pushes out another.
      assertThat(answererOf(channel)).startsWith("order-v");
      Await.until(
          BOUND,
          "three streams",
          () -> controlPlane.metric("skiff_xds_streams{kind=\"sotw\"}").endsWith(" 3.0"));

      // A namesake elsewhere takes nothing.
      controlPlane.write("services/namesake.yaml", named("pay", "test", v2));
      ManagedChannel theirs = to("pay.test");
      Await.until(BOUND, "the namesake", () -> answererOf(theirs).startsWith("order-v2"));
      theirs.shutdownNow();
      assertThat(answererOf(pay)).startsWith("order-v1");

      // The caller's own namespace gets one, and loses it again.
      controlPlane.write("services/own-stock.yaml", named("stock", "trading", v1));
      Await.until(BOUND, "the name moves", () -> say(stock).startsWith("order-v1"));
      controlPlane.write("services/own-stock.yaml", "");
      Await.until(BOUND, "and back", () -> say(stock).startsWith("order-v2"));
      assertThat(answererOf(pay)).startsWith("order-v1");
    } finally {
      pay.shutdownNow();
      stock.shutdownNow();
      for (String file : List.of("pay", "stock", "namesake", "own-stock")) {
        controlPlane.write("services/" + file + ".yaml", "");
      }
    }
  }

  private static String named(String name, String namespace, GrpcService instance) {
    return service(List.of(instance))
        .replace("name: order", "name: " + name)
        .replace("namespace: trading", "namespace: " + namespace);
  }

  private static ManagedChannel to(String host) {
    return Grpc.newChannelBuilder("xds:///" + host, InsecureChannelCredentials.create()).build();
  }

  /** Who answers; fails if nobody does. */
  private static String say(ManagedChannel channel) {
    return GrpcService.say(channel, "who?");
  }

  /** Who answers; empty if nobody does. */
  private static String answererOf(ManagedChannel channel) {
    try {
      return GrpcService.say(channel, "who?");
    } catch (StatusRuntimeException nobody) {
      return "";
    }
  }

  private static String field(String spec) {
    return """
    apiVersion: skiffmesh.dev/v1alpha1
    kind: TrafficRoute
    metadata: {name: field, namespace: trading}
    spec: {targetRefs: [{kind: Service, name: order}], %s}
    """
        .formatted(spec);
  }

  /** Waits until the policy {@code field} is in force and has that reason; an empty one is any. */
  private static void awaitStatus(String reason, String words) {
    controlPlane.await(
        "/api/v1/policies",
        answer -> {
          for (JsonNode policy : answer.get("items")) {
            JsonNode programmed = policy.get("conditions").get(1);
            if (policy.get("name").asText().equals("field")
                && policy.get("conditions").get(0).get("status").asText().equals("True")
                && (reason.isEmpty() || programmed.get("reason").asText().equals(reason))
                && programmed.get("message").asText().contains(words)) {
              return !reason.equals("PartiallyProgrammed")
                  || programmed.get("message").asText().contains("grpc java");
            }
          }
          return false;
        });
  }

  /** Who answers a call with a lane and two marks. */
  private static String answererOfGray() {
    Metadata headers = new Metadata();
    headers.put(LANE, "gray");
    headers.put(MARK, "gray");
    headers.put(BAGGAGE, "a=b, mesh-side=left;p=1");
    return GrpcService.say(
        ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(headers)),
        "gray");
  }

  private static boolean isAnswered() {
    return answererOf(channel).startsWith("order-v");
  }

  private static boolean isRefused(ManagedChannel channel) {
    try {
      GrpcService.say(channel, "closed?");
      return false;
    } catch (StatusRuntimeException refused) {
      return refused.getStatus().getCode() == Status.Code.UNAVAILABLE;
    }
  }

  private static JsonNode policy(ControlPlaneProcess controlPlane) {
    return controlPlane
        .await(
            "/api/v1/policies",
            answer -> answer.get("items").get(0).get("proxies").get("acked").asInt() == 1)
        .get("items")
        .get(0);
  }

  private static String service(List<GrpcService> instances) {
    StringBuilder endpoints = new StringBuilder();
    for (GrpcService instance : instances) {
      endpoints.append(
          "    - {address: 127.0.0.1, port: %d, labels: {version: %s}}\n"
              .formatted(instance.port(), instance.labels().get("version")));
    }
    return """
    apiVersion: skiffmesh.dev/v1alpha1
    kind: Service
    metadata: {name: order, namespace: trading}
    spec:
      ports: [{name: grpc, port: 50051, protocol: grpc}]
      endpoints:
    %s\
    """
        .formatted(endpoints);
  }

  /** The client reads its bootstrap once in a JVM; no other test here has one. */
  private static ManagedChannel channel(int xdsPort) {
    System.setProperty(
        "io.grpc.xds.bootstrapConfig",
        GrpcBootstrap.json(
            new BootstrapRequest(
                BootstrapRequest.sidecar(
                    new ServiceId("trading", "gateway"),
                    "127.0.0.1",
                    9000,
                    Map.of(),
                    List.of(),
                    0,
                    Locality.UNKNOWN),
                List.of(new ControlPlaneAddress("127.0.0.1", xdsPort)),
                BootstrapRequest.DEFAULT_ADMIN_PORT)));
    return to("order.trading");
  }

  private static void assertShare(ManagedChannel channel, double share) {
    double deviation = Math.sqrt(CALLS * share * (1 - share));
    assertThat((double) shareOfV2(channel, CALLS))
        .isBetween(CALLS * share - 3 * deviation, CALLS * share + 3 * deviation);
  }

  private static int shareOfV2(ManagedChannel channel, int calls) {
    int v2 = 0;
    for (int i = 0; i < calls; i++) {
      v2 += GrpcService.say(channel, "call " + i).startsWith("order-v2") ? 1 : 0;
    }
    return v2;
  }
}
