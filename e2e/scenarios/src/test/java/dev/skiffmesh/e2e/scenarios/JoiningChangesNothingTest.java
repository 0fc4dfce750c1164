package dev.skiffmesh.e2e.scenarios;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.api.model.Locality;
import dev.skiffmesh.api.model.Protocol;
import dev.skiffmesh.api.model.ProxyIdentity.ProxyPort;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.bootstrap.BootstrapRequest;
import dev.skiffmesh.bootstrap.ControlPlaneAddress;
import dev.skiffmesh.bootstrap.EnvoyBootstrap;
import dev.skiffmesh.e2e.parts.Envoy;
import dev.skiffmesh.e2e.parts.FreePorts;
import dev.skiffmesh.e2e.parts.RequiresEnvoy;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * With no policy, a call through the caller's and the callee's proxy is, byte by byte, the call
 * without them: what the application receives, and what the caller gets back. What differs all the
 * same is in {@code docs/transparency.md}.
 */
@RequiresEnvoy
class JoiningChangesNothingTest {

  private static final Duration READY_BOUND = Duration.ofSeconds(60);
  private static final int PATIENCE_MILLIS = 60_000;

  /** Answers every request with what it received, as it received it, under odd headers. */
  private static ServerSocket application;

  private static ControlPlaneProcess controlPlane;
  private static Envoy callee;
  private static Caller caller;

  @BeforeAll
  static void start(@TempDir Path folder) throws IOException {
    application = new ServerSocket(0, 50, InetAddress.ofLiteral("127.0.0.1"));
    Thread.ofVirtual().name("application").start(JoiningChangesNothingTest::serve);
    controlPlane = ControlPlaneProcess.withFiles(folder);
    int registered = FreePorts.next();
    controlPlane.write(
        "services/order.yaml",
        """
        apiVersion: skiffmesh.dev/v1alpha1
        kind: Service
        metadata: {name: order, namespace: trading}
        spec:
          ports: [{name: http, port: 80, protocol: http}]
          endpoints: [{address: 127.0.0.1, port: %d}]
        """
            .formatted(registered));
    controlPlane.await("/api/v1/services", answer -> answer.get("items").size() == 1);
    callee =
        Envoy.start(
            EnvoyBootstrap.yaml(
                new BootstrapRequest(
                    BootstrapRequest.sidecar(
                        new ServiceId("trading", "order"),
                        "127.0.0.1",
                        registered,
                        Map.of(),
                        List.of(
                            new ProxyPort(
                                "http", registered, application.getLocalPort(), Protocol.HTTP)),
                        FreePorts.next(),
                        Locality.UNKNOWN),
                    List.of(new ControlPlaneAddress("127.0.0.1", controlPlane.xdsPort())),
                    FreePorts.next())));
    callee.awaitReady(READY_BOUND);
    caller = Caller.start("gateway", controlPlane.xdsPort());
  }

  @AfterAll
  static void stop() throws IOException {
    caller.close();
    callee.close();
    controlPlane.close();
    application.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET / HTTP/1.1|Host: order.trading|X-CamelCase: A b|x-lower: 1||",
        "GET /a%2Fb//c/../d?x=%20&y=1;z HTTP/1.1|Host: order.trading||",
        "GET / HTTP/1.1|Host: order.trading|X-Request-Id: mine|X-Forwarded-For: 10.1.2.3||",
        "GET / HTTP/1.1|Host: order.trading|User-Agent: old/1.0|Via: 1.1 somebody||",
        "GET / HTTP/1.1|Host: order.trading|x-forwarded-proto: https||",
        "GET / HTTP/1.1|Host: order.trading|Cookie: a=1; b=2|X-Two: x|X-Two: y||",
        "POST /status/503 HTTP/1.1|Host: order.trading|Content-Length: 5||hello",
        "DELETE /status/404 HTTP/1.1|Host: order.trading||",
        "OPTIONS /x HTTP/1.1|Host: order.trading|Content-Length: 0||"
      })
  void theSameBytesArriveAndComeBack(String lines) {
    String request = lines.replace("|", "\r\n");
    String direct = call(application.getLocalPort(), request);
    String through = call(caller.egressPort(), request);
    assertThat(direct).startsWith("HTTP/1.1 ").contains("Fine Thanks");
    assertThat(normalized(through)).isEqualTo(normalized(direct));
  }

  @ParameterizedTest
  @ValueSource(ints = {60_000, 5_000_000})
  void largeBodiesAndHeadersArriveWhole(int bytes) {
    String body = "x".repeat(bytes);
    String header = "h".repeat(Math.min(bytes, 60_000));
    String request =
        "POST /big HTTP/1.1|Host: order.trading|X-Big: %s|Content-Length: %d||"
                .formatted(header, bytes)
                .replace("|", "\r\n")
            + body;
    String direct = call(application.getLocalPort(), request);
    assertThat(direct).contains(header).endsWith(body);
    assertThat(normalized(call(caller.egressPort(), request))).isEqualTo(normalized(direct));
  }

  /** The order of headers has no meaning (RFC 9110, section 5.3) but within one name. */
  private static String normalized(String message) {
    int end = message.indexOf("\r\n\r\n");
    String body = message.substring(end + 4);
    int inner = body.indexOf("\r\n\r\n");
    String received = inner < 0 ? body : sorted(body.substring(0, inner)) + body.substring(inner);
    return sorted(message.substring(0, end)) + "\r\n\r\n" + received;
  }

  private static String sorted(String head) {
    List<String> lines = head.lines().toList();
    return lines.getFirst()
        + "\r\n"
        + String.join("\r\n", lines.subList(1, lines.size()).stream().sorted().toList());
  }

  private static String call(int port, String request) {
    try (Socket socket = new Socket(InetAddress.ofLiteral("127.0.0.1"), port)) {
      socket.setSoTimeout(PATIENCE_MILLIS);
      OutputStream out = socket.getOutputStream();
      out.write(request.getBytes(ISO_8859_1));
      out.flush();
      return new Message(new BufferedInputStream(socket.getInputStream())).text();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void serve() {
    while (!application.isClosed()) {
      try {
        Socket socket = application.accept();
        Thread.ofVirtual().start(() -> serve(socket));
      } catch (IOException closed) {
        return;
      }
    }
  }

  private static void serve(Socket socket) {
    try (socket) {
      InputStream in = new BufferedInputStream(socket.getInputStream());
      while (true) {
        String request = new Message(in).text();
        int status =
            request.contains(" /status/")
                ? Integer.parseInt(request.replaceAll("(?s)^\\S+ /status/(\\d+).*", "$1"))
                : 200;
        String answer =
            "HTTP/1.1 "
                + status
                + " Fine Thanks\r\nServer: MyApp/1\r\nX-CamelCase: Yes\r\nSet-Cookie: a=1\r\n"
                + "Set-Cookie: b=2\r\nDate: Thu, 01 Jan 1970 00:00:00 GMT\r\nContent-Length: "
                + request.length()
                + "\r\n\r\n"
                + request;
        socket.getOutputStream().write(answer.getBytes(ISO_8859_1));
        socket.getOutputStream().flush();
      }
    } catch (IOException gone) {
      // The caller has closed the connection.
    }
  }

  /** One HTTP/1.1 message with a Content-Length or without a body. */
  private static final class Message {
    private final String text;

    Message(InputStream in) throws IOException {
      StringBuilder head = new StringBuilder();
      // Only the end can be new: looking at all of a large head for each byte would take minutes.
      while (head.length() < 4 || head.indexOf("\r\n\r\n", head.length() - 4) < 0) {
        int next = in.read();
        if (next < 0) {
          throw new IOException("the connection ended after: " + head);
        }
        head.append((char) next);
      }
      int length = 0;
      for (String line : head.toString().lines().toList()) {
        if (line.toLowerCase(java.util.Locale.ROOT).startsWith("content-length:")) {
          length = Integer.parseInt(line.substring(line.indexOf(':') + 1).strip());
        }
      }
      text = head + new String(in.readNBytes(length), ISO_8859_1);
    }

    String text() {
      return text;
    }
  }
}
