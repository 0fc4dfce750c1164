package dev.skiffmesh.e2e.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Where a load generator makes changes, by HTTP on loopback: {@code POST /change?k=7&ip=10.0.0.1},
 * {@code POST /service?n=3&ip=10.0.0.1}, {@code POST /rate?per-second=100&seconds=60&k=7&ip=...},
 * {@code POST /gc}. An answer means that the registry has told the change, not that a proxy has it.
 */
final class ChangePort implements AutoCloseable {

  private final SyntheticRegistry registry;
  private final HttpServer server;

  private ChangePort(SyntheticRegistry registry, HttpServer server) {
    this.registry = registry;
    this.server = server;
  }

  /**
   * Listens on loopback.
   *
   * @throws IOException if the port is taken
   */
  static ChangePort start(int port, SyntheticRegistry registry) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    ChangePort changes = new ChangePort(registry, server);
    server.createContext("/change", exchange -> answer(exchange, changes::change));
    server.createContext("/service", exchange -> answer(exchange, changes::service));
    server.createContext("/rate", exchange -> answer(exchange, changes::rate));
    server.createContext("/gc", exchange -> answer(exchange, _ -> heap()));
    server.start();
    return changes;
  }

  @Override
  public void close() {
    server.stop(0);
  }

  @FunctionalInterface
  private interface Change {
    String make(Map<String, String> parameters);
  }

  private String change(Map<String, String> parameters) {
    registry.change(number(parameters, "k"), text(parameters, "ip"));
    return "";
  }

  private String service(Map<String, String> parameters) {
    registry.add(number(parameters, "n"), text(parameters, "ip"));
    return "";
  }

  /** Changes one service after the other at an even pace, and {@code k} as the very last. */
  private String rate(Map<String, String> parameters) {
    int perSecond = number(parameters, "per-second");
    long changes = (long) perSecond * number(parameters, "seconds");
    long begin = System.nanoTime();
    for (long i = 1; i < changes; i++) {
      registry.change(
          (int) (i % registry.services()), "10.9." + i / 250 % 250 + "." + (i % 250 + 1));
      long due = begin + i * TimeUnit.SECONDS.toNanos(1) / perSecond;
      for (long now = System.nanoTime(); now - due < 0; now = System.nanoTime()) {
        LockSupport.parkNanos(due - now);
      }
    }
    return change(parameters);
  }

  /** What is used after a collection, in bytes. */
  private static String heap() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return Long.toString(runtime.totalMemory() - runtime.freeMemory());
  }

  private static void answer(HttpExchange exchange, Change change) throws IOException {
    int status = 200;
    String said;
    try {
      said = change.make(parameters(exchange.getRequestURI().getQuery()));
    } catch (IllegalArgumentException e) {
      status = 400;
      said = String.valueOf(e.getMessage());
    }
    byte[] body = (said + "\n").getBytes(UTF_8);
    try (exchange) {
      exchange.sendResponseHeaders(status, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  private static Map<String, String> parameters(String query) {
    Map<String, String> parameters = new HashMap<>();
    if (query != null) {
      for (String pair : query.split("&", -1)) {
        int equals = pair.indexOf('=');
        if (equals > 0) {
          parameters.put(pair.substring(0, equals), pair.substring(equals + 1));
        }
      }
    }
    return parameters;
  }

  private static String text(Map<String, String> parameters, String key) {
    String value = parameters.get(key);
    if (value == null) {
      throw new IllegalArgumentException("`" + key + "` must be given, found nothing");
    }
    return value;
  }

  private static int number(Map<String, String> parameters, String key) {
    String value = text(parameters, key);
    if (!value.matches("[0-9]{1,9}")) {
      throw new IllegalArgumentException(
          "`" + key + "` must be a whole number, found '" + value + "'");
    }
    return Integer.parseInt(value);
  }
}
