package dev.skiffmesh.e2e.demo;

import dev.skiffmesh.e2e.parts.HttpConnection;
import dev.skiffmesh.e2e.parts.HttpService.Call;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/** How an application calls another: through its own proxy's egress port, by Host header. */
final class Downstream implements AutoCloseable {

  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  private final int egressPort;
  private final Queue<HttpConnection> idle = new ConcurrentLinkedQueue<>();

  Downstream(int egressPort) {
    this.egressPort = egressPort;
  }

  /** Calls {@code host} and passes on those headers of {@code cause} that say who asks. */
  HttpConnection.Response get(String host, Call cause) throws IOException {
    Map<String, String> headers = new TreeMap<>();
    cause.headers().forEach((name, values) -> pass(name, values.getFirst(), headers));
    headers.put("host", host);
    HttpConnection taken = idle.poll();
    HttpConnection connection = taken == null ? new HttpConnection(egressPort, TIMEOUT) : taken;
    try {
      HttpConnection.Response response = connection.get("/", headers);
      idle.add(connection);
      return response;
    } catch (IOException e) {
      connection.close();
      throw e;
    }
  }

  @Override
  public void close() {
    for (HttpConnection connection = idle.poll(); connection != null; connection = idle.poll()) {
      connection.close();
    }
  }

  private static void pass(String name, String value, Map<String, String> headers) {
    if (name.startsWith("x-user-") || name.equals("baggage")) {
      headers.put(name, value);
    }
  }
}
