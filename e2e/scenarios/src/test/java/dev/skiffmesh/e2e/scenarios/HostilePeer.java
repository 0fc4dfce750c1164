package dev.skiffmesh.e2e.scenarios;

import com.google.protobuf.ListValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.skiffmesh.server.delivery.testing.TestingCall;
import dev.skiffmesh.translator.resource.ResourceKind;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterStats;
import io.envoyproxy.envoy.config.endpoint.v3.UpstreamLocalityStats;
import io.envoyproxy.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.envoyproxy.envoy.service.load_stats.v3.LoadReportingServiceGrpc;
import io.envoyproxy.envoy.service.load_stats.v3.LoadStatsRequest;
import io.envoyproxy.envoy.service.status.v3.ClientStatusDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.status.v3.ClientStatusRequest;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
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
    RESETS,
    CONTROL_FRAMES,
    ENDLESS_HEADERS,
    BROKEN_FRAMES,
    HALF_A_MESSAGE,
    NO_HTTP2,
    MUTATED_BYTES,
    WRONG_TYPES,
    ACKNOWLEDGEMENTS,
    VERSIONS,
    STATE_OF_THE_WORLD,
    LOAD_REPORTS,
    CLIENT_STATUS
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
      case STREAMS_BEYOND_THE_LIMIT -> new HostileFrames(port, random).streams(300, false);
      case RESETS -> new HostileFrames(port, random).streams(300, true);
      case CONTROL_FRAMES -> new HostileFrames(port, random).control(random.nextInt(50_000));
      case ENDLESS_HEADERS -> new HostileFrames(port, random).endlessHeaders(50_000);
      case BROKEN_FRAMES -> new HostileFrames(port, random).broken(1 + random.nextInt(100));
      case HALF_A_MESSAGE -> sockets(true);
      case NO_HTTP2 -> sockets(false);
      case MUTATED_BYTES -> mutatedBytes();
      case WRONG_TYPES -> wrongTypes();
      case ACKNOWLEDGEMENTS -> acknowledgements();
      case VERSIONS -> versions();
      case STATE_OF_THE_WORLD -> stateOfTheWorld();
      case LOAD_REPORTS -> loadReports();
      case CLIENT_STATUS -> clientStatus();
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
      raw(bytes);
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

  /** A good request of which some bits are others, or whose end is missing. */
  private void mutatedBytes() {
    byte[] good = request(loud()).addResourceNamesSubscribe("a").build().toByteArray();
    for (int i = 0; i < 20; i++) {
      byte[] bytes =
          Arrays.copyOf(good, random.nextBoolean() ? good.length : random.nextInt(good.length));
      for (int bit = 0; bit <= random.nextInt(10) && bytes.length > 0; bit++) {
        bytes[random.nextInt(Math.min(bytes.length, 300))] ^= (byte) (1 << random.nextInt(8));
      }
      raw(bytes);
    }
  }

  /** What Skiff's bootstrap writes as text or number is something else. */
  private void wrongTypes() {
    List<Value> odd =
        List.of(
            text("-1"),
            text(NASTY),
            Value.newBuilder().setNumberValue(Double.NaN).build(),
            Value.newBuilder().setNumberValue(1e300).build(),
            Value.newBuilder().setBoolValue(true).build(),
            Value.newBuilder().setListValue(ListValue.newBuilder().addValues(text("a"))).build(),
            Value.newBuilder()
                .setStructValue(Struct.newBuilder().putFields("a", text("b")))
                .build(),
            Value.getDefaultInstance());
    for (int i = 0; i < 20; i++) {
      Struct.Builder skiff = Struct.newBuilder();
      for (String field :
          List.of("v", "service", "namespace", "labels", "ports", "egress", "scope")) {
        skiff.putFields(field, odd.get(random.nextInt(odd.size())));
      }
      Struct.Builder metadata = Struct.newBuilder();
      metadata.putFields(
          "skiff",
          random.nextInt(4) == 0
              ? odd.get(random.nextInt(odd.size()))
              : Value.newBuilder().setStructValue(skiff).build());
      call().write(request(node().toBuilder().setMetadata(metadata).build()).build());
    }
  }

  /** Answers what was never said, without end. */
  private void acknowledgements() {
    TestingCall<DeltaDiscoveryRequest, DeltaDiscoveryResponse> call = call();
    call.write(request(node()).addResourceNamesSubscribe("*").build());
    for (int i = 0; i < 1_000 + random.nextInt(10_000); i++) {
      DeltaDiscoveryRequest.Builder answer =
          DeltaDiscoveryRequest.newBuilder()
              .setTypeUrl(ResourceKind.ALL.get(random.nextInt(ResourceKind.ALL.size())).typeUrl())
              .setResponseNonce(Integer.toString(i % 50));
      if (random.nextBoolean()) {
        answer.getErrorDetailBuilder().setCode(3).setMessage(NASTY);
      }
      call.write(answer.build());
    }
  }

  /** Claims to have far more than there is. */
  private void versions() {
    for (ResourceKind kind : List.of(ResourceKind.CLUSTER, ResourceKind.ENDPOINT)) {
      DeltaDiscoveryRequest.Builder request = request(node()).setTypeUrl(kind.typeUrl());
      for (int i = 0; i < random.nextInt(30_000); i++) {
        request.putInitialResourceVersions("rc/" + i + NASTY, NASTY);
      }
      call().write(request.addResourceNamesSubscribe("*").build());
    }
  }

  private void stateOfTheWorld() {
    for (int stream = 0; stream < 3; stream++) {
      var call =
          new TestingCall<>(
              channel, AggregatedDiscoveryServiceGrpc.getStreamAggregatedResourcesMethod());
      open.add(call);
      for (int i = 0; i < 1 + random.nextInt(500); i++) {
        DiscoveryRequest.Builder request =
            DiscoveryRequest.newBuilder()
                .setNode(node())
                .setTypeUrl(ResourceKind.ALL.get(random.nextInt(ResourceKind.ALL.size())).typeUrl())
                .setVersionInfo(NASTY.repeat(random.nextInt(50)))
                .setResponseNonce(NASTY);
        for (int name = 0; name < random.nextInt(200); name++) {
          request.addResourceNames(NASTY + name);
        }
        call.write(request.build());
      }
    }
  }

  private void loadReports() {
    var call = new TestingCall<>(channel, LoadReportingServiceGrpc.getStreamLoadStatsMethod());
    open.add(call);
    LoadStatsRequest.Builder request = LoadStatsRequest.newBuilder().setNode(node());
    for (int i = 0; i < 1_000 + random.nextInt(3_000); i++) {
      request.addClusterStats(
          ClusterStats.newBuilder()
              .setClusterName(random.nextBoolean() ? "order.trading|http" : NASTY + i)
              .addUpstreamLocalityStats(
                  UpstreamLocalityStats.newBuilder()
                      .setTotalIssuedRequests(random.nextLong())
                      .setTotalSuccessfulRequests(random.nextLong())));
    }
    LoadStatsRequest report = request.build();
    for (int i = 0; i < 5; i++) {
      call.write(report);
    }
  }

  private void clientStatus() {
    var call =
        new TestingCall<>(channel, ClientStatusDiscoveryServiceGrpc.getStreamClientStatusMethod());
    open.add(call);
    for (int i = 0; i < 50 + random.nextInt(200); i++) {
      call.write(ClientStatusRequest.getDefaultInstance());
    }
  }

  private void sockets(boolean http2) {
    HostileFrames frames = new HostileFrames(port, random);
    for (int i = 0; i < 30; i++) {
      try {
        open.add(http2 ? frames.halfAMessage() : frames.noHttp2());
      } catch (IOException cut) {
        // The server does not let it in, as it may.
      }
    }
  }

  private void raw(byte[] bytes) {
    var call = new TestingCall<>(channel, ADS.toBuilder(new Raw(), new Raw()).build());
    call.write(bytes);
    open.add(call);
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
  public String toString() {
    return way.toString();
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
