package dev.skiffmesh.e2e.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.e2e.parts.GrpcService;
import dev.skiffmesh.e2e.parts.HttpService;
import dev.skiffmesh.e2e.parts.RequiresEnvoy;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where a TrafficRoute leads whom, when it is not one label set of the service that was called. */
@RequiresEnvoy
class RouteDestinationsTest {

  private static final String ROUTES =
      """
      apiVersion: skiffmesh.dev/v1alpha1
      kind: TrafficRoute
      metadata: {name: destinations, namespace: trading}
      spec:
        targetRefs: [{kind: Service, name: order}]
        rules:
          - {name: ill, matches: [{path: {prefix: /ill}}], destinations: [{labels: {version: ill}}]}
          - {name: ill-spared, matches: [{path: {prefix: /spared}}], destinations: [{labels: {version: ill}}], whenEmpty: Fallback}
          - name: half-ill
            matches: [{path: {prefix: /half}}]
            destinations: [{labels: {version: v1}, weight: 1}, {labels: {version: ill}, weight: 1}]
            whenEmpty: Fallback
          - {name: other, matches: [{path: {prefix: /other}}], destinations: [{service: STOCK_SERVICE}]}
          - name: mixed
            matches: [{path: {prefix: /mixed}}]
            destinations: [{labels: {version: v1}, weight: 1}, {service: stock, weight: 1}]
          - {name: cookie, matches: [{path: {prefix: /cookie}, cookies: [{name: group, exact: beta}]}], destinations: [{labels: {version: v2}}]}
          - name: remembered
            matches: [{path: {prefix: /remembered}}]
            destinations: [{labels: {version: v1}, weight: 1}, {labels: {version: v2}, weight: 1}]
            stickyBy: {cookie: {name: side}}
          - name: by-param
            matches: [{path: {prefix: /by-param}}]
            destinations: [{labels: {version: v1}, weight: 1}, {labels: {version: v2}, weight: 1}]
            stickyBy: {queryParam: user}
          - {name: rest, destinations: [{labels: {version: v1}}]}
      ---
      apiVersion: skiffmesh.dev/v1alpha1
      kind: TrafficRoute
      metadata: {name: batch-only, namespace: trading}
      spec:
        targetRefs: [{kind: Service, name: order}]
        order: -1
        from: [{service: batch, labels: {tier: night}}]
        rules:
          - {name: batch, matches: [{path: {prefix: /from}}], destinations: [{labels: {version: v2}}]}
      ---
      apiVersion: skiffmesh.dev/v1alpha1
      kind: TrafficRoute
      metadata: {name: methods, namespace: trading}
      spec:
        targetRefs: [{kind: Service, name: quote}]
        rules:
          - {name: another, matches: [{grpc: {service: skiff.e2e.Ech}}, {grpc: {service: skiff.e2e.Echo, method: Sa}}], destinations: [{labels: {version: v1}}]}
          - {name: say, matches: [{grpc: {service: skiff.e2e.Echo, method: Say}, headers: [{name: x-one, present: true}]}], destinations: [{labels: {version: v2}}]}
          - {name: echo, matches: [{grpc: {service: skiff.e2e.Echo}}], destinations: [{labels: {version: v3}}]}
          - {name: rest, destinations: [{labels: {version: v1}}]}
      """;

  private static final List<HttpService> HTTP_SERVICES =
      List.of(
          HttpService.start("order", Map.of("version", "v1")),
          HttpService.start("order", Map.of("version", "v2")),
          HttpService.start("order", Map.of("version", "ill")));
  private static final HttpService STOCK = HttpService.start("stock", Map.of());
  private static final List<GrpcService> GRPC_SERVICES =
      List.of(
          GrpcService.start("quote", Map.of("version", "v1")),
          GrpcService.start("quote", Map.of("version", "v2")),
          GrpcService.start("quote", Map.of("version", "v3")));

  private static EmbeddedMesh mesh;
  private static Caller gateway;
  private static Caller batch;

  @BeforeAll
  static void start(@TempDir Path folder) {
    mesh = EmbeddedMesh.start(folder);
    mesh.write(
        "services/order.yaml",
        MeshFiles.service("order", HTTP_SERVICES)
            .replace("labels: {version: ill}", "labels: {version: ill}, health: Unhealthy"));
    mesh.write(
        "services/stock.yaml",
        MeshFiles.service("stock", List.of(STOCK))
            .replace("spec:\n", "spec:\n  aliases: [STOCK_SERVICE]\n"));
    mesh.write("services/quote.yaml", grpcService());
    mesh.write("policies/routes.yaml", ROUTES);
    mesh.await(report -> report.policies().size() == 3 && report.world().services().size() == 3);
    gateway = Caller.start("gateway", mesh.xdsPort());
    batch = Caller.start("batch", mesh.xdsPort(), Map.of("tier", "night"));
    mesh.await(
        report ->
            report.proxies().size() == 2
                && report.proxies().stream().allMatch(proxy -> proxy.inSync())
                && report.policies().stream()
                    .allMatch(policy -> policy.status().proxies().acked() >= 1));
  }

  @AfterAll
  static void stop() {
    batch.close();
    gateway.close();
    mesh.close();
    HTTP_SERVICES.forEach(HttpService::close);
    GRPC_SERVICES.forEach(GrpcService::close);
    STOCK.close();
  }

  private static String grpcService() {
    StringBuilder text =
        new StringBuilder(
            """
            apiVersion: skiffmesh.dev/v1alpha1
            kind: Service
            metadata: {name: quote, namespace: trading}
            spec:
              ports: [{name: grpc, port: 50051, protocol: grpc}]
              endpoints:
            """);
    for (GrpcService service : GRPC_SERVICES) {
      text.append(
          "    - {address: 127.0.0.1, port: %d, labels: {version: %s}}\n"
              .formatted(service.port(), service.labels().get("version")));
    }
    return text.toString();
  }

  /** Who answers so many calls, without the address; the status where it is an error. */
  private static SortedSet<String> answerers(Caller caller, int calls, String path, String... lines)
      throws IOException {
    SortedSet<String> answerers = new TreeSet<>();
    for (int i = 0; i < calls; i++) {
      try (RawHttp http = RawHttp.to(caller.egressPort())) {
        http.lines("GET " + path + " HTTP/1.1|Host: order.trading|");
        for (String line : lines) {
          http.write(line + "\r\n");
        }
        http.lines("|");
        RawHttp.Head head = http.head();
        answerers.add(
            head.header(HttpService.ANSWERED_BY)
                .map(id -> id.replaceFirst("@.*", ""))
                .orElse(head.first().split(" ", 3)[1]));
      }
    }
    return answerers;
  }

  @Test
  void aLabelSetWithNoHealthyInstanceIsEmpty() throws IOException {
    assertThat(answerers(gateway, 20, "/ill")).containsExactly("503");
    assertThat(answerers(gateway, 60, "/spared")).containsExactly("order-v1", "order-v2");
    assertThat(answerers(gateway, 60, "/half")).containsExactly("order-v1", "order-v2");
  }

  @Test
  void anotherServiceMayBeTheDestination() throws IOException {
    assertThat(answerers(gateway, 10, "/other")).containsExactly("stock");
    assertThat(answerers(gateway, 60, "/mixed")).containsExactly("order-v1", "stock");
  }

  @Test
  void fromConcernsItsCallersOnly() throws IOException {
    assertThat(answerers(gateway, 10, "/from")).containsExactly("order-v1");
    assertThat(answerers(batch, 10, "/from")).containsExactly("order-v2");
    assertThat(answerers(batch, 10, "/elsewhere")).containsExactly("order-v1");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '!',
      textBlock =
          """
          Cookie: group="beta"                 !                    ! order-v2
          Cookie: a=1; group="beta"; b=2       !                    ! order-v2
          Cookie: a=1;group=beta               !                    ! order-v2
          Cookie: a=1                          ! Cookie: group=beta ! order-v2
          Cookie: a="group=beta"               !                    ! order-v1
          Cookie: group=betatest               !                    ! order-v1
          Cookie: Group=beta                   !                    ! order-v1
          """)
  void cookiesAreFoundAmongOthers(String first, String second, String answerer) throws IOException {
    String[] lines = second == null ? new String[] {first} : new String[] {first, second};

    assertThat(answerers(gateway, 5, "/cookie", lines)).containsExactly(answerer);
  }

  @Test
  void aCookieOfTheApplicationRemembersTheSide() throws IOException {
    SortedSet<String> sides = new TreeSet<>();
    for (int user = 0; user < 30; user++) {
      SortedSet<String> side =
          answerers(gateway, 5, "/remembered", "Cookie: x=y; side=user" + user);
      assertThat(side).hasSize(1);
      sides.addAll(side);
    }
    assertThat(sides).containsExactly("order-v1", "order-v2");
  }

  @Test
  void aQueryParameterRemembersTheSide() throws IOException {
    SortedSet<String> sides = new TreeSet<>();
    for (int user = 0; user < 30; user++) {
      SortedSet<String> side = answerers(gateway, 5, "/by-param?a=b&user=" + user);
      assertThat(side).hasSize(1);
      sides.addAll(side);
    }
    assertThat(sides).containsExactly("order-v1", "order-v2");
  }

  @Test
  void grpcServicesAndMethodsAreMatchedWhole() {
    ManagedChannel channel =
        Grpc.newChannelBuilderForAddress(
                "127.0.0.1", gateway.egressPort(), InsecureChannelCredentials.create())
            .overrideAuthority("quote.trading")
            .build();
    try {
      assertThat(GrpcService.say(channel, "plain")).startsWith("quote-v3");
      io.grpc.Metadata headers = new io.grpc.Metadata();
      headers.put(io.grpc.Metadata.Key.of("x-one", io.grpc.Metadata.ASCII_STRING_MARSHALLER), "1");
      assertThat(
              GrpcService.say(
                  io.grpc.ClientInterceptors.intercept(
                      channel, io.grpc.stub.MetadataUtils.newAttachHeadersInterceptor(headers)),
                  "with a header"))
          .startsWith("quote-v2");
    } finally {
      channel.shutdownNow();
    }
  }
}
