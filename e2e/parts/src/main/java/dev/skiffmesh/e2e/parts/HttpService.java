package dev.skiffmesh.e2e.parts;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.LongAdder;

/**
 * A small real HTTP/1.1 service on loopback that says who it is and counts its calls. Thread-safe;
 * each call has its own virtual thread.
 */
public final class HttpService implements AutoCloseable {

  /** The response header that holds {@link #id()}. */
  public static final String ANSWERED_BY = "x-answered-by";

  private static final int BACKLOG = 1_024;

  static {
    // Without it every answer of two packets waits 40 ms for the client's delayed ACK.
    System.setProperty("sun.net.httpserver.nodelay", "true");
  }

  private final String name;
  private final SortedMap<String, String> labels;
  private final HttpServer server;
  private final Behaviour behaviour;
  private final ExecutorService threads;
  private final LongAdder calls = new LongAdder();
  private final Map<String, LongAdder> callsByPath = new ConcurrentHashMap<>();

  private HttpService(
      String name, Map<String, String> labels, HttpServer server, Behaviour behaviour) {
    this.name = name;
    this.labels = new TreeMap<>(labels);
    this.server = server;
    this.behaviour = behaviour;
    this.threads =
        Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("service-" + name + "-", 0).factory());
  }

  /** What a service answers. */
  @FunctionalInterface
  public interface Behaviour {

    /** Answers one call to {@code service}; an exception becomes a 500 with its text. */
    Answer answer(HttpService service, Call call) throws IOException, InterruptedException;
  }

  /**
   * One call.
   *
   * @param method for example {@code GET}
   * @param path without the query
   * @param headers names in lower case; several values of a name are in their order
   * @param body empty if there is none
   */
  public record Call(
      String method, String path, SortedMap<String, List<String>> headers, String body) {

    /** The first value of a header, or an empty string. */
    public String header(String header) {
      return headers.getOrDefault(header, List.of("")).getFirst();
    }
  }

  /**
   * One answer, in UTF-8.
   *
   * @param status 200 to 599
   * @param headers beside {@link #ANSWERED_BY}, which the service adds unless it is among them
   * @param body empty for none
   */
  public record Answer(int status, Map<String, String> headers, String body) {

    /** Copies the headers. */
    public Answer {
      headers = Map.copyOf(headers);
    }

    /** A status with a text. */
    public static Answer of(int status, String text) {
      return new Answer(status, Map.of("content-type", "text/plain; charset=utf-8"), text);
    }
  }

  /** Starts a service on a free port that behaves as {@link #standard} describes. */
  public static HttpService start(String name, Map<String, String> labels) {
    return start(name, labels, 0, HttpService::standard);
  }

  /**
   * Starts a service.
   *
   * @param name of the service, for its id
   * @param labels of this instance; {@code version} is part of its id
   * @param port to listen on, 0 for any
   * @param behaviour what it answers
   * @throws UncheckedIOException if it cannot listen there
   */
  public static HttpService start(
      String name, Map<String, String> labels, int port, Behaviour behaviour) {
    try {
      HttpServer server =
          HttpServer.create(
              new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port), BACKLOG);
      HttpService service = new HttpService(name, labels, server, behaviour);
      server.createContext("/", service::serve);
      server.setExecutor(service.threads);
      server.start();
      return service;
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot listen on port " + port, e);
    }
  }

  /**
   * What a service answers unless told otherwise: {@code /headers} the request's headers, a line
   * each; {@code /echo} the request's body; {@code /status/503} that status; {@code /delay/250} its
   * id after so many milliseconds; anything else its id.
   */
  public static Answer standard(HttpService service, Call call) throws InterruptedException {
    String path = call.path();
    if (path.equals("/headers")) {
      StringBuilder lines = new StringBuilder();
      call.headers()
          .forEach(
              (header, values) ->
                  values.forEach(
                      value -> lines.append(header).append(": ").append(value).append('\n')));
      return Answer.of(200, lines.toString());
    }
    if (path.equals("/echo")) {
      return Answer.of(200, call.body());
    }
    if (path.startsWith("/status/")) {
      return Answer.of(number(path), service.id());
    }
    if (path.startsWith("/delay/")) {
      Thread.sleep(Duration.ofMillis(number(path)));
    }
    return Answer.of(200, service.id());
  }

  /** For example {@code order-v1@127.0.0.1:9001}. */
  public String id() {
    String version = labels.get("version");
    return name + (version == null ? "" : "-" + version) + "@127.0.0.1:" + port();
  }

  /** The name that it was started with. */
  public String name() {
    return name;
  }

  /** The labels that it was started with. */
  public SortedMap<String, String> labels() {
    return new TreeMap<>(labels);
  }

  /** The port that it listens on. */
  public int port() {
    return server.getAddress().getPort();
  }

  /** How many calls have come in. */
  public long calls() {
    return calls.sum();
  }

  /** How many calls have come in for {@code path}. */
  public long callsTo(String path) {
    LongAdder count = callsByPath.get(path);
    return count == null ? 0 : count.sum();
  }

  /** Stops listening at once; calls in flight are cut. */
  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }

  private void serve(HttpExchange exchange) throws IOException {
    try (exchange) {
      Call call = read(exchange);
      calls.increment();
      callsByPath.computeIfAbsent(call.path(), _ -> new LongAdder()).increment();
      write(exchange, answer(call));
    }
  }

  private Answer answer(Call call) {
    try {
      return behaviour.answer(this, call);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Answer.of(503, name + " is stopping");
    } catch (IOException | RuntimeException e) {
      return Answer.of(500, name + " failed: " + e);
    }
  }

  private static Call read(HttpExchange exchange) throws IOException {
    SortedMap<String, List<String>> headers = new TreeMap<>();
    exchange
        .getRequestHeaders()
        .forEach(
            (header, values) -> headers.put(header.toLowerCase(Locale.ROOT), List.copyOf(values)));
    return new Call(
        exchange.getRequestMethod(),
        exchange.getRequestURI().getPath(),
        headers,
        new String(exchange.getRequestBody().readAllBytes(), UTF_8));
  }

  private void write(HttpExchange exchange, Answer answer) throws IOException {
    byte[] body = answer.body().getBytes(UTF_8);
    exchange.getResponseHeaders().set(ANSWERED_BY, id());
    answer.headers().forEach(exchange.getResponseHeaders()::set);
    boolean withoutBody = body.length == 0 || exchange.getRequestMethod().equals("HEAD");
    exchange.sendResponseHeaders(answer.status(), withoutBody ? -1 : body.length);
    if (!withoutBody) {
      exchange.getResponseBody().write(body);
    }
  }

  private static int number(String path) {
    return Integer.parseInt(path.substring(path.lastIndexOf('/') + 1));
  }
}
