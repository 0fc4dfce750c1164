package dev.skiffmesh.e2e.comparison;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.rpc.Status;
import dev.skiffmesh.server.delivery.testing.TestingSnapshot;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import java.util.Collection;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A server under comparison with two services and a connection to it, anew for each check. */
abstract class ComparedServer {

  /** The node cluster of all clients; a server may serve its members alike. */
  static final String GROUP = "trading";

  /** How a client rejects; Envoy's code is always 13, whatever is wrong. */
  static final Status ERROR =
      Status.newBuilder().setCode(13).setMessage("rejected by the test").build();

  /** How often a client rejects before a check gives up on a server that repeats itself. */
  static final int REJECTIONS = 1_000;

  /** Two services, and a secret for each barrier that a test may need. */
  static final TestingSnapshot WORLD =
      IntStream.range(0, REJECTIONS + 10)
          .mapToObj(number -> TestingSnapshot.secret(barrier(number), 1))
          .reduce(
              TestingSnapshot.EMPTY.withService("A", 1).withService("B", 1),
              TestingSnapshot::with,
              (one, other) -> one);

  DiscoveryServer server;
  private ManagedChannel channel;

  /** Starts the server under test. */
  abstract DiscoveryServer start();

  /** The name of a resource that is asked for to know that the past is over. */
  static String barrier(int number) {
    return "barrier-" + number;
  }

  @BeforeEach
  void open() {
    server = start();
    server.publish(WORLD);
    channel = NettyChannelBuilder.forAddress("127.0.0.1", server.port()).usePlaintext().build();
  }

  @AfterEach
  void close() {
    channel.shutdownNow();
    server.close();
  }

  /** The words before the colon and what was found are the evidence of a row. */
  static <T> void see(String what, Collection<T> found, List<T> expected) {
    assertThat(found)
        .withFailMessage("%s: %s", what, found)
        .containsExactlyInAnyOrderElementsOf(expected);
  }

  DeltaPeer delta(String id) {
    return new DeltaPeer(channel, node(id));
  }

  SotwPeer sotw(String id) {
    return new SotwPeer(channel, node(id));
  }

  static Node node(String id) {
    return Node.newBuilder().setId(id).setCluster(GROUP).setUserAgentName("envoy").build();
  }
}
