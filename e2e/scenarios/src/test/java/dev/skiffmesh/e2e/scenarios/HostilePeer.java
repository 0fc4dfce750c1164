package dev.skiffmesh.e2e.scenarios;

import com.google.protobuf.ListValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.skiffmesh.server.delivery.testing.TestingCall;
import dev.skiffmesh.translator.resource.ResourceKind;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * A client of the xDS port that means no good, or is broken: each does one thing too much. What it
 * opens stays open until it is closed. Reaches loopback only.
 */
final class HostilePeer implements AutoCloseable {

  /** What is too much. */
  enum Way {
    TEXTS,
    IDENTITY,
    NAMES,
    SILENCE,
    SLOWNESS,
    UNKNOWN_TYPES,
    NO_MESSAGES,
    LARGE_MESSAGE,
    SHORT_STREAMS,
    STREAMS_BEYOND_THE_LIMIT,
    RESETS
  }

  private static final MethodDescriptor<DeltaDiscoveryRequest, DeltaDiscoveryResponse> ADS =
      AggregatedDiscoveryServiceGrpc.getDeltaAggregatedResourcesMethod();

  private static final String NASTY = "a\"b\\c\nd{e}\u001b[31m\r\u202e\u0000";

  private final Way way;
  private final int port;
  private final Random random;
  private final ManagedChannel channel;
  private final List<AutoCloseable> open = new ArrayList<>();

  HostilePeer(Way way, int port, long seed) {
    this.way = way;
    this.port = port;
    this.random = new Random(seed);
    this.channel =
        Grpc.newChannelBuilder("127.0.0.1:" + port, InsecureChannelCredentials.create()).build();
  }

  /** Does its worst and returns when it is done. */
  void act() {
    switch (way) {
      case TEXTS -> texts();
      case IDENTITY -> identity();
      case NAMES -> names();
      case SILENCE -> {
        for (int i = 0; i < 30; i++) {
          call();
        }
      }
      case SLOWNESS -> slowness();
      case UNKNOWN_TYPES -> unknownTypes();
      case NO_MESSAGES -> noMessages();
      case LARGE_MESSAGE -> largeMessage();
      case SHORT_STREAMS -> shortStreams();
      case STREAMS_BEYOND_THE_LIMIT -> frames(false);
      case RESETS -> frames(true);
    }
  }

  /** Rejects whatever it is sent, at length, on one stream after the other. */
  private void texts() {
    String text = NASTY.repeat(20_000 + random.nextInt(50_000));
    for (int stream = 0; stream < 3; stream++) {
      TestingCall<DeltaDiscoveryRequest, DeltaDiscoveryResponse> call = call();
      call.write(request(node()).build());
      for (int i = 0; i < 3; i++) {
        DeltaDiscoveryResponse response = call.read();
        DeltaDiscoveryRequest.Builder nack =
            DeltaDiscoveryRequest.newBuilder()
                .setTypeUrl(response.getTypeUrl())
                .setResponseNonce(response.getNonce());
        nack.getErrorDetailBuilder().setCode(3).setMessage(text);
        call.write(nack.build());
        if (response.getResourcesCount() <= 1) {
          break;
        }
      }
      call.close();
    }
  }

  private void identity() {
    for (Node node : List.of(loud(), named("x".repeat(100_000)), named(NASTY))) {
      call().write(request(node).build());
    }
  }

  private Node loud() {
    Struct.Builder labels = Struct.newBuilder();
    ListValue.Builder ports = ListValue.newBuilder();
    for (int i = 0; i < 2_000; i++) {
      labels.putFields(NASTY + i, text(NASTY.repeat(20)));
      ports.addValues(
          Value.newBuilder().setStructValue(Struct.newBuilder().putFields("inbound", text("9"))));
    }
    return named("loud" + random.nextInt()).toBuilder()
        .setMetadata(
            Struct.newBuilder()
                .putFields(
                    "skiff",
                    Value.newBuilder()
                        .setStructValue(
                            Struct.newBuilder()
                                .putFields(
                                    "labels", Value.newBuilder().setStructValue(labels).build())
                                .putFields("ports", Value.newBuilder().setListValue(ports).build()))
                        .build()))
        .build();
  }

  private void names() {
    TestingCall<DeltaDiscoveryRequest, DeltaDiscoveryResponse> call = call();
    for (ResourceKind kind :
        List.of(ResourceKind.ENDPOINT, ResourceKind.VIRTUAL_HOST, ResourceKind.ROUTE)) {
      DeltaDiscoveryRequest.Builder request = request(node()).setTypeUrl(kind.typeUrl());
      for (int i = 0; i < 1_000; i++) {
        request.addResourceNamesSubscribe("rc/" + random.nextLong() + NASTY);
      }
      request.addResourceNamesSubscribe("").addResourceNamesSubscribe("x".repeat(50_000));
      call.write(request.build());
    }
  }

  /** Asks for everything and reads nothing. */
  private void slowness() {
    var call = channel.newCall(ADS, io.grpc.CallOptions.DEFAULT);
    call.start(new io.grpc.ClientCall.Listener<>() {}, new io.grpc.Metadata());
    for (ResourceKind kind : ResourceKind.ALL) {
      call.sendMessage(
          request(node()).setTypeUrl(kind.typeUrl()).addResourceNamesSubscribe("*").build());
    }
    open.add(() -> call.cancel("the test is over", null));
  }

  private void unknownTypes() {
    TestingCall<DeltaDiscoveryRequest, DeltaDiscoveryResponse> call = call();
    for (int i = 0; i < 2_000; i++) {
      call.write(request(node()).setTypeUrl(NASTY + i).setResponseNonce(NASTY.repeat(10)).build());
    }
  }

  private void noMessages() {
    for (int i = 0; i < 10; i++) {
      byte[] bytes = new byte[1 + random.nextInt(300)];
      random.nextBytes(bytes);
      bytes[0] = (byte) 0xff;
      var call = new TestingCall<>(channel, ADS.toBuilder(new Raw(), new Raw()).build());
      call.write(bytes);
      open.add(call);
    }
  }

  private void largeMessage() {
    call().write(request(node()).addResourceNamesSubscribe("x".repeat(5 << 20)).build());
  }

  private void shortStreams() {
    for (int i = 0; i < 100; i++) {
      TestingCall<DeltaDiscoveryRequest, DeltaDiscoveryResponse> call = call();
      call.write(request(node()).build());
      call.close();
    }
  }

  /** HTTP/2 by hand: 300 streams on one connection, whatever the server allows. */
  private void frames(boolean reset) {
    try (Socket socket = new Socket(InetAddress.ofLiteral("127.0.0.1"), port)) {
      OutputStream out = socket.getOutputStream();
      out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      frame(out, 4, 0, 0, new byte[0]);
      byte[] headers = headers();
      for (int stream = 1; stream < 600; stream += 2) {
        frame(out, 1, 4, stream, headers);
        if (reset) {
          frame(out, 3, 0, stream, new byte[] {0, 0, 0, 8});
        }
      }
      out.flush();
    } catch (IOException cut) {
      // The server has ended the connection, as it should.
    }
  }

  private static byte[] headers() throws IOException {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    // Of HPACK's static table: `:method` POST and `:scheme` http; then literals.
    block.write(0x83);
    block.write(0x86);
    literal(block, 0x04, "/" + ADS.getFullMethodName());
    literal(block, 0x01, "skiff");
    block.write(0x0f);
    literal(block, 0x10, "application/grpc");
    block.write(0x00);
    literal(block, 2, "te", "trailers");
    return block.toByteArray();
  }

  private static void literal(ByteArrayOutputStream block, int first, String... words)
      throws IOException {
    if (words.length == 1) {
      block.write(first);
    }
    for (String word : words) {
      block.write(word.length());
      block.write(word.getBytes(StandardCharsets.US_ASCII));
    }
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

  private TestingCall<DeltaDiscoveryRequest, DeltaDiscoveryResponse> call() {
    var call = new TestingCall<>(channel, ADS);
    open.add(call);
    return call;
  }

  private DeltaDiscoveryRequest.Builder request(Node node) {
    return DeltaDiscoveryRequest.newBuilder()
        .setNode(node)
        .setTypeUrl(ResourceKind.CLUSTER.typeUrl());
  }

  private Node node() {
    return named(NASTY + random.nextInt());
  }

  private Node named(String id) {
    Node.Builder node = Node.newBuilder().setId(id);
    if (random.nextBoolean()) {
      node.setUserAgentName("envoy");
      node.getUserAgentBuildVersionBuilder()
          .getVersionBuilder()
          .setMajorNumber(1)
          .setMinorNumber(40);
    }
    return node.build();
  }

  private static Value text(String text) {
    return Value.newBuilder().setStringValue(text).build();
  }

  @Override
  public void close() {
    for (AutoCloseable each : open) {
      try {
        each.close();
      } catch (Exception e) {
        throw new IllegalStateException("a call can always be cancelled", e);
      }
    }
    channel.shutdownNow();
    try {
      channel.awaitTermination(5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Bytes as they are. */
  private static final class Raw implements MethodDescriptor.Marshaller<byte[]> {
    @Override
    public InputStream stream(byte[] value) {
      return new ByteArrayInputStream(value);
    }

    @Override
    public byte[] parse(InputStream stream) {
      try {
        return stream.readAllBytes();
      } catch (IOException e) {
        throw new UncheckedIOException("bytes in memory can be read", e);
      }
    }
  }
}
