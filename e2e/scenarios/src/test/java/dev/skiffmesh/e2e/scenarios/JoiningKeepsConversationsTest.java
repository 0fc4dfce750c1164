package dev.skiffmesh.e2e.scenarios;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.api.model.Protocol;
import dev.skiffmesh.api.model.ProxyIdentity.ProxyPort;
import dev.skiffmesh.e2e.parts.Envoy;
import dev.skiffmesh.e2e.parts.FreePorts;
import dev.skiffmesh.e2e.parts.RequiresEnvoy;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What {@link JoiningChangesNothingTest} says of single messages, for whole conversations: interim
 * answers, chunks, trailers, upgrades, streams, and who ends the connection. Each is held with the
 * application directly, then through the caller's and the callee's proxy.
 */
@RequiresEnvoy
class JoiningKeepsConversationsTest {

  private static final Duration BOUND = Duration.ofSeconds(60);

  private static OddApplication application;
  private static EmbeddedMesh mesh;
  private static Envoy callee;
  private static Caller caller;

  @BeforeAll
  static void start(@TempDir Path folder) throws IOException {
    application = OddApplication.start();
    mesh = EmbeddedMesh.start(folder);
    int registered = FreePorts.next();
    mesh.write("services/order.yaml", service("order", registered));
    // Nobody listens at the other instance: it is refused at once.
    mesh.write("services/pair.yaml", service("pair", registered, FreePorts.next()));
    mesh.write("services/gone.yaml", service("gone", FreePorts.next()));
    mesh.await(report -> report.world().services().size() == 3);
    callee =
        mesh.callee("order", new ProxyPort("http", registered, application.port(), Protocol.HTTP));
    caller = Caller.start("gateway", mesh.xdsPort());
  }

  @AfterAll
  static void stop() throws IOException {
    caller.close();
    callee.close();
    mesh.close();
    application.close();
  }

  private static String service(String name, int... ports) {
    StringBuilder text =
        new StringBuilder(
            """
            apiVersion: skiffmesh.dev/v1alpha1
            kind: Service
            metadata: {name: %s, namespace: trading}
            spec:
              ports: [{name: http, port: 80, protocol: http}]
              endpoints:
            """
                .formatted(name));
    for (int port : ports) {
      text.append("    - {address: 127.0.0.1, port: ").append(port).append("}\n");
    }
    return text.toString();
  }

  private interface Conversation {
    String hold(RawHttp http) throws IOException;
  }

  /** What a caller sees directly, which must be what it sees through the mesh. */
  private static String same(Conversation conversation) throws IOException {
    String direct;
    try (RawHttp http = RawHttp.to(application.port())) {
      direct = conversation.hold(http);
    }
    try (RawHttp http = RawHttp.to(caller.egressPort())) {
      // Envoy adds a date where the application gives none, and has no switch for it.
      assertThat(direct).doesNotContain("|date:");
      assertThat(conversation.hold(http).replaceAll("(?i)\\|date: [^|<\n]* GMT", ""))
          .isEqualTo(direct);
    }
    return direct;
  }

  private static String withBody(RawHttp http) throws IOException {
    RawHttp.Head head = http.head();
    Optional<String> length = head.header("content-length");
    return head
        + "||"
        + (length.isPresent() ? http.bytes(Integer.parseInt(length.get())) : http.chunkedBody());
  }

  @Test
  void chunksAndTrailersPassBothWays() throws IOException {
    assertThat(
            same(
                http -> {
                  http.lines("POST /chunked HTTP/1.1|Host: order.trading|TE: trailers");
                  http.lines("|Transfer-Encoding: chunked|Trailer: X-Check||");
                  // Trailers lose their case, which Envoy keeps for headers only.
                  http.lines("5|hello|6| world|0|x-check: abc||");
                  return withBody(http);
                }))
        .contains("hello world{x-check: abc;}")
        .endsWith("{x-sum: 42;}");
  }

  @Test
  void theApplicationDecidesAboutABodyThatWaitsForIt() throws IOException {
    assertThat(
            same(
                http -> {
                  http.lines("PUT /continue HTTP/1.1|Host: order.trading|Expect: 100-continue");
                  http.lines("|Content-Length: 5||");
                  RawHttp.Head interim = http.head();
                  http.write("hello");
                  return interim + "\n" + withBody(http);
                }))
        .startsWith("HTTP/1.1 100 Continue\n")
        .contains("Expect: 100-continue")
        .endsWith("hello");
    assertThat(
            same(
                http -> {
                  http.lines("PUT /refuse HTTP/1.1|Host: order.trading|Expect: 100-continue");
                  http.lines("|Content-Length: 5||");
                  return withBody(http);
                }))
        .startsWith("HTTP/1.1 417 ");
  }

  @Test
  void earlyHintsComeEarly() throws IOException {
    assertThat(
            same(
                http -> {
                  http.lines("GET /hints HTTP/1.1|Host: order.trading||");
                  return http.head() + "\n" + withBody(http);
                }))
        .startsWith("HTTP/1.1 103 Early Hints|Link");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HEAD /head",
        "GET /nothing",
        "DELETE /nothing",
        "GET /unchanged",
        "HEAD /unchanged",
      })
  void answersWithoutABodyHaveNone(String request) throws IOException {
    same(
        http -> {
          http.lines(request + " HTTP/1.1|Host: order.trading||");
          RawHttp.Head head = http.head();
          // What comes next on this connection is the next answer, not a body.
          http.lines("GET / HTTP/1.1|Host: order.trading||");
          return head + "\n" + withBody(http);
        });
  }

  @Test
  void statusLinesAreWhatTheApplicationWrites() throws IOException {
    same(
        http -> {
          http.lines("GET /odd-status HTTP/1.1|Host: order.trading||");
          return withBody(http);
        });
  }

  @Test
  void eventsArriveWhenTheyHappen() throws IOException {
    same(
        http -> {
          http.lines("GET /events HTTP/1.1|Host: order.trading|Accept: text/event-stream||");
          String first = http.head() + "\n" + http.chunk();
          application.goOn();
          return first + "\n" + http.chunkedBody();
        });
  }

  /** Through both proxies; a server may answer as if nothing was offered (RFC 9110, 7.8). */
  @ParameterizedTest
  @ValueSource(strings = {"TLS/1.2", "h2c", "IRC/6.9, RTA/x11", "web", "websockets"})
  void anOfferThatAServerMayIgnoreIsIgnored(String offer) throws IOException {
    try (RawHttp http = RawHttp.to(caller.egressPort())) {
      http.lines("GET /offered HTTP/1.1|Host: order.trading|Connection: Upgrade, HTTP2-Settings");
      http.lines("|Upgrade: " + offer + "|HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA||");
      assertThat(withBody(http)).startsWith("HTTP/1.1 200 ");
      http.lines("GET / HTTP/1.1|Host: order.trading||");
      assertThat(withBody(http)).startsWith("HTTP/1.1 200 ");
    }
  }

  @Test
  void aWebsocketAmongOtherOffersIsUpgraded() throws IOException {
    try (RawHttp http = RawHttp.to(caller.egressPort())) {
      http.lines("GET /websocket HTTP/1.1|Host: order.trading|Connection: Upgrade");
      http.lines("|Upgrade: TLS/1.2, WebSocket|Sec-WebSocket-Version: 13||");
      assertThat(http.head().toString()).startsWith("HTTP/1.1 101 ");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "order",
        "ORDER.Trading",
        "order.trading.",
        "order.trading.svc.cluster.local.",
        "order.trading.:80",
        "order.trading:80",
      })
  void everySpellingOfAHostIsTheHost(String host) throws IOException {
    try (RawHttp http = RawHttp.to(caller.egressPort())) {
      http.lines("GET / HTTP/1.1|Host: " + host + "||");
      assertThat(withBody(http)).startsWith("HTTP/1.1 200 ");
    }
  }

  @Test
  void anAnswerWithTwoLengthsIsPassedOn() throws IOException {
    try (RawHttp http = RawHttp.to(caller.egressPort())) {
      http.lines("GET /both-lengths HTTP/1.1|Host: order.trading||");
      RawHttp.Head head = http.head();
      assertThat(head.toString()).startsWith("HTTP/1.1 200 ");
      assertThat(http.chunkedBody()).startsWith("hello");
    }
  }

  @Test
  void websocketsAreUpgraded() throws IOException {
    assertThat(
            same(
                http -> {
                  http.lines("GET /websocket HTTP/1.1|Host: order.trading|Upgrade: websocket");
                  http.lines("|Connection: Upgrade|Sec-WebSocket-Version: 13");
                  http.lines("|Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==||");
                  StringBuilder seen =
                      new StringBuilder(http.head().toString().toLowerCase(java.util.Locale.ROOT));
                  for (String message : new String[] {"one..", "two..", "three"}) {
                    http.write(message);
                    seen.append(http.bytes(7));
                  }
                  return seen.append(http.rest()).toString();
                }))
        .endsWith("<one..><two..><three>");
  }

  @Test
  void anAnswerMayTakeItsTime() throws IOException {
    assertThat(
            same(
                http -> {
                  http.lines("GET /slow HTTP/1.1|Host: order.trading||");
                  return withBody(http);
                }))
        .endsWith("slow");
  }

  @Test
  void theEndOfTheConnectionEndsTheBody() throws IOException {
    assertThat(bodyUntilTheEnd(application.port())).isEqualTo("all of this");
    // Envoy frames what has no length, so that its own connection to the caller can be kept.
    assertThat(bodyUntilTheEnd(caller.egressPort())).isEqualTo("all of this");
  }

  private static String bodyUntilTheEnd(int port) throws IOException {
    try (RawHttp http = RawHttp.to(port)) {
      http.lines("GET /until-the-end HTTP/1.1|Host: order.trading||");
      Optional<String> framing = http.head().header("transfer-encoding");
      String body = framing.isPresent() ? http.chunkedBody() : http.rest();
      return body.replace("{}", "");
    }
  }

  @Test
  void aBodyThatIsCutIsCutForTheCallerToo() throws IOException {
    assertThat(
            same(
                http -> {
                  http.lines("GET /cut HTTP/1.1|Host: order.trading||");
                  return http.head() + "\n" + http.rest();
                }))
        .endsWith("\nonly this");
  }

  @Test
  void theApplicationLearnsThatItsCallerHasLeft() throws IOException, InterruptedException {
    for (int port : new int[] {application.port(), caller.egressPort()}) {
      try (RawHttp http = RawHttp.to(port)) {
        http.lines("GET /wait-for-gone HTTP/1.1|Host: order.trading||");
        http.head();
        assertThat(http.chunk()).isEqualTo("first");
      }
      assertThat(application.callerIsGone()).isTrue();
    }
  }

  @Test
  void anOldCallerIsAnswered() throws IOException {
    String request = "GET /old HTTP/1.0|Host: order.trading||";
    try (RawHttp http = RawHttp.to(caller.egressPort())) {
      http.lines(request);
      RawHttp.Head head = http.head();
      assertThat(head.first()).isEqualTo("HTTP/1.0 200 OK");
      assertThat(http.bytes(4)).isEqualTo("fine");
      assertThat(http.ended()).as("a connection of HTTP/1.0 is for one call").isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/a%2Fb//c/./../d%20e%00?x=%20&y=1;z&&=",
        "/a|b^c`{d}\"<e>\\f",
        "/~!$&'()*+,;=:@-._",
        "/%zz%",
      })
  void pathsArriveAsTheyAreWritten(String path) throws IOException {
    same(
        http -> {
          http.write("GET " + path + " HTTP/1.1\r\nHost: order.trading\r\n\r\n");
          return withBody(http);
        });
  }

  @Test
  void manyHeadersPass() throws IOException {
    StringBuilder headers = new StringBuilder();
    for (int i = 0; i < 300; i++) {
      headers.append("|X-Header-").append(i).append(": ").append("v".repeat(150));
    }
    assertThat(headers.toString().getBytes(ISO_8859_1)).hasSizeGreaterThan(48_000);
    same(
        http -> {
          http.lines("GET /many HTTP/1.1|Host: order.trading" + headers + "||");
          return withBody(http);
        });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "X-Empty:",
        "X-Value: caf\u00e9 \u00ff",
        "X-Under_score: 1",
        "X-Forwarded-For: 10.0.0.1,10.0.0.2|X-Forwarded-Host: a|X-Forwarded-Port: 1",
        "X-Forwarded-Proto: https|X-Request-Id: MINE|Forwarded: for=a",
        "X-Real-IP: 1.2.3.4|X-Client-Trace-Id: t|X-B3-TraceId: b|traceparent: 00-a-b-01|tracestate:"
            + " x",
        "Authorization: Basic abc=|Proxy-Authorization: x|Max-Forwards: 3|Pragma: no-cache",
        "X-Envoy-Original-Path: /x|X-Envoy-External-Address: 1.2.3.4|X-Envoy-Decorator-Operation:"
            + " o",
      })
  void headersArriveAsTheyAreWritten(String headers) throws IOException {
    same(
        http -> {
          http.lines("GET / HTTP/1.1|Host: order.trading|" + headers + "||");
          return withBody(http);
        });
  }

  @Test
  void aRefusedConnectionIsTriedElsewhereForEveryMethod() throws IOException {
    for (int i = 0; i < 20; i++) {
      try (RawHttp http = RawHttp.to(caller.egressPort())) {
        http.lines("POST /paid/" + i + " HTTP/1.1|Host: pair.trading|Content-Length: 0||");
        assertThat(http.head().first()).isEqualTo("HTTP/1.1 200 OK");
      }
      assertThat(application.callsTo("/paid/" + i)).isEqualTo(1);
    }
    try (RawHttp http = RawHttp.to(caller.egressPort())) {
      http.lines("GET / HTTP/1.1|Host: gone.trading||");
      assertThat(http.head().first()).startsWith("HTTP/1.1 503 ");
    }
  }

  /** What {@code docs/transparency.md} says of them, so that the page stays true. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '!',
      textBlock =
          """
          GET /caf\u00e9                ! HTTP/1.1 400 Bad Request !
          GET /x#fragment             ! HTTP/1.1 400 Bad Request !
          GET /no-reason              ! HTTP/1.1 200 OK          !
          GET /x                      ! HTTP/1.1 200 OK          ! X-Envoy-Retry-On: 5xx
          GET /x                      ! HTTP/1.1 200 OK          ! X-Envoy-Max-Retries: 3
          GET /x                      ! HTTP/1.1 200 OK          ! X-Envoy-Internal: true
          """)
  void whatIsNotTheSameIsKnown(String request, String status, String header) throws IOException {
    try (RawHttp http = RawHttp.to(caller.egressPort())) {
      http.write(request + " HTTP/1.1\r\nHost: order.trading\r\n");
      http.write(header == null ? "\r\n" : header + "\r\n\r\n");
      RawHttp.Head head = http.head();
      assertThat(head.first()).isEqualTo(status);
      assertThat(head.header("x-seen").orElse("")).doesNotContain("X-Envoy");
    }
  }

  @Test
  void whatTheApplicationHasReceivedIsNotSentAgain() throws IOException {
    assertThat(
            same(
                http -> {
                  http.lines("GET /fail HTTP/1.1|Host: order.trading||");
                  return withBody(http);
                }))
        .startsWith("HTTP/1.1 503 Not Today");
    assertThat(application.callsTo("/fail")).as("one direct, one through").isEqualTo(2);

    // Directly a caller would see the connection end; a proxy says 503 for it.
    try (RawHttp http = RawHttp.to(caller.egressPort())) {
      http.lines("GET /vanish HTTP/1.1|Host: order.trading||");
      assertThat(http.head().first()).startsWith("HTTP/1.1 503 ");
    }
    assertThat(application.callsTo("/vanish")).isEqualTo(1);
  }

  /** Between two calls, as a server does whose keep-alive time is over. */
  @Test
  void anApplicationMayEndItsConnectionsBetweenCalls() throws IOException {
    try (RawHttp http = RawHttp.to(caller.egressPort())) {
      for (int i = 0; i < 50; i++) {
        long left = connectionsLeft();
        http.lines("POST /leave HTTP/1.1|Host: order.trading|Content-Length: 0||");
        assertThat(withBody(http)).startsWith("HTTP/1.1 200 OK").endsWith("bye");
        // A call at the very moment of leaving may be lost, with and without a mesh.
        Await.until(BOUND, "the proxy has seen it leave", () -> connectionsLeft() > left);
      }
    }
  }

  private static long connectionsLeft() {
    return callee.stats("^cluster.inbound.*upstream_cx_destroy_remote$").values().stream()
        .mapToLong(Long::longValue)
        .sum();
  }
}
