package dev.skiffmesh.server.delivery;

import static dev.skiffmesh.server.delivery.testing.TestingSnapshot.assignment;
import static dev.skiffmesh.server.delivery.testing.TestingSnapshot.listener;
import static dev.skiffmesh.server.delivery.testing.TestingSnapshot.routesTo;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.server.delivery.testing.TestingControl;
import dev.skiffmesh.server.delivery.testing.TestingDeltaProxy;
import dev.skiffmesh.server.delivery.testing.TestingSnapshot;
import dev.skiffmesh.translator.resource.ResourceKind;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A proxy that behaves like Envoy starts, follows changes, rejects, dies and comes back. */
class EnvoyLikeDeliveryTest {

  private static final TestingSnapshot WORLD =
      TestingSnapshot.EMPTY
          .withService("a", 1)
          .withService("b", 1)
          .with(listener("egress", "routes", 10_000))
          .with(routesTo("routes", "a"));

  private final TestingControl control = new TestingControl();

  @AfterEach
  void stop() {
    control.close();
  }

  @Test
  void startsInOrderAndGetsEachResourceOnce() {
    control.publish(WORLD);
    try (TestingDeltaProxy proxy = TestingDeltaProxy.likeEnvoy(control.port(), "p").connect()) {
      proxy.awaitReceived("route +routes");
      assertThat(proxy.received().getFirst()).isEqualTo("cluster +a +b");
      assertThat(proxy.received())
          .containsExactlyInAnyOrder(
              "cluster +a +b", "endpoint +a +b", "listener +egress", "route +routes");
    }
  }

  @Test
  void getsOneChangedAssignmentAlone() {
    TestingSnapshot next = WORLD.with(assignment("b", 2));
    control.publish(WORLD);
    try (TestingDeltaProxy proxy = TestingDeltaProxy.likeEnvoy(control.port(), "p").connect()) {
      proxy.awaitReceived("route +routes");
      proxy.forgetReceived();
      control.publishAssignments(next, Set.of("b"));
      proxy.awaitAccepted(ResourceKind.ENDPOINT, "b", next.version(ResourceKind.ENDPOINT, "b"));
      assertThat(proxy.received()).containsExactly("endpoint +b");
    }
  }

  @Test
  void removalsWaitUntilTheRouteThatReplacesThemIsAccepted() {
    control.publish(WORLD);
    try (TestingDeltaProxy proxy = TestingDeltaProxy.likeEnvoy(control.port(), "p").connect()) {
      proxy.awaitReceived("route +routes");
      proxy.forgetReceived();
      control.publish(WORLD.withoutService("a").withService("c", 1).with(routesTo("routes", "c")));
      proxy.awaitReceived("cluster -a");
      assertThat(proxy.received().indexOf("cluster +c")).isZero();
      assertThat(proxy.received().indexOf("endpoint +c"))
          .isLessThan(proxy.received().indexOf("route +routes"));
      assertThat(proxy.received().indexOf("route +routes"))
          .isLessThan(proxy.received().indexOf("cluster -a"));
    }
  }

  @Test
  void oneBadResourceIsFoundAndTheOthersGetThrough() {
    control.publish(WORLD);
    try (TestingDeltaProxy proxy = TestingDeltaProxy.likeEnvoy(control.port(), "p")) {
      proxy.rejectIf(resource -> resource.getName().equals("a"));
      proxy.connect();
      proxy.awaitAccepted(ResourceKind.CLUSTER, "b", WORLD.version(ResourceKind.CLUSTER, "b"));
      proxy.awaitReceived("route +routes");
      assertThat(proxy.accepted(ResourceKind.CLUSTER)).containsOnlyKeys("b");
      StreamStanding standing =
          control.registry().inspect(control.streams().getFirst()).orElseThrow();
      assertThat(
              standing.standing(
                  ResourceKind.CLUSTER, "a", WORLD.version(ResourceKind.CLUSTER, "a")))
          .isEqualTo(StreamStanding.Standing.REJECTED);
      assertThat(standing.rejections())
          .singleElement()
          .extracting(StreamStanding.RejectedResource::error)
          .isEqualTo("rejected by the test");
    }
  }

  @Test
  void aReconnectWithNothingNewGetsNoResource() {
    control.publish(WORLD);
    try (TestingDeltaProxy proxy = TestingDeltaProxy.likeEnvoy(control.port(), "p").connect()) {
      proxy.awaitReceived("route +routes");
      proxy.die();
      control.await("the end of the first stream", () -> control.streams().isEmpty());
      proxy.forgetReceived();
      proxy.connect();
      control.await(
          "a second stream that is in step",
          () ->
              control.streams().stream()
                  .anyMatch(
                      stream ->
                          control.registry().stream(stream)
                              .filter(view -> view.kinds().size() == 4)
                              .isPresent()));
      assertThat(proxy.resourcesReceived()).isZero();
      TestingSnapshot next = WORLD.withoutService("b");
      control.publish(next);
      proxy.awaitReceived("cluster -b");
      assertThat(proxy.received()).doesNotContain("cluster +a");
    }
  }

  @Test
  void whatVanishedWhileAwayIsRemovedAtTheReturn() {
    control.publish(WORLD);
    try (TestingDeltaProxy proxy = TestingDeltaProxy.likeEnvoy(control.port(), "p").connect()) {
      proxy.awaitReceived("route +routes");
      proxy.die();
      control.publish(WORLD.withoutService("b"));
      proxy.forgetReceived();
      proxy.connect();
      proxy.awaitReceived("cluster -b");
      assertThat(proxy.resourcesReceived()).isZero();
    }
  }

  @Test
  void aRestartedControlPlaneSendsNothingThatIsKnown() {
    control.publish(WORLD);
    try (TestingDeltaProxy before = TestingDeltaProxy.likeEnvoy(control.port(), "p").connect()) {
      before.awaitReceived("route +routes");
      try (TestingControl restarted = new TestingControl()) {
        restarted.publish(WORLD);
        assertThat(before.accepted(ResourceKind.CLUSTER).get("a"))
            .as("versions are content hashes")
            .isEqualTo(WORLD.version(ResourceKind.CLUSTER, "a"));
      }
    }
  }
}
