package dev.skiffmesh.server.delivery;

import static dev.skiffmesh.server.delivery.DeltaTable.rows;
import static dev.skiffmesh.server.delivery.testing.TestingSnapshot.listener;
import static dev.skiffmesh.server.delivery.testing.TestingSnapshot.routesTo;
import static dev.skiffmesh.translator.resource.ResourceKind.CLUSTER;
import static dev.skiffmesh.translator.resource.ResourceKind.ENDPOINT;
import static dev.skiffmesh.translator.resource.ResourceKind.EXTENSION;
import static dev.skiffmesh.translator.resource.ResourceKind.LISTENER;
import static dev.skiffmesh.translator.resource.ResourceKind.ROUTE;
import static dev.skiffmesh.translator.resource.ResourceKind.RUNTIME;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.server.delivery.testing.TestingReach;
import dev.skiffmesh.server.delivery.testing.TestingSnapshot;
import dev.skiffmesh.translator.resource.ResourceKind;
import io.envoyproxy.envoy.config.core.v3.Node;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Delta clients that are no Envoy: what is gone is removed, what does not exist is answered by a
 * removal, and nothing goes out that was not asked for. Beside them what an Envoy gets.
 */
class ByTheLetterTest {

  private static final TestingSnapshot A = TestingSnapshot.EMPTY.withService("a", 1);

  private final DeltaTable client = DeltaTable.byTheLetter();
  private final DeltaTable envoy = new DeltaTable();

  @Test
  void an_unknown_name_is_answered_by_a_removal_and_an_envoy_by_something_empty() {
    for (ResourceKind kind : List.of(ENDPOINT, ROUTE, EXTENSION, RUNTIME)) {
      client.publish(A).asks(kind, "nobody");
      assertThat(rows(client.settles())).containsExactly(kind.shortName() + " -nobody");
      envoy.publish(A).asks(kind, "nobody");
      assertThat(rows(envoy.settles())).containsExactly(kind.shortName() + " +nobody");
    }
  }

  @Test
  void what_is_gone_is_removed_and_comes_back() {
    TestingSnapshot both = A.with(routesTo("r", "a")).with(listener("l", "r", 8080));
    client.publish(both).asks(CLUSTER).asks(ENDPOINT, "a").asks(LISTENER).asks(ROUTE, "r");
    client.settles();
    client.publish(TestingSnapshot.EMPTY);
    assertThat(rows(client.settles()))
        .containsExactly("listener -l", "cluster -a", "endpoint -a", "route -r");
    client.publish(both);
    assertThat(rows(client.settles()))
        .containsExactly("cluster +a", "endpoint +a", "listener +l", "route +r");
  }

  @Test
  void an_assignment_goes_only_after_its_cluster_was_given_up() {
    client.publish(A).asks(CLUSTER).asks(ENDPOINT, "a");
    client.settles();
    client.publish(TestingSnapshot.EMPTY);
    List<StreamResponse> first = client.sends();
    assertThat(rows(first)).containsExactly("cluster -a");
    client.acks(first.getFirst());
    assertThat(rows(client.settles())).containsExactly("endpoint -a");
  }

  @Test
  void routes_go_only_after_the_listener_was_given_up() {
    TestingSnapshot both = A.with(routesTo("r", "a")).with(listener("l", "r", 8080));
    client.publish(both).asks(LISTENER).asks(ROUTE, "r");
    client.settles();
    client.publish(A);
    List<StreamResponse> first = client.sends();
    assertThat(rows(first)).containsExactly("listener -l");
    client.acks(first.getFirst());
    assertThat(rows(client.settles())).containsExactly("route -r");
  }

  @Test
  void names_of_another_control_plane_are_removed_when_it_returns() {
    client
        .publish(A.with(routesTo("r", "a")))
        .returns(ROUTE, Map.of("foreign", "17", "r", "x"), "foreign", "r")
        .returns(ENDPOINT, Map.of("foreign", "17"), "foreign", "a");
    assertThat(rows(client.settles()))
        .containsExactlyInAnyOrder(
            "route +r", "route -foreign", "endpoint +a", "endpoint -foreign");
  }

  @Test
  void nothing_goes_out_that_was_not_asked_for() {
    ProxySnapshot lazy = A.build();
    ProxySnapshot reaching =
        new ProxySnapshot(
            lazy.resources(),
            lazy.assignments(),
            new TestingReach(TestingSnapshot.EMPTY, new TreeMap<>()));
    client.publish(reaching).asks(CLUSTER);
    assertThat(rows(client.settles())).containsExactly("cluster +a");
    envoy.publish(reaching).asks(CLUSTER);
    assertThat(rows(envoy.settles())).containsExactly("cluster +a", "endpoint +a");
  }

  @Test
  void an_unchanged_assignment_is_not_sent_again_for_a_changed_cluster() {
    for (DeltaTable each : List.of(client, envoy)) {
      each.publish(A).asks(CLUSTER).asks(ENDPOINT, "a");
      each.settles();
      each.publish(A.with(TestingSnapshot.cluster("a", 2)));
    }
    assertThat(rows(client.settles())).containsExactly("cluster +a");
    assertThat(rows(envoy.settles())).containsExactly("cluster +a", "endpoint +a");
  }

  @Test
  void a_stream_of_clusters_carries_no_assignments_and_goes_on_removing() {
    ProxySnapshot built = A.build();
    DeltaTable only = DeltaTable.of(CLUSTER);
    only.publish(
            new ProxySnapshot(
                built.resources(),
                built.assignments(),
                new TestingReach(TestingSnapshot.EMPTY, new TreeMap<>())))
        .asks(CLUSTER);
    assertThat(rows(only.settles())).containsExactly("cluster +a");
    only.publish(TestingSnapshot.EMPTY);
    assertThat(rows(only.settles())).containsExactly("cluster -a");
  }

  @ParameterizedTest
  @ValueSource(strings = {"gRPC Java", "grpc-go", "gRPC C-core", "", "my-client"})
  void who_does_not_say_that_it_is_an_envoy_is_none(String agent) {
    assertThat(NodeReader.isEnvoy(Node.newBuilder().setUserAgentName(agent).build())).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"envoy", "Envoy", "envoy-mobile"})
  void an_envoy_says_so(String agent) {
    assertThat(NodeReader.isEnvoy(Node.newBuilder().setUserAgentName(agent).build())).isTrue();
  }
}
