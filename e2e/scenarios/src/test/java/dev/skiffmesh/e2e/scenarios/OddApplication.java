package dev.skiffmesh.e2e.scenarios;

import static java.util.concurrent.TimeUnit.SECONDS;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/**
 * An application that uses HTTP/1 to its corners: what it does is said by the request's path. Its
 * answers repeat the request's head in {@code X-Seen}, so that a caller sees what has arrived.
 */
final class OddApplication implements AutoCloseable {

  private static final long SLOW_NANOS = SECONDS.toNanos(3);

  private final ServerSocket listening;
  private final Semaphore mayGoOn = new Semaphore(0);
  private final Semaphore callersGone = new Semaphore(0);
  private final Map<String, LongAdder> calls = new ConcurrentHashMap<>();

  private OddApplication(ServerSocket listening) {
    this.listening = listening;
  }

  static OddApplication start() throws IOException {
    OddApplication application =
        new OddApplication(new ServerSocket(0, 50, InetAddress.ofLiteral("127.0.0.1")));
    Thread.ofVirtual().name("odd-application").start(application::accept);
    return application;
  }

  int port() {
    return listening.getLocalPort();
  }

  /** How many requests have come for {@code path}. */
  long callsTo(String path) {
    LongAdder count = calls.get(path);
    return count == null ? 0 : count.sum();
  }

  /** Lets an answer that waits for its caller go on. */
  void goOn() {
    mayGoOn.release();
  }

  /** Tells whether a caller of {@code /wait-for-gone} has left within half a minute. */
  boolean callerIsGone() throws InterruptedException {
    return callersGone.tryAcquire(30, SECONDS);
  }

  @Override
  public void close() throws IOException {
    listening.close();
  }

  private void accept() {
    while (!listening.isClosed()) {
      try {
        Socket socket = listening.accept();
        Thread.ofVirtual().start(() -> serve(socket));
      } catch (IOException closed) {
        return;
      }
    }
  }

  private void serve(Socket socket) {
    try (RawHttp http = new RawHttp(socket)) {
      while (answer(http, http.head())) {
        // The connection is kept.
      }
    } catch (IOException gone) {
      // The caller has left.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Returns whether the connection is kept. */
  private boolean answer(RawHttp http, RawHttp.Head request)
      throws IOException, InterruptedException {
    String path = request.path();
    calls.computeIfAbsent(path, _ -> new LongAdder()).increment();
    String seen = "|X-Seen: " + request.toString().replace("|", " ~ ");
    switch (path) {
      case "/chunked" -> {
        String body = http.chunkedBody();
        http.lines("HTTP/1.1 200 OK|Transfer-Encoding: chunked|Trailer: X-Sum" + seen + "||");
        http.lines("%x|%s|".formatted(body.length(), body));
        http.lines("0|x-sum: 42||");
      }
      case "/continue" -> {
        http.lines("HTTP/1.1 100 Continue||");
        String body = http.bytes(Integer.parseInt(request.header("content-length").orElseThrow()));
        text(http, "200 OK", seen, body);
      }
      case "/refuse" -> {
        // The body, which the caller has not sent, will not be read: the connection ends.
        text(http, "417 Expectation Failed", seen + "|Connection: close", "no");
        return false;
      }
      case "/hints" -> {
        http.lines("HTTP/1.1 103 Early Hints|Link: </style.css>; rel=preload||");
        text(http, "200 OK", seen, "hinted");
      }
      case "/head" -> http.lines("HTTP/1.1 200 OK|Content-Length: 1234" + seen + "||");
      case "/nothing" -> http.lines("HTTP/1.1 204 No Content" + seen + "||");
      case "/unchanged" -> http.lines("HTTP/1.1 304 Not Modified|ETag: \"a\"" + seen + "||");
      case "/both-lengths" ->
          http.lines(
              "HTTP/1.1 200 OK|Transfer-Encoding: chunked|Content-Length: 5"
                  + seen
                  + "||5|hello|0||");
      case "/chunked-twice" ->
          http.lines(
              "HTTP/1.1 200 OK|Transfer-Encoding: chunked|Transfer-Encoding: chunked"
                  + seen
                  + "||5|hello|0||");
      case "/length-twice" ->
          http.lines("HTTP/1.1 200 OK|Content-Length: 5|Content-Length: 5" + seen + "||hello");
      case "/nothing-in-chunks" ->
          http.lines("HTTP/1.1 204 No Content|Transfer-Encoding: chunked" + seen + "||0||");
      case "/odd-value" -> text(http, "200 OK", seen + "|X-Odd: a\u0001b", "odd");
      case "/odd-name" -> text(http, "200 OK", seen + "|X Odd: a", "odd");
      case "/no-reason" -> text(http, "200 ", seen, "");
      case "/odd-status" -> text(http, "799 Of Our Own", seen, "odd");
      case "/fail" -> text(http, "503 Not Today", seen, "busy");
      case "/vanish" -> {
        return false;
      }
      case "/until-the-end" -> {
        http.lines("HTTP/1.1 200 OK|Connection: close" + seen + "||all of this");
        return false;
      }
      case "/cut" -> {
        http.lines("HTTP/1.1 200 OK|Content-Length: 100" + seen + "||only this");
        return false;
      }
      case "/events" -> {
        http.lines("HTTP/1.1 200 OK|Content-Type: text/event-stream|Transfer-Encoding: chunked||");
        http.lines("7|data: 1|");
        mayGoOn.acquire();
        http.lines("7|data: 2|0||");
      }
      case "/slow" -> {
        LockSupport.parkNanos(SLOW_NANOS);
        text(http, "200 OK", seen, "slow");
      }
      case "/websocket" -> {
        http.lines(
            "HTTP/1.1 101 Switching Protocols|Upgrade: websocket|Connection: Upgrade"
                + "|Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=||");
        for (int i = 0; i < 3; i++) {
          http.write("<" + http.bytes(5) + ">");
        }
        return false;
      }
      case "/wait-for-gone" -> {
        http.lines("HTTP/1.1 200 OK|Transfer-Encoding: chunked||5|first|");
        if (http.ended()) {
          callersGone.release();
        }
        return false;
      }
      case "/leave" -> {
        text(http, "200 OK", seen, "bye");
        return false;
      }
      default -> text(http, "200 OK", seen, "fine");
    }
    return true;
  }

  private static void text(RawHttp http, String status, String headers, String body)
      throws IOException {
    http.lines("HTTP/1.1 " + status + "|Content-Length: " + body.length() + headers + "||");
    http.write(body);
  }
}
