package dev.skiffmesh.e2e.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.api.status.Condition.Reason;
import dev.skiffmesh.e2e.parts.FreePorts;
import dev.skiffmesh.e2e.parts.HttpConnection;
import dev.skiffmesh.e2e.parts.HttpService;
import dev.skiffmesh.e2e.parts.HttpService.Answer;
import dev.skiffmesh.e2e.parts.HttpService.Call;
import dev.skiffmesh.e2e.parts.RequiresEnvoy;
import dev.skiffmesh.server.app.SkiffServer;
import dev.skiffmesh.server.config.ConfigException;
import dev.skiffmesh.server.config.ConfigReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each field of a TrafficRoute does on a real Envoy what its page says. */
@RequiresEnvoy
class RouteFieldsTest {

  private static final Duration BOUND = Duration.ofSeconds(30);

  /** Each rule that forwards marks its answers with its name, so that a call tells who took it. */
  private static final String ROUTE =
      """
      apiVersion: skiffmesh.dev/v1alpha1
      kind: TrafficRoute
      metadata: {name: fields, namespace: trading}
      spec:
        targetRefs: [{kind: Service, name: ORDER_SERVICE}]
        rules:
          - {name: exact, matches: [{path: {exact: /exact}}]}
          - {name: prefix, matches: [{path: {prefix: /prefix/}}]}
          - {name: template, matches: [{path: {template: "/orders/{id}/items"}}]}
          - {name: regex, matches: [{path: {regex: "/v[0-9]+/.*"}}]}
          - name: long-regex
            matches: [{path: {regex: "/(orders|quotes)/[0-9]{4}-[0-9]{2}-[0-9]{2}/[A-Za-z0-9_-]{1,64}"}}]
          - {name: methods, matches: [{path: {prefix: /m}, methods: [DELETE, PATCH]}]}
          - {name: h-exact, matches: [{path: {prefix: /h}, headers: [{name: X-A, exact: a}]}]}
          - {name: h-prefix, matches: [{path: {prefix: /h}, headers: [{name: x-a, prefix: b}]}]}
          - {name: h-regex, matches: [{path: {prefix: /h}, headers: [{name: x-a, regex: "[0-9]+"}]}]}
          - {name: h-present, matches: [{path: {prefix: /h}, headers: [{name: x-a, present: true}]}]}
          - {name: h-both, matches: [{path: {prefix: /h}, headers: [{name: x-b, present: false}, {name: x-c, not: c}]}]}
          - {name: q-exact, matches: [{path: {prefix: /q}, queryParams: [{name: side, exact: buy}]}]}
          - {name: q-not, matches: [{path: {prefix: /q}, queryParams: [{name: side, not: sell}, {name: lot, present: true}]}]}
          - {name: q-absent, matches: [{path: {prefix: /q}, queryParams: [{name: side, present: false}]}]}
          - {name: c-exact, matches: [{path: {prefix: /c}, cookies: [{name: group, exact: beta}]}]}
          - {name: c-regex, matches: [{path: {prefix: /c}, cookies: [{name: group, regex: "[0-9]+"}]}]}
          - {name: c-not, matches: [{path: {prefix: /c}, cookies: [{name: group, not: alpha}, {name: user, present: true}]}]}
          - {name: mark, matches: [{path: {prefix: /k}, marks: {lane: gray}}]}
          - {name: either, matches: [{path: {exact: /one}}, {path: {exact: /two}}]}
          - {name: away, matches: [{path: {prefix: /api}}], rewrite: {path: /}}
          - {name: other, matches: [{path: {prefix: /in}}], rewrite: {path: /out/}}
          - {name: before, matches: [{path: {prefix: /}, headers: [{name: x-before, present: true}]}], rewrite: {path: /base}}
          - {name: whole, matches: [{path: {regex: "/w.*"}}], rewrite: {path: /fixed, host: "inner.example:81"}}
          - {name: redirected, matches: [{path: {prefix: /old}}], redirect: {scheme: https, host: www.example.com, port: 8443, path: /new, status: 308}}
          - {name: redirected-whole, matches: [{path: {exact: /gone}}], redirect: {path: /here, status: 301}}
          - name: replied
            matches: [{path: {exact: /reply}}]
            reply: {status: 418, headers: {x-share: "100%", content-type: text/plain}, body: '{"code":"BUSY"}'}
          - name: edited
            matches: [{path: {exact: /edited}}]
            requestHeaders: {set: {x-set: "50%"}, add: {x-add: new}, remove: [x-remove]}
            responseHeaders: {set: {x-set: "%REQ(x-add)%"}, remove: [x-secret]}
          - {name: strict, matches: [{path: {exact: /strict}}], destinations: [{labels: {version: v9}}]}
          - {name: lenient, matches: [{path: {exact: /lenient}}], destinations: [{labels: {version: v9}}], whenEmpty: Fallback}
          - {name: drained, matches: [{path: {exact: /drained}}], destinations: [{labels: {version: v1}, weight: 0}, {labels: {version: v2}, weight: 1}]}
          - {name: lost, matches: [{path: {exact: /lost}}], destinations: [{service: nobody}]}
      """;

  @TempDir private static Path folder;
  private static HttpService v1;
  private static HttpService v2;
  private static SkiffServer server;
  private static Caller caller;

  @BeforeAll
  static void start() throws IOException, ConfigException {
    v1 = HttpService.start("order", Map.of("version", "v1"), 0, RouteFieldsTest::tell);
    v2 = HttpService.start("order", Map.of("version", "v2"), 0, RouteFieldsTest::tell);
    Files.createDirectories(folder.resolve("services"));
    Files.createDirectories(folder.resolve("policies"));
    Files.writeString(
        folder.resolve("services/order.yaml"),
        MeshFiles.service("order", List.of(v1, v2))
            .replace("spec:\n", "spec:\n  aliases: [ORDER_SERVICE]\n"));
    Files.writeString(folder.resolve("policies/route.yaml"), marked());
    server =
        SkiffServer.start(
            ConfigReader.read(
                """
                xds: {port: %d}
                admin: {port: 0}
                registries: [{type: file, name: local, path: services/}]
                policies: [{type: file, path: policies/}]
                scope: All
                """
                    .formatted(FreePorts.next()),
                "skiff.yaml",
                folder,
                name -> null));
    caller = Caller.start("gateway", server.xdsPort());
    Await.until(
        BOUND,
        "the route is acknowledged, without its one rule that leads nowhere",
        () ->
            server.report().policies().stream()
                .anyMatch(
                    policy ->
                        policy.status().programmed().reason() == Reason.PARTIALLY_PROGRAMMED
                            && policy.status().proxies().acked() == 1));
  }

  @AfterAll
  static void stop() {
    caller.close();
    server.close();
    v1.close();
    v2.close();
  }

  private static String marked() {
    return ROUTE
        .lines()
        .map(
            line ->
                line.replaceFirst(
                    "^(\\s+- \\{name: ([a-z-]+), (?!.*redirect))(.*)\\}$",
                    "$1$3, responseHeaders: {set: {x-rule: $2}}}"))
        .map(
            line ->
                line.replaceFirst(
                    "^(\\s+)- name: (long-regex)$",
                    "$1- name: $2\n$1  responseHeaders: {set: {x-rule: $2}}"))
        .collect(Collectors.joining("\n"));
  }

  private static Answer tell(HttpService service, Call call) {
    String headers =
        call.headers().entrySet().stream()
            .map(header -> header.getKey() + "=" + String.join("|", header.getValue()))
            .collect(Collectors.joining("\n"));
    return new Answer(
        200,
        Map.of("x-secret", "yes"),
        service.labels().get("version") + " " + call.path() + "\n" + headers);
  }

  private static HttpConnection.Response call(String method, String path, String... headers)
      throws IOException {
    Map<String, String> all = new HashMap<>(Map.of("host", "order.trading"));
    for (String header : headers) {
      if (header != null && !header.isEmpty()) {
        all.put(
            header.substring(0, header.indexOf('=')), header.substring(header.indexOf('=') + 1));
      }
    }
    try (HttpConnection connection = new HttpConnection(caller.egressPort(), BOUND)) {
      return connection.call(method, path, all, "");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          GET    | /exact                     |                     | exact
          GET    | /exact?a=b                 |                     | exact
          GET    | /exact/                    |                     |
          GET    | /prefix                    |                     | prefix
          GET    | /prefix/x                  |                     | prefix
          GET    | /prefixed                  |                     |
          GET    | /orders/7/items            |                     | template
          GET    | /orders/7/8/items          |                     |
          GET    | /orders//items             |                     |
          GET    | /v12/x                     |                     | regex
          GET    | /vx/x                      |                     |
          GET    | /orders/2026-01-31/A_b-1   |                     | long-regex
          GET    | /orders/2026-1-31/A_b-1    |                     |
          DELETE | /m                         |                     | methods
          PATCH  | /m                         |                     | methods
          GET    | /m                         |                     |
          GET    | /h                         | x-a=a               | h-exact
          GET    | /h                         | x-a=bcd             | h-prefix
          GET    | /h                         | x-a=042             | h-regex
          GET    | /h                         | x-a=A               | h-present
          GET    | /h                         | x-b=                |
          GET    | /h                         | x-b=1               |
          GET    | /h                         |                     | h-both
          GET    | /h                         | x-c=c               |
          GET    | /h                         | x-c=d               | h-both
          GET    | /q?side=buy                |                     | q-exact
          GET    | /q?a=1&side=buy&b=2        |                     | q-exact
          GET    | /q?side=sell&lot=1         |                     |
          GET    | /q?side=hold&lot=1         |                     | q-not
          GET    | /q?lot=1                   |                     | q-not
          GET    | /q?outside=buy             |                     | q-absent
          GET    | /q?side                    |                     |
          GET    | /c                         | cookie=group=beta   | c-exact
          GET    | /c                         | cookie=a=b; group=beta; c=d | c-exact
          GET    | /c                         | cookie=mygroup=beta |
          GET    | /c                         | cookie=group=betas  |
          GET    | /c                         | cookie=group=42     | c-regex
          GET    | /c                         | cookie=user=7       | c-not
          GET    | /c                         | cookie=user=7; group=alpha |
          GET    | /k                         | x-mesh-lane=gray    | mark
          GET    | /k                         | baggage=a=b, mesh-lane=gray;x=y | mark
          GET    | /k                         | baggage=xmesh-lane=gray |
          GET    | /k                         | x-mesh-lane=blue    |
          GET    | /one                       |                     | either
          GET    | /two                       |                     | either
          """)
  void aRuleTakesWhatItSays(String method, String path, String header, String rule)
      throws IOException {
    HttpConnection.Response response = call(method, path, header == null ? "" : header);

    assertThat(response.status()).isEqualTo(200);
    assertThat(response.header("x-rule")).isEqualTo(rule == null ? "" : rule);
  }

  @ParameterizedTest
  @CsvSource({
    "/api, , /",
    "/api/, , /",
    "/api/x/y, , /x/y",
    "/apix, , /apix",
    "/in, , /out",
    "/in/x?a=b, , /out/x",
    "/some/thing, x-before=1, /base/some/thing",
    "/, x-before=1, /base/",
    "/whatever/x?a=b, , /fixed",
  })
  void pathsAreRewritten(String path, String header, String arrived) throws IOException {
    HttpConnection.Response response = call("GET", path, header == null ? "" : header);

    assertThat(response.body().lines().findFirst().orElseThrow().substring(3)).isEqualTo(arrived);
  }

  @Test
  void theHostIsRewritten() throws IOException {
    assertThat(call("GET", "/w").body()).contains("host=inner.example:81");
    assertThat(call("GET", "/exact").body()).contains("host=order.trading");
  }

  @Test
  void redirectsLeadWhereTheySay() throws IOException {
    HttpConnection.Response prefix = call("GET", "/old/x?a=b");
    assertThat(prefix.status()).isEqualTo(308);
    assertThat(prefix.header("location")).isEqualTo("https://www.example.com:8443/new/x?a=b");

    HttpConnection.Response whole = call("GET", "/gone?a=b");
    assertThat(whole.status()).isEqualTo(301);
    assertThat(whole.header("location")).isEqualTo("http://order.trading/here?a=b");
  }

  @Test
  void repliesAreGivenByTheProxy() throws IOException {
    HttpConnection.Response reply = call("GET", "/reply");

    assertThat(reply.status()).isEqualTo(418);
    assertThat(reply.header("x-share")).isEqualTo("100%");
    assertThat(reply.header("content-type")).isEqualTo("text/plain");
    assertThat(reply.header(HttpService.ANSWERED_BY)).isEmpty();
    assertThat(reply.body()).isEqualTo("{\"code\":\"BUSY\"}");
  }

  @Test
  void headersAreChangedBothWaysAndTakenAsTheyAreWritten() throws IOException {
    HttpConnection.Response edited =
        call("GET", "/edited", "x-set=mine", "x-add=old", "x-remove=this");

    assertThat(edited.body().lines())
        .contains("x-set=50%")
        .containsAnyOf("x-add=old|new", "x-add=old,new")
        .noneMatch(line -> line.startsWith("x-remove"));
    assertThat(edited.header("x-set")).isEqualTo("%REQ(x-add)%");
    assertThat(edited.header("x-secret")).isEmpty();
    assertThat(call("GET", "/exact").header("x-secret")).isEqualTo("yes");
  }

  @Test
  void aLabelSetWithoutInstancesFailsUnlessItMayFallBack() throws IOException {
    assertThat(call("GET", "/strict").status()).isEqualTo(503);
    assertThat(call("GET", "/lenient").status()).isEqualTo(200);
  }

  @Test
  void aWeightOfZeroIsLegalAndGetsNothing() throws IOException {
    for (int i = 0; i < 50; i++) {
      assertThat(call("GET", "/drained").body()).startsWith("v2 ");
    }
  }

  @Test
  void aRuleThatLeadsNowhereIsLeftOutAndTheRestStands() throws IOException {
    HttpConnection.Response response = call("GET", "/lost");

    assertThat(response.status()).isEqualTo(200);
    assertThat(response.header("x-rule")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "order",
    "order:80",
    "order.trading",
    "ORDER.Trading:80",
    "order.trading.svc",
    "order.trading.svc.cluster.local",
    "order_service",
    "ORDER_SERVICE:80"
  })
  void everyNameOfTheServiceReachesIt(String host) throws IOException {
    assertThat(call("GET", "/exact", "host=" + host).header("x-rule")).isEqualTo("exact");
  }
}
