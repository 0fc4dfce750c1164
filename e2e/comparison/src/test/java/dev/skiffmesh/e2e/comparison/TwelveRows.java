package dev.skiffmesh.e2e.comparison;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.server.delivery.testing.TestingSnapshot;
import dev.skiffmesh.translator.resource.ResourceKind;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Twelve things that a control plane must do right, over real gRPC on loopback; each was seen to go
 * wrong in a control plane that is in use. No check looks at a clock: that nothing comes is known
 * from the answer to a later request.
 */
abstract class TwelveRows extends ComparedServer {

  private static final int OBSERVERS = 20;

  /** Runs the check and says whether it came out as expected of this server. */
  abstract void judge(Row row, Runnable check);

  @Test
  void row01RejectedSotwClusters() {
    judge(Row.REJECTED_SOTW_CLUSTERS, this::rejectSotwClusters);
  }

  @Test
  void row02RejectedDeltaEndpoints() {
    judge(Row.REJECTED_DELTA_ENDPOINTS, this::rejectDeltaEndpoints);
  }

  @Test
  void row03RejectedTogether() {
    judge(Row.REJECTED_TOGETHER, this::rejectTogether);
  }

  @Test
  void row04UnknownNonce() {
    judge(Row.UNKNOWN_NONCE, this::sayUnknownNonce);
  }

  @Test
  void row05Reconnect() {
    judge(Row.RECONNECT, this::reconnect);
  }

  @Test
  void row06MissingForAWhile() {
    judge(Row.MISSING_FOR_A_WHILE, this::missForAWhile);
  }

  @Test
  void row07RuntimeOnAds() {
    judge(Row.RUNTIME_ON_ADS, this::askForRuntime);
  }

  @Test
  void row08NoMoreRoutes() {
    judge(Row.NO_MORE_ROUTES, this::askForNoMoreRoutes);
  }

  @Test
  void row09OneCluster() {
    judge(Row.ONE_CLUSTER, this::askForOneCluster);
  }

  @Test
  void row10NoSuchName() {
    judge(Row.NO_SUCH_NAME, this::askForNobody);
  }

  @Test
  void row11NodeOnce() {
    judge(Row.NODE_ONCE, this::sayNodeOnce);
  }

  @Test
  void row12OneOfTwentyThrows() {
    judge(Row.ONE_OF_TWENTY_THROWS, this::breakOneOfTwenty);
  }

  private void rejectSotwClusters() {
    server.publish(WORLD.withoutService("B"));
    try (SotwPeer peer = sotw("p")) {
      peer.ask(ResourceKind.CLUSTER);
      DiscoveryResponse newest = peer.read(ResourceKind.CLUSTER);
      int came = 1;
      for (int i = 0; i < REJECTIONS; i++) {
        peer.reject(newest);
        List<DiscoveryResponse> again = peer.untilBarrier();
        came += again.size();
        newest = again.isEmpty() ? newest : again.getLast();
      }
      see("times that the same clusters came", List.of(came), List.of(1));
      server.publish(WORLD.withoutService("B").withService("A", 2));
      List<DiscoveryResponse> news = peer.untilBarrier();
      assertThat(SotwPeer.unpack(news, Cluster.class)).as("the new content").hasSize(1);
      peer.reject(news.getLast());
      assertThat(peer.untilBarrier()).as("the new content once more").isEmpty();
    }
  }

  private void rejectDeltaEndpoints() {
    try (DeltaPeer peer = delta("p")) {
      peer.ask(ResourceKind.ENDPOINT, "A");
      DeltaDiscoveryResponse newest = peer.read(ResourceKind.ENDPOINT);
      int came = 1;
      for (int i = 0; i < REJECTIONS; i++) {
        peer.reject(newest);
        List<DeltaDiscoveryResponse> again = peer.untilBarrier();
        came += again.size();
        newest = again.isEmpty() ? newest : again.getLast();
      }
      see("times that the same assignment came", List.of(came), List.of(1));
      server.publish(WORLD.with(TestingSnapshot.assignment("A", 2)));
      List<DeltaDiscoveryResponse> news = peer.untilBarrier();
      assertThat(DeltaPeer.names(news)).as("the new content").containsExactly("A");
      peer.reject(news.getLast());
      assertThat(peer.untilBarrier()).as("the new content once more").isEmpty();
    }
  }

  private void rejectTogether() {
    try (DeltaPeer peer = delta("p")) {
      peer.ask(ResourceKind.CLUSTER);
      DeltaDiscoveryResponse both = peer.read(ResourceKind.CLUSTER);
      assertThat(DeltaPeer.names(both)).containsExactlyInAnyOrder("A", "B");
      String bad = version(both, "B");
      peer.reject(both);
      Set<String> has = new TreeSet<>();
      judgeUntilQuiet(peer, bad, has);
      server.publish(WORLD.withService("B", 2));
      judgeUntilQuiet(peer, bad, has);
      see("what the client has after B was repaired", has, List.of("A", "B"));
    }
  }

  /** Like a client that finds B bad at one version: rejects what has it, accepts the rest. */
  private static void judgeUntilQuiet(DeltaPeer peer, String bad, Set<String> has) {
    List<DeltaDiscoveryResponse> came = peer.untilBarrier();
    while (!came.isEmpty()) {
      for (DeltaDiscoveryResponse response : came) {
        if (version(response, "B").equals(bad)) {
          peer.reject(response);
        } else {
          peer.accept(response);
          has.addAll(DeltaPeer.names(response));
        }
      }
      came = peer.untilBarrier();
    }
  }

  private static String version(DeltaDiscoveryResponse response, String name) {
    return response.getResourcesList().stream()
        .filter(resource -> resource.getName().equals(name))
        .map(resource -> resource.getVersion())
        .findAny()
        .orElse("");
  }

  private void sayUnknownNonce() {
    try (DeltaPeer peer = delta("p")) {
      peer.write(
          ResourceKind.ENDPOINT,
          DeltaDiscoveryRequest.newBuilder()
              .setResponseNonce("from another life")
              .addResourceNamesSubscribe("A"));
      assertThat(DeltaPeer.names(peer.read(ResourceKind.ENDPOINT))).containsExactly("A");
    }
  }

  private void reconnect() {
    String current;
    String gone;
    try (DeltaPeer before = delta("p")) {
      before.ask(ResourceKind.CLUSTER);
      DeltaDiscoveryResponse both = before.read(ResourceKind.CLUSTER);
      before.accept(both);
      current = version(both, "A");
      gone = version(both, "B");
      assertThat(before.untilBarrier()).isEmpty();
    }
    server.publish(WORLD.withoutService("B"));
    try (DeltaPeer peer = delta("p")) {
      peer.write(
          ResourceKind.CLUSTER,
          DeltaDiscoveryRequest.newBuilder()
              .putInitialResourceVersions("A", current)
              .putInitialResourceVersions("B", gone));
      List<DeltaDiscoveryResponse> came = peer.acceptUntilBarrier();
      see(
          "what comes after the reconnect",
          came.stream()
              .flatMap(
                  one ->
                      Stream.concat(
                          DeltaPeer.names(one).stream(), removed(one).map(name -> "-" + name)))
              .toList(),
          List.of("-B"));
    }
  }

  private void missForAWhile() {
    try (SotwPeer peer = sotw("p")) {
      peer.ask(ResourceKind.ENDPOINT, "A", "B");
      DiscoveryResponse first = peer.read(ResourceKind.ENDPOINT);
      assertThat(first.getResourcesCount()).isEqualTo(2);
      peer.accept(first);
      assertThat(peer.untilBarrier()).isEmpty();
      server.publish(WORLD.without(ResourceKind.ENDPOINT, "B"));
      peer.acceptUntilBarrier();
      TestingSnapshot back =
          WORLD.with(TestingSnapshot.assignment("A", 3)).with(TestingSnapshot.assignment("B", 3));
      server.publish(back);
      List<DiscoveryResponse> news = peer.acceptUntilBarrier();
      see(
          "what comes when B is back",
          SotwPeer.unpack(news, ClusterLoadAssignment.class).stream()
              .map(one -> one.getClusterName() + " with " + one.getEndpointsCount())
              .toList(),
          List.of("A with 1", "B with 1"));
    }
  }

  private void askForRuntime() {
    try (DeltaPeer peer = delta("p")) {
      peer.ask(ResourceKind.RUNTIME, "skiff-runs");
      peer.acceptUntilBarrier();
      // The stream lives on and serves other types.
      peer.ask(ResourceKind.ENDPOINT, "A");
      assertThat(DeltaPeer.names(peer.read(ResourceKind.ENDPOINT))).containsExactly("A");
    }
    try (SotwPeer peer = sotw("q")) {
      peer.ask(ResourceKind.RUNTIME, "skiff-runs");
      peer.acceptUntilBarrier();
      peer.ask(ResourceKind.ENDPOINT, "A");
      assertThat(peer.read(ResourceKind.ENDPOINT).getResourcesCount()).isEqualTo(1);
    }
  }

  private void askForNoMoreRoutes() {
    TestingSnapshot routed = WORLD.with(TestingSnapshot.routesTo("R1", "A"));
    server.publish(routed);
    try (SotwPeer peer = sotw("p")) {
      peer.ask(ResourceKind.CLUSTER);
      peer.accept(peer.read(ResourceKind.CLUSTER));
      peer.ask(ResourceKind.ROUTE, "R1");
      peer.accept(peer.read(ResourceKind.ROUTE));
      peer.ask(ResourceKind.ROUTE);
      assertThat(peer.untilBarrier()).isEmpty();
      server.publish(
          routed
              .with(TestingSnapshot.routesTo("R1", "B"))
              .with(TestingSnapshot.routesTo("R2", "A")));
      List<DiscoveryResponse> came = peer.untilBarrier();
      see(
          "routes that nobody asks for",
          SotwPeer.unpack(came, RouteConfiguration.class).stream()
              .map(RouteConfiguration::getName)
              .toList(),
          List.of());
    }
  }

  private void askForOneCluster() {
    try (DeltaPeer peer = delta("p")) {
      peer.ask(ResourceKind.CLUSTER, "A");
      List<DeltaDiscoveryResponse> came = peer.acceptUntilBarrier();
      see("what comes to a client that asks for A alone", DeltaPeer.names(came), List.of("A"));
    }
    try (DeltaPeer peer = delta("q")) {
      peer.ask(ResourceKind.CLUSTER, "*", "A");
      peer.accept(peer.read(ResourceKind.CLUSTER));
      peer.write(
          ResourceKind.CLUSTER,
          DeltaDiscoveryRequest.newBuilder().addResourceNamesUnsubscribe("*"));
      peer.acceptUntilBarrier();
      server.publish(WORLD.withService("A", 2).withService("B", 2).withService("C", 1));
      List<DeltaDiscoveryResponse> came = peer.acceptUntilBarrier();
      see("what comes to a client that has left all but A", DeltaPeer.names(came), List.of("A"));
    }
  }

  private void askForNobody() {
    try (DeltaPeer peer = delta("p")) {
      peer.ask(ResourceKind.ENDPOINT, "nobody");
      List<DeltaDiscoveryResponse> came = peer.acceptUntilBarrier();
      see(
          "the answers about the name that does not exist",
          came.stream()
              .flatMap(one -> Stream.concat(DeltaPeer.names(one).stream(), removed(one)))
              .toList(),
          List.of("nobody"));
    }
  }

  private static Stream<String> removed(DeltaDiscoveryResponse response) {
    return response.getRemovedResourcesList().stream();
  }

  private void sayNodeOnce() {
    try (SotwPeer peer = sotw("p")) {
      peer.ask(ResourceKind.CLUSTER);
      DiscoveryResponse clusters = peer.read(ResourceKind.CLUSTER);
      peer.says(Node.getDefaultInstance());
      peer.accept(clusters);
      peer.ask(ResourceKind.ENDPOINT, "A", "B");
      // Only to find the end of the answers; what came before it is the matter.
      peer.says(node("p"));
      List<DiscoveryResponse> came = peer.acceptUntilBarrier();
      see(
          "the answers to a request without node",
          SotwPeer.unpack(came, ClusterLoadAssignment.class).stream()
              .map(ClusterLoadAssignment::getClusterName)
              .toList(),
          List.of("A", "B"));
    }
  }

  private void breakOneOfTwenty() {
    List<DeltaPeer> peers = new ArrayList<>();
    try {
      for (int i = 0; i < OBSERVERS; i++) {
        DeltaPeer peer = delta("p" + i);
        peers.add(peer);
        peer.ask(ResourceKind.CLUSTER);
        peer.accept(peer.read(ResourceKind.CLUSTER));
        assertThat(peer.untilBarrier()).isEmpty();
      }
      server.breakStreamOf("p0");
      server.publish(WORLD.withService("A", 2));
      long served =
          peers.stream()
              .skip(1)
              .filter(peer -> DeltaPeer.names(peer.acceptUntilBarrier()).contains("A"))
              .count();
      see(
          "how many of the other clients have the new content",
          List.of(served),
          List.of(OBSERVERS - 1L));
      assertThat(peers.getFirst().end().isOk()).as("the broken stream goes on").isFalse();
    } finally {
      peers.forEach(DeltaPeer::close);
    }
  }
}
