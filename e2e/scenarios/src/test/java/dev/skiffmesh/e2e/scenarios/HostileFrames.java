package dev.skiffmesh.e2e.scenarios;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Random;

/** HTTP/2 by hand, for what no library lets its user do. Reaches loopback only. */
final class HostileFrames {

  private static final String METHOD =
      "/envoy.service.discovery.v3.AggregatedDiscoveryService/DeltaAggregatedResources";

  private static final int DATA = 0;
  private static final int HEADERS = 1;
  private static final int RESET = 3;
  private static final int SETTINGS = 4;
  private static final int PING = 6;
  private static final int WINDOW_UPDATE = 8;
  private static final int CONTINUATION = 9;
  private static final int END_OF_HEADERS = 4;

  private final int port;
  private final Random random;

  HostileFrames(int port, Random random) {
    this.port = port;
    this.random = random;
  }

  /** What is done on a connection, which the server may cut at any moment. */
  private interface Talk {
    void on(OutputStream out) throws IOException;
  }

  /** So many streams on one connection, whatever the server allows. */
  void streams(int count, boolean reset) {
    byte[] headers = headers();
    talk(
        out -> {
          for (int stream = 1; stream < 2 * count; stream += 2) {
            frame(out, HEADERS, END_OF_HEADERS, stream, headers);
            if (reset) {
              frame(out, RESET, 0, stream, new byte[] {0, 0, 0, 8});
            }
          }
        });
  }

  /** So many frames that each want an answer, or that mean nothing. */
  void control(int count) {
    byte[] headers = headers();
    talk(
        out -> {
          frame(out, HEADERS, END_OF_HEADERS, 1, headers);
          for (int i = 0; i < count; i++) {
            switch (random.nextInt(4)) {
              case 0 -> frame(out, PING, 0, 0, new byte[8]);
              case 1 -> frame(out, SETTINGS, 0, 0, new byte[] {0, 4, 0, 0, 0, (byte) i});
              case 2 -> frame(out, WINDOW_UPDATE, 0, 1, new byte[] {0, 0, 0, 1});
              default -> frame(out, DATA, 0, 1, new byte[0]);
            }
          }
        });
  }

  /** A block of headers that does not end. */
  void endlessHeaders(int count) {
    byte[] headers = headers();
    talk(
        out -> {
          frame(out, HEADERS, 0, 1, headers);
          for (int i = 0; i < count; i++) {
            ByteArrayOutputStream block = new ByteArrayOutputStream();
            block.write(0);
            word(block, "x-" + i);
            word(block, "y".repeat(100));
            frame(out, CONTINUATION, 0, 1, block.toByteArray());
          }
        });
  }

  /** Frames of any type, flag, stream and length, or of a length that lies. */
  void broken(int count) {
    talk(
        out -> {
          for (int i = 0; i < count; i++) {
            byte[] payload = new byte[random.nextInt(200)];
            random.nextBytes(payload);
            frame(out, random.nextInt(12), random.nextInt(256), random.nextInt(9), payload);
          }
          out.write(new byte[] {(byte) 0xff, (byte) 0xff, (byte) 0xff, DATA, 0, 0, 0, 0, 1, 7});
        });
  }

  /** The beginning of a gRPC message, whose rest never comes; the connection stays open. */
  Socket halfAMessage() throws IOException {
    Socket socket = connect();
    OutputStream out = socket.getOutputStream();
    preface(out);
    frame(out, HEADERS, END_OF_HEADERS, 1, headers());
    frame(out, DATA, 0, 1, new byte[] {0, 0, 0x0f, 0, 0, 1, 2, 3});
    out.flush();
    return socket;
  }

  /** Something that is no HTTP/2, or nothing at all; the connection stays open. */
  Socket noHttp2() throws IOException {
    Socket socket = connect();
    OutputStream out = socket.getOutputStream();
    switch (random.nextInt(3)) {
      case 0 -> out.write("GET / HTTP/1.1\r\nHost: skiff\r\n\r\n".getBytes(US_ASCII));
      case 1 -> {
        byte[] noise = new byte[1 + random.nextInt(2_000)];
        random.nextBytes(noise);
        out.write(noise);
      }
      default -> {
        // A connection that says nothing.
      }
    }
    out.flush();
    return socket;
  }

  private Socket connect() throws IOException {
    return new Socket(InetAddress.ofLiteral("127.0.0.1"), port);
  }

  private void talk(Talk talk) {
    try (Socket socket = connect()) {
      OutputStream out = socket.getOutputStream();
      preface(out);
      talk.on(out);
      out.flush();
    } catch (IOException cut) {
      // The server has ended the connection, as it should.
    }
  }

  private static void preface(OutputStream out) throws IOException {
    out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(US_ASCII));
    frame(out, SETTINGS, 0, 0, new byte[0]);
  }

  private static byte[] headers() {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    // Of HPACK's static table: `:method` POST and `:scheme` http; then literals.
    block.write(0x83);
    block.write(0x86);
    block.write(0x04);
    word(block, METHOD);
    block.write(0x01);
    word(block, "skiff");
    block.write(0x0f);
    block.write(0x10);
    word(block, "application/grpc");
    block.write(0x00);
    word(block, "te");
    word(block, "trailers");
    return block.toByteArray();
  }

  private static void word(ByteArrayOutputStream block, String word) {
    block.write(word.length());
    block.writeBytes(word.getBytes(US_ASCII));
  }

  private static void frame(OutputStream out, int type, int flags, int stream, byte[] payload)
      throws IOException {
    int length = payload.length;
    out.write(new byte[] {(byte) (length >> 16), (byte) (length >> 8), (byte) length});
    out.write(new byte[] {(byte) type, (byte) flags});
    out.write(
        new byte[] {
          (byte) (stream >> 24), (byte) (stream >> 16), (byte) (stream >> 8), (byte) stream
        });
    out.write(payload);
  }
}
