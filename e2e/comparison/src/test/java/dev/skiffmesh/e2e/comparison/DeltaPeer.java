package dev.skiffmesh.e2e.comparison;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.server.delivery.testing.TestingCall;
import dev.skiffmesh.translator.resource.ResourceKind;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.Resource;
import io.grpc.Channel;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;

/**
 * The client's side of one delta ADS stream. It does nothing by itself, and says its node in every
 * request, as stock java-control-plane needs it. For one thread.
 */
final class DeltaPeer implements AutoCloseable {

  private final TestingCall<DeltaDiscoveryRequest, DeltaDiscoveryResponse> call;
  private final Node node;
  private int barriers;

  DeltaPeer(Channel channel, Node node) {
    this.call =
        new TestingCall<>(
            channel, AggregatedDiscoveryServiceGrpc.getDeltaAggregatedResourcesMethod());
    this.node = node;
  }

  /** Writes a request as it is, but for the node. */
  DeltaPeer write(ResourceKind kind, DeltaDiscoveryRequest.Builder request) {
    call.write(request.setTypeUrl(kind.typeUrl()).setNode(node).build());
    return this;
  }

  /** Asks for names; none at first is the wildcard. */
  DeltaPeer ask(ResourceKind kind, String... names) {
    return write(
        kind, DeltaDiscoveryRequest.newBuilder().addAllResourceNamesSubscribe(List.of(names)));
  }

  void accept(DeltaDiscoveryResponse response) {
    call.write(answer(response).build());
  }

  void reject(DeltaDiscoveryResponse response) {
    call.write(answer(response).setErrorDetail(ComparedServer.ERROR).build());
  }

  private DeltaDiscoveryRequest.Builder answer(DeltaDiscoveryResponse response) {
    return DeltaDiscoveryRequest.newBuilder()
        .setNode(node)
        .setTypeUrl(response.getTypeUrl())
        .setResponseNonce(response.getNonce());
  }

  /** The next response, which must be of that type. */
  DeltaDiscoveryResponse read(ResourceKind kind) {
    DeltaDiscoveryResponse response = call.read();
    assertThat(response.getTypeUrl()).isEqualTo(kind.typeUrl());
    return response;
  }

  /**
   * What comes before the answer to a request that is written now. Both servers answer what they
   * read in order, so whatever was going to come because of the past is in it, and no time needs to
   * pass to know that nothing was.
   */
  List<DeltaDiscoveryResponse> untilBarrier() {
    String barrier = ComparedServer.barrier(barriers++);
    ask(ResourceKind.SECRET, barrier);
    List<DeltaDiscoveryResponse> before = new ArrayList<>();
    while (true) {
      DeltaDiscoveryResponse response = call.read();
      if (names(response).contains(barrier)) {
        accept(response);
        return before;
      }
      before.add(response);
    }
  }

  /** The same, where nothing else is in them that the test must reject. */
  List<DeltaDiscoveryResponse> acceptUntilBarrier() {
    List<DeltaDiscoveryResponse> before = untilBarrier();
    before.forEach(this::accept);
    return before;
  }

  /** How the server ended the stream; waits for it. */
  Status end() {
    return call.end();
  }

  /** The resources that a response brings. */
  static List<String> names(DeltaDiscoveryResponse response) {
    return response.getResourcesList().stream().map(Resource::getName).toList();
  }

  /** The resources that responses bring. */
  static List<String> names(List<DeltaDiscoveryResponse> responses) {
    return responses.stream().flatMap(response -> names(response).stream()).toList();
  }

  @Override
  public void close() {
    call.close();
  }
}
