package dev.skiffmesh.server.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.server.admin.AdminGate;
import dev.skiffmesh.server.delivery.testing.TestingDeltaProxy;
import dev.skiffmesh.server.testing.GeneratedPage;
import dev.skiffmesh.translator.resource.ResourceKind;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Each route of the admin port of a server with one service, two policies and one proxy. */
class AdminOverHttpTest {

  private static final String PROXY = "trading/order/127.0.0.1:80";
  private static final String ENCODED = "trading%2Forder%2F127.0.0.1%3A80";
  private static final Pattern LABEL = Pattern.compile("[{,]([a-z_]+)=\"");

  @TempDir private static Path folder;

  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static SkiffServer server;
  private static TestingDeltaProxy proxy;

  @BeforeAll
  static void start() throws Exception {
    ServerFolder mesh =
        ServerFolder.in(folder)
            .withPolicy(
                "timeout.yaml",
                """
                apiVersion: skiffmesh.dev/v1alpha1
                kind: TimeoutPolicy
                metadata: {name: short, namespace: trading}
                spec:
                  targetRefs: [{kind: Service, name: order}]
                  request: 2s
                """)
            .withPolicy(
                "bad.yaml",
                """
                apiVersion: skiffmesh.dev/v1alpha1
                kind: TimeoutPolicy
                metadata: {name: bad, namespace: trading}
                spec:
                  targetRefs: [{kind: Service, name: order}]
                  '<script>alert(1)</script>': 2s
                """);
    server = SkiffServer.start(mesh.config());
    ServerFolder.await("a ready server", () -> server.report().readiness().ready());
    proxy = TestingDeltaProxy.likeEnvoy(server.xdsPort(), PROXY).connect();
    proxy.await("clusters", () -> !proxy.accepted(ResourceKind.CLUSTER).isEmpty());
    ServerFolder.await("a known proxy", () -> server.report().proxy(PROXY).isPresent());
    ServerFolder.await("two policies", () -> server.report().policies().size() == 2);
  }

  @AfterAll
  static void stop() {
    proxy.close();
    server.close();
    HTTP.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "services",
        "endpoints",
        "proxies",
        "policies",
        "findings",
        "registries",
        "proxies/" + ENCODED + "/config",
        "proxies/" + ENCODED + "/policies"
      })
  void eachListHasItems(String route) throws Exception {
    HttpResponse<String> answer = ask("/api/v1/" + route);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    assertThat(contentType(answer)).startsWith("application/json");
    JsonNode items = json(answer).get("items");
    assertThat(items.isArray()).isTrue();
    assertThat(items.size()).isPositive();
  }

  @Test
  void namesOfTheContract() throws Exception {
    assertThat(first("services").propertyNames())
        .contains("namespace", "name", "aliases", "ports", "registries", "endpoints", "healthy");
    assertThat(first("endpoints").propertyNames())
        .contains("namespace", "service", "address", "ports", "weight", "health", "labels");
    assertThat(first("proxies").propertyNames())
        .contains("id", "namespace", "service", "dialect", "connectedSince", "inSync");
    assertThat(first("policies").propertyNames())
        .contains("kind", "namespace", "name", "generation", "targets", "conditions", "proxies");
    assertThat(first("findings").propertyNames())
        .contains("code", "severity", "turn", "subject", "message");
    assertThat(first("registries").propertyNames())
        .contains("name", "type", "state", "since", "reason");
  }

  @Test
  void aProxyIsFoundByItsPercentEncodedIdAlsoWithABareColon() throws Exception {
    HttpResponse<String> answer = ask("/api/v1/proxies/" + ENCODED);
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(json(answer).get("id").asString()).isEqualTo(PROXY);
    assertThat(ask("/api/v1/proxies/trading%2Forder%2F127.0.0.1:80/config").statusCode())
        .isEqualTo(200);
  }

  @Test
  void oneTypeOfAProxysConfiguration() throws Exception {
    JsonNode items = json(ask("/api/v1/proxies/" + ENCODED + "/config?type=cluster")).get("items");
    assertThat(items.size()).isPositive();
    items.forEach(item -> assertThat(item.get("type").asString()).isEqualTo("cluster"));
  }

  @Test
  void aProxyThatIsNotThereIsAProblemThatNamesIt() throws Exception {
    HttpResponse<String> answer = ask("/api/v1/proxies/a%2Fb%2F10.0.0.1%3A80/config");
    assertThat(answer.statusCode()).isEqualTo(404);
    assertThat(contentType(answer)).contains("json");
    assertThat(json(answer).get("message").asString()).contains("'a/b/10.0.0.1:80'");
  }

  @Test
  void anUnknownPathAndMethodAreJson() throws Exception {
    HttpResponse<String> unknown = ask("/api/v1/nothing");
    assertThat(unknown.statusCode()).isEqualTo(404);
    assertThat(json(unknown).get("message").isString()).isTrue();
    HttpResponse<String> written =
        HTTP.send(
            request("/api/v1/services")
                .header(AdminGate.CHANGE_HEADER, "yes")
                .POST(HttpRequest.BodyPublishers.noBody())
                .build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(written.statusCode()).isEqualTo(405);
    assertThat(json(written).get("message").isString()).isTrue();
  }

  @Test
  void aPageOfSomebodyElseChangesNothingAndReadsNothing() throws Exception {
    String accept = "/api/v1/registries/local/accept";
    HttpRequest.Builder bare = request(accept).POST(HttpRequest.BodyPublishers.noBody());
    HttpResponse<String> refused = HTTP.send(bare.build(), HttpResponse.BodyHandlers.ofString());
    assertThat(refused.statusCode()).isEqualTo(403);
    assertThat(json(refused).get("message").asString()).contains("curl -H 'Skiff-Change: yes'");

    HttpRequest.Builder change = bare.copy().header(AdminGate.CHANGE_HEADER, "yes");
    assertThat(status(change.copy())).isEqualTo(200);
    assertThat(status(change.copy().header("Origin", "http://evil.example"))).isEqualTo(403);
    assertThat(status(change.copy().header("Sec-Fetch-Site", "cross-site"))).isEqualTo(403);
    assertThat(status(request("/api/v1/services").header("Origin", "null"))).isEqualTo(403);
    // What a browser asks before a change from elsewhere: nothing is allowed.
    HttpResponse<String> preflight =
        HTTP.send(
            request(accept)
                .method("OPTIONS", HttpRequest.BodyPublishers.noBody())
                .header("Access-Control-Request-Method", "POST")
                .header("Access-Control-Request-Headers", AdminGate.CHANGE_HEADER)
                .build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(preflight.headers().map().keySet())
        .noneMatch(name -> name.toLowerCase(Locale.ROOT).startsWith("access-control"));
  }

  @Test
  void aNameThatSomebodyElseHasPointedHereIsRefusedOnEachRoute() throws Exception {
    for (String path : List.of("/", "/metrics", "/api/v1/services", "/health/liveness", "/none")) {
      assertThat(statusLine(path, "Host: evil.example:" + server.adminPort()))
          .as(path)
          .contains(" 403 ");
    }
    assertThat(statusLine("/metrics", "Host: localhost:" + server.adminPort())).contains(" 200 ");
    assertThat(statusLine("/metrics", "Host: 10.1.2.3")).contains(" 200 ");
  }

  @Test
  void everyAnswerTellsBrowsersToBeCareful() throws Exception {
    for (String path : List.of("/", "/api/v1/services", "/nothing")) {
      HttpResponse<String> answer = ask(path);
      assertThat(answer.headers().firstValue("x-content-type-options")).hasValue("nosniff");
      assertThat(answer.headers().firstValue("referrer-policy")).hasValue("no-referrer");
      assertThat(answer.headers().allValues("content-security-policy"))
          .as(path)
          .singleElement()
          .asString()
          .contains("default-src 'none'", "frame-ancestors 'none'");
    }
    // The one style of the page is that of the policy.
    HttpResponse<String> answer = ask("/");
    String page = answer.body();
    String style = page.substring(page.indexOf("<style>") + 7, page.indexOf("</style>"));
    byte[] hash =
        MessageDigest.getInstance("SHA-256").digest(style.getBytes(StandardCharsets.UTF_8));
    assertThat(answer.headers().firstValue("content-security-policy").orElseThrow())
        .contains("sha256-" + Base64.getEncoder().encodeToString(hash));
  }

  private static int status(HttpRequest.Builder request) throws Exception {
    return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString()).statusCode();
  }

  /** Java's client does not let anybody set {@code Host}. */
  private static String statusLine(String path, String host) throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.adminPort())) {
      String text = "GET %s HTTP/1.1\r\n%s\r\nConnection: close\r\n\r\n".formatted(path, host);
      socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .findFirst()
          .orElse("");
    }
  }

  @Test
  void healthOfAReadyServer() throws Exception {
    assertThat(json(ask("/health/liveness")).get("status").asString()).isEqualTo("UP");
    HttpResponse<String> ready = ask("/health/readiness");
    assertThat(ready.statusCode()).isEqualTo(200);
    assertThat(json(ready).get("status").asString()).isEqualTo("UP");
  }

  @Test
  void aServerThatWaitsForARegistryIsNotReadyAndSaysWhy(@TempDir Path other) throws Exception {
    int nobody;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      nobody = free.getLocalPort();
    }
    try (SkiffServer waiting =
        SkiffServer.start(ServerFolder.in(other).withNacos(nobody, Duration.ofHours(1)))) {
      ServerFolder.await("a report", () -> !waiting.report().sources().isEmpty());
      HttpResponse<String> answer =
          HTTP.send(
              HttpRequest.newBuilder(
                      URI.create("http://127.0.0.1:" + waiting.adminPort() + "/health/readiness"))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      assertThat(answer.statusCode()).isEqualTo(503);
      assertThat(json(answer).get("notes").toString()).contains("legacy");
    }
  }

  @Test
  void metricsHaveTheirNamesAndNoLabelForEachProxy() throws Exception {
    HttpResponse<String> answer = ask("/metrics");
    assertThat(contentType(answer)).startsWith("text/plain");
    String text = answer.body();
    // Every counter and every gauge of the page, but for those of registries that may be doubted.
    Pattern listed = Pattern.compile("\\| `(skiff_[a-z_]+)` \\| (counter|gauge) ");
    String page = Files.readString(GeneratedPage.root().resolve("docs/metrics.md"));
    assertThat(
            listed
                .matcher(page)
                .results()
                .map(row -> row.group(1))
                .filter(name -> !name.startsWith("skiff_registry_"))
                .toList())
        .isNotEmpty()
        .allSatisfy(name -> assertThat(text).containsPattern("(?m)^" + name + "[ {]"));
    assertThat(text)
        .contains(
            "skiff_snapshot_build_seconds_count",
            "skiff_source_events_total{",
            "skiff_source_synced{source=\"local\"} 1.0",
            "skiff_source_last_event_timestamp_seconds{",
            "skiff_translate_seconds_count",
            "skiff_convergence_seconds_count",
            "skiff_proxies_connected 1.0",
            "skiff_proxies_out_of_sync",
            "skiff_xds_responses_total{",
            "skiff_xds_response_bytes_total{",
            "skiff_build_info{");
    assertThat(text).doesNotContain(PROXY).doesNotContain("127.0.0.1");
    Set<String> labels =
        text.lines()
            .filter(line -> line.startsWith("skiff_"))
            .flatMap(line -> LABEL.matcher(line).results())
            .map(found -> found.group(1))
            .collect(Collectors.toSet());
    assertThat(labels)
        .isSubsetOf(
            Set.of("type_url", "source", "kind", "result", "condition", "version", "le", "part"));
  }

  @Test
  void thePageShowsWhatDocumentsSayAsText() throws Exception {
    HttpResponse<String> answer = ask("/");
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(contentType(answer)).startsWith("text/html");
    assertThat(answer.body()).contains("&lt;script&gt;alert(1)").doesNotContain("<script>alert");
  }

  private static JsonNode first(String route) throws Exception {
    return json(ask("/api/v1/" + route)).get("items").get(0);
  }

  private static HttpResponse<String> ask(String path) throws Exception {
    return HTTP.send(request(path).build(), HttpResponse.BodyHandlers.ofString());
  }

  private static HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.adminPort() + path));
  }

  private static String contentType(HttpResponse<String> answer) {
    return answer.headers().firstValue("content-type").orElse("");
  }

  private static JsonNode json(HttpResponse<String> answer) {
    return JsonMapper.shared().readTree(answer.body());
  }
}
