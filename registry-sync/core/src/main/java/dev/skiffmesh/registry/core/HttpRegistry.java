package dev.skiffmesh.registry.core;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/** A server that answers over HTTP. Its methods may be called on several threads. */
public final class HttpRegistry implements AutoCloseable {

  /** So that the client's own limit, which says more, comes first. */
  private static final Duration GRACE = Duration.ofMillis(100);

  private final URI server;
  private final SortedMap<String, String> headers;
  private final HttpClient client;

  /**
   * What a server said.
   *
   * @param status the HTTP status
   * @param headers the first value of each, by its name in lower case
   * @param body decompressed, UTF-8
   */
  public record Answer(int status, Map<String, String> headers, String body) {

    /** One header. */
    public Optional<String> header(String name) {
      return Optional.ofNullable(headers.get(name));
    }
  }

  /**
   * Connects to nobody yet; the certificates are read here.
   *
   * @param server what all paths are put behind
   * @param headers sent with each question; a login among them is never printed
   * @param tls for a server of {@code https}
   * @param connect within which a connection must stand
   * @throws IOException if the certificates cannot be used
   */
  public HttpRegistry(URI server, SortedMap<String, String> headers, PemTls tls, Duration connect)
      throws IOException {
    this.server = server;
    this.headers = headers;
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(connect);
    if ("https".equals(server.getScheme())) {
      builder.sslContext(tls.context());
    }
    this.client = builder.build();
  }

  /**
   * Asks it.
   *
   * @param path with its query
   * @param within which the whole answer must have come
   * @throws IOException with a reason for the user, if none has
   */
  public Answer get(String path, Duration within) throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(server + path))
            .timeout(within)
            .header("Accept", "application/json")
            .header("Accept-Encoding", "gzip");
    headers.forEach(request::header);
    CompletableFuture<HttpResponse<byte[]>> asked =
        client.sendAsync(request.GET().build(), HttpResponse.BodyHandlers.ofByteArray());
    try {
      // The request's own limit ends with the headers, and a server may stop within a body.
      HttpResponse<byte[]> response =
          asked.get(within.plus(GRACE).toMillis(), TimeUnit.MILLISECONDS);
      Map<String, String> first = new TreeMap<>();
      response.headers().map().forEach((name, values) -> first.put(lower(name), values.getFirst()));
      return new Answer(
          response.statusCode(), first, text(response.body(), first.get("content-encoding")));
    } catch (ExecutionException e) {
      throw new IOException(reason(within, e.getCause()), e);
    } catch (TimeoutException e) {
      throw new IOException(silent(within), e);
    } finally {
      // Nothing if it has ended; else the connection is closed.
      asked.cancel(true);
    }
  }

  private static String lower(String name) {
    return name.toLowerCase(Locale.ROOT);
  }

  private static String text(byte[] body, @Nullable String encoding) throws IOException {
    if (!"gzip".equals(encoding)) {
      return new String(body, StandardCharsets.UTF_8);
    }
    try (InputStream content = new GZIPInputStream(new ByteArrayInputStream(body))) {
      return new String(content.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private String reason(Duration within, Throwable cause) {
    return switch (cause) {
      case HttpConnectTimeoutException _ -> server + " cannot be reached";
      case HttpTimeoutException _ -> silent(within);
      case ConnectException _ -> server + " cannot be reached";
      default -> {
        Throwable root = cause;
        while (root.getCause() != null) {
          root = root.getCause();
        }
        yield server
            + " cannot be read: "
            + (root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage());
      }
    };
  }

  private String silent(Duration within) {
    return server + " has not answered for " + within.toMillis() + " ms";
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
