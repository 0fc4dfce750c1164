package dev.skiffmesh.e2e.parts;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One keep-alive HTTP/1.1 connection that sends any {@code Host}, which the JDK's clients forbid.
 * Follows no redirect and tries nothing twice, except on a connection that the other side closed
 * between two calls (RFC 9112, section 9.3.1). For one thread.
 */
public final class HttpConnection implements AutoCloseable {

  private final InetSocketAddress address;
  private final Duration timeout;
  private @Nullable Socket socket;
  private InputStream in = InputStream.nullInputStream();
  private long reconnects;

  /**
   * Connects at the first call.
   *
   * @param port on loopback
   * @param timeout for connecting, and for each silence while reading
   */
  public HttpConnection(int port, Duration timeout) {
    this.address = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port);
    this.timeout = timeout;
  }

  /**
   * One answer.
   *
   * @param status for example 200
   * @param headers names in lower case, the last value of each
   * @param body as it came, in Latin 1
   */
  public record Response(int status, Map<String, String> headers, String body) {

    /** The value of a header, or an empty string. */
    public String header(String header) {
      return headers.getOrDefault(header, "");
    }
  }

  /** GETs {@code path}. */
  public Response get(String path, Map<String, String> headers) throws IOException {
    return call("GET", path, headers, "");
  }

  /**
   * Makes one call and reads the whole answer.
   *
   * @param headers {@code host} among them
   * @param body empty for none, characters of Latin 1
   * @throws IOException if the connection fails; the next call opens another
   */
  public Response call(String method, String path, Map<String, String> headers, String body)
      throws IOException {
    byte[] request = request(method, path, headers, body);
    boolean reused = socket != null;
    try {
      return exchange(request, method);
    } catch (ClosedBeforeAnswerException e) {
      close();
      if (!reused) {
        throw e;
      }
      reconnects++;
    } catch (IOException e) {
      close();
      throw e;
    }
    try {
      return exchange(request, method);
    } catch (IOException e) {
      close();
      throw e;
    }
  }

  /** How often the other side had closed the connection between two calls. */
  public long reconnects() {
    return reconnects;
  }

  @Override
  public void close() {
    Socket open = socket;
    socket = null;
    if (open != null) {
      try {
        open.close();
      } catch (IOException e) {
        // It is gone either way.
      }
    }
  }

  private Response exchange(byte[] request, String method) throws IOException {
    Socket open = socket;
    if (open == null) {
      open = connect();
    }
    String statusLine;
    try {
      open.getOutputStream().write(request);
      statusLine = line();
    } catch (SocketTimeoutException e) {
      throw e;
    } catch (IOException e) {
      throw new ClosedBeforeAnswerException(e);
    }
    String[] parts = statusLine.split(" ", 3);
    if (parts.length < 2 || !parts[0].startsWith("HTTP/1.")) {
      throw new IOException("Not an HTTP/1.1 status line: " + statusLine);
    }
    int status = Integer.parseInt(parts[1]);
    Map<String, String> headers = headers();
    String body = method.equals("HEAD") || status == 204 || status == 304 ? "" : body(headers);
    if (headers.getOrDefault("connection", "").equalsIgnoreCase("close")) {
      close();
    }
    return new Response(status, headers, body);
  }

  private Socket connect() throws IOException {
    Socket open = new Socket();
    try {
      open.setTcpNoDelay(true);
      open.connect(address, (int) timeout.toMillis());
      open.setSoTimeout((int) timeout.toMillis());
      in = new BufferedInputStream(open.getInputStream());
    } catch (IOException e) {
      open.close();
      throw e;
    }
    socket = open;
    return open;
  }

  private static byte[] request(
      String method, String path, Map<String, String> headers, String body) {
    StringBuilder head = new StringBuilder();
    head.append(method).append(' ').append(path).append(" HTTP/1.1\r\n");
    headers.forEach((name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
    if (!body.isEmpty()) {
      head.append("content-length: ").append(body.length()).append("\r\n");
    }
    return head.append("\r\n").append(body).toString().getBytes(ISO_8859_1);
  }

  private Map<String, String> headers() throws IOException {
    Map<String, String> headers = new TreeMap<>();
    for (String line = line(); !line.isEmpty(); line = line()) {
      int colon = line.indexOf(':');
      if (colon > 0) {
        headers.put(
            line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
      }
    }
    return headers;
  }

  private String body(Map<String, String> headers) throws IOException {
    if (headers.getOrDefault("transfer-encoding", "").equalsIgnoreCase("chunked")) {
      return chunks();
    }
    String length = headers.get("content-length");
    if (length == null) {
      byte[] rest = in.readAllBytes();
      close();
      return new String(rest, ISO_8859_1);
    }
    return bytes(Integer.parseInt(length));
  }

  private String chunks() throws IOException {
    StringBuilder body = new StringBuilder();
    for (int size = chunkSize(); size > 0; size = chunkSize()) {
      body.append(bytes(size));
      line();
    }
    headers();
    return body.toString();
  }

  private int chunkSize() throws IOException {
    return Integer.parseInt(line().split(";", 2)[0].strip(), 16);
  }

  private String bytes(int count) throws IOException {
    byte[] bytes = in.readNBytes(count);
    if (bytes.length < count) {
      throw new EOFException("The answer ended after " + bytes.length + " of " + count + " bytes");
    }
    return new String(bytes, ISO_8859_1);
  }

  private String line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0) {
        throw new EOFException("The connection was closed");
      }
      line.write(next);
    }
    return line.toString(ISO_8859_1).stripTrailing();
  }

  /** Nothing of an answer had come when the connection ended. */
  private static final class ClosedBeforeAnswerException extends IOException {
    private static final long serialVersionUID = 1;

    ClosedBeforeAnswerException(IOException cause) {
      super(cause.getMessage(), cause);
    }
  }
}
