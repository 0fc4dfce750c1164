package dev.skiffmesh.e2e.scenarios;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * One end of an HTTP/1 connection, byte by byte, so that nothing is hidden that a library would
 * hide. For one thread.
 */
final class RawHttp implements AutoCloseable {

  private static final int PATIENCE_MILLIS = 30_000;

  private final Socket socket;
  private final InputStream in;

  RawHttp(Socket socket) throws IOException {
    this.socket = socket;
    socket.setSoTimeout(PATIENCE_MILLIS);
    socket.setTcpNoDelay(true);
    this.in = new BufferedInputStream(socket.getInputStream());
  }

  /** Connects to a port on loopback. */
  static RawHttp to(int port) throws IOException {
    return new RawHttp(new Socket(InetAddress.ofLiteral("127.0.0.1"), port));
  }

  /** Writes these characters of Latin 1; a {@code |} stands for the end of a line. */
  void lines(String lines) throws IOException {
    write(lines.replace("|", "\r\n"));
  }

  /** Writes these characters of Latin 1. */
  void write(String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(ISO_8859_1));
    socket.getOutputStream().flush();
  }

  /**
   * The lines of a message before its body, in an order that does not depend on what has no
   * meaning: that of headers of different names (RFC 9110, section 5.3).
   *
   * @throws EOFException if the connection ends before
   */
  Head head() throws IOException {
    List<String> lines = new ArrayList<>();
    for (String line = line(); !line.isEmpty(); line = line()) {
      lines.add(line);
    }
    return new Head(lines.getFirst(), lines.subList(1, lines.size()).stream().sorted().toList());
  }

  /** So many bytes of a body. */
  String bytes(int count) throws IOException {
    byte[] bytes = in.readNBytes(count);
    if (bytes.length < count) {
      throw new EOFException("the connection ended after " + bytes.length + " of " + count);
    }
    return new String(bytes, ISO_8859_1);
  }

  /** The next chunk's data, empty for the last one, whose trailers come next. */
  String chunk() throws IOException {
    int size = Integer.parseInt(line().split(";", 2)[0].strip(), 16);
    String data = bytes(size);
    if (size > 0) {
      line();
    }
    return data;
  }

  /** A whole chunked body, then its trailers in braces. */
  String chunkedBody() throws IOException {
    StringBuilder body = new StringBuilder();
    for (String chunk = chunk(); !chunk.isEmpty(); chunk = chunk()) {
      body.append(chunk);
    }
    body.append('{');
    for (String line = line(); !line.isEmpty(); line = line()) {
      body.append(line).append(';');
    }
    return body.append('}').toString();
  }

  /** All that comes until the other side ends the connection. */
  String rest() throws IOException {
    return new String(in.readAllBytes(), ISO_8859_1);
  }

  /** Tells whether the other side has ended the connection, whichever way. */
  boolean ended() {
    try {
      return in.read() < 0;
    } catch (IOException reset) {
      return true;
    }
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0) {
        throw new EOFException("the connection ended after '" + line + "'");
      }
      line.append((char) next);
    }
    return line.toString().replaceFirst("\\r$", "");
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }

  /**
   * What comes before a body.
   *
   * @param first the request line or the status line
   * @param headers sorted lines
   */
  record Head(String first, List<String> headers) {

    /** The value of a header, whatever its case. */
    Optional<String> header(String name) {
      String prefix = name.toLowerCase(Locale.ROOT) + ":";
      return headers.stream()
          .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(prefix))
          .map(line -> line.substring(prefix.length()).strip())
          .findFirst();
    }

    /** The path of a request line. */
    String path() {
      return first.split(" ", 3)[1];
    }

    @Override
    public String toString() {
      return first + headers.stream().map(line -> "|" + line).collect(Collectors.joining());
    }
  }
}
