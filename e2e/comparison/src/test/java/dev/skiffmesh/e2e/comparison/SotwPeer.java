package dev.skiffmesh.e2e.comparison;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import dev.skiffmesh.server.delivery.testing.TestingCall;
import dev.skiffmesh.translator.resource.ResourceKind;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret;
import io.envoyproxy.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import io.grpc.Channel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The client's side of one state-of-the-world ADS stream. It does nothing by itself, but remembers
 * what it said of each type, since every request must repeat it. For one thread.
 */
final class SotwPeer implements AutoCloseable {

  private final TestingCall<DiscoveryRequest, DiscoveryResponse> call;
  private final Map<String, DiscoveryRequest> said = new HashMap<>();
  private Node node;
  private int barriers;

  SotwPeer(Channel channel, Node node) {
    this.call =
        new TestingCall<>(
            channel, AggregatedDiscoveryServiceGrpc.getStreamAggregatedResourcesMethod());
    this.node = node;
  }

  /** From now on says who it is, or no longer does, with the empty node. */
  void says(Node now) {
    node = now;
  }

  /** Asks for these names and no others. */
  SotwPeer ask(ResourceKind kind, String... names) {
    write(
        last(kind.typeUrl()).toBuilder().clearResourceNames().addAllResourceNames(List.of(names)));
    return this;
  }

  void accept(DiscoveryResponse response) {
    write(
        last(response.getTypeUrl()).toBuilder()
            .setVersionInfo(response.getVersionInfo())
            .setResponseNonce(response.getNonce()));
  }

  /** The version stays that which was accepted before. */
  void reject(DiscoveryResponse response) {
    write(
        last(response.getTypeUrl()).toBuilder()
            .setResponseNonce(response.getNonce())
            .setErrorDetail(ComparedServer.ERROR));
  }

  private DiscoveryRequest last(String typeUrl) {
    return said.getOrDefault(typeUrl, DiscoveryRequest.newBuilder().setTypeUrl(typeUrl).build());
  }

  private void write(DiscoveryRequest.Builder request) {
    call.write(request.setNode(node).build());
    said.put(request.getTypeUrl(), request.clearErrorDetail().build());
  }

  /** The next response, which must be of that type. */
  DiscoveryResponse read(ResourceKind kind) {
    DiscoveryResponse response = call.read();
    assertThat(response.getTypeUrl()).isEqualTo(kind.typeUrl());
    return response;
  }

  /** What comes before the answer to a request that is written now: see {@link DeltaPeer}. */
  List<DiscoveryResponse> untilBarrier() {
    String barrier = ComparedServer.barrier(barriers++);
    ask(ResourceKind.SECRET, barrier);
    List<DiscoveryResponse> before = new ArrayList<>();
    while (true) {
      DiscoveryResponse response = call.read();
      if (response.getTypeUrl().equals(ResourceKind.SECRET.typeUrl())
          && unpack(List.of(response), Secret.class).stream()
              .anyMatch(secret -> secret.getName().equals(barrier))) {
        accept(response);
        return before;
      }
      before.add(response);
    }
  }

  /** The same, where nothing else is in them that the test must reject. */
  List<DiscoveryResponse> acceptUntilBarrier() {
    List<DiscoveryResponse> before = untilBarrier();
    before.forEach(this::accept);
    return before;
  }

  /** The content of responses, in the order in which it came. */
  static <T extends Message> List<T> unpack(List<DiscoveryResponse> responses, Class<T> type) {
    List<T> messages = new ArrayList<>();
    for (DiscoveryResponse response : responses) {
      for (Any any : response.getResourcesList()) {
        try {
          messages.add(any.unpack(type));
        } catch (InvalidProtocolBufferException e) {
          throw new AssertionError("the control plane sent what does not parse", e);
        }
      }
    }
    return messages;
  }

  @Override
  public void close() {
    call.close();
  }
}
