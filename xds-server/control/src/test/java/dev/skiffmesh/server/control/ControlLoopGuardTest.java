package dev.skiffmesh.server.control;

import static dev.skiffmesh.server.control.TestingMesh.endpoints;
import static dev.skiffmesh.server.control.TestingMesh.id;
import static dev.skiffmesh.server.control.TestingMesh.services;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.api.model.Endpoint;
import dev.skiffmesh.api.model.EndpointSet;
import dev.skiffmesh.api.model.Health;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.source.SourceEvent;
import dev.skiffmesh.api.status.FindingCode;
import dev.skiffmesh.server.guard.Doubt;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A registry that suddenly lists much less than before is doubted, and only then. */
class ControlLoopGuardTest {

  private static final String[] NAMES = {
    "order", "quote", "stock", "pay", "risk", "user", "news", "chart", "depot", "tax", "limit",
    "login", "mail"
  };

  /** Longer than a registry is doubted for having been read for the first time. */
  private static final Duration QUIET_TIMES = Duration.ofSeconds(70);

  /** Thirteen services of ten instances each, in normal times. */
  private static TestingMesh mesh() {
    return told(TestingMesh.fresh("legacy"));
  }

  private static TestingMesh told(TestingMesh mesh) {
    mesh.send(services("public", NAMES));
    for (String name : NAMES) {
      mesh.send(endpoints("legacy", name, instances(10)));
    }
    mesh.synced();
    mesh.threads.advance(QUIET_TIMES);
    return mesh;
  }

  private static String[] instances(int count) {
    return IntStream.rangeClosed(1, count).mapToObj("10.0.0.%d"::formatted).toArray(String[]::new);
  }

  private static List<String> inForce(TestingMesh mesh, String name) {
    return mesh.world().endpointsOf(id(name)).endpoints().stream().map(Endpoint::address).toList();
  }

  private static void assertCount(TestingMesh mesh, String name, int count) {
    assertThat(inForce(mesh, name)).as(name).hasSize(count);
  }

  private static List<String> heldBack(TestingMesh mesh) {
    return mesh.findings(FindingCode.SHRINKING_HELD).stream()
        .map(finding -> finding.subject().replace("Service trading/", ""))
        .toList();
  }

  private static TestingMesh passes(TestingMesh mesh, Duration time) {
    mesh.threads.advance(time);
    return mesh;
  }

  @Test
  void aServiceThatFallsAloneInNormalTimesIsBelievedWithinTwoSeconds() {
    TestingMesh mesh = mesh();
    mesh.send(endpoints("legacy", "order")).settled();
    assertCount(mesh, "order", 10);
    passes(mesh, Duration.ofMillis(1_600));
    assertCount(mesh, "order", 0);
    assertThat(heldBack(mesh)).isEmpty();

    mesh.send(services("public", Arrays.copyOfRange(NAMES, 0, 12)));
    passes(mesh, Duration.ofSeconds(2));
    assertThat(mesh.world().services()).doesNotContainKey(id("mail"));
  }

  @Test
  void halfOfTheInstancesMayGoAtOnce() {
    TestingMesh mesh = mesh();
    mesh.send(endpoints("legacy", "order", instances(5)));
    mesh.threads.run();
    mesh.settled();
    assertCount(mesh, "order", 5);
  }

  @Test
  void whatALostRegistryLacksWhenItIsBackIsHeldUntilItIsListedAgain() {
    TestingMesh mesh = mesh();
    mesh.send(new SourceEvent.Lost("connection refused"));
    passes(mesh, Duration.ofSeconds(5));
    mesh.send(endpoints("legacy", "order"));
    mesh.send(endpoints("legacy", "quote", instances(4)));
    mesh.send(services("public", Arrays.copyOfRange(NAMES, 0, 12)));
    mesh.synced();
    passes(mesh, Duration.ofSeconds(30));

    assertCount(mesh, "order", 10);
    assertCount(mesh, "quote", 10);
    assertCount(mesh, "mail", 10);
    assertThat(heldBack(mesh)).containsExactly("mail", "order", "quote");
    assertThat(mesh.findings(FindingCode.SHRINKING_HELD).get(2).message())
        .isEqualTo(
            "'legacy' lists 4 usable instances where 10 were, and the registry was lost; what was"
                + " known stays until 2026-11-23T08:02:45Z, or until `skiff registry accept"
                + " legacy/trading/quote`");
    assertThat(mesh.heldBack).containsExactly(id("mail"), id("order"), id("quote"));
    assertThat(mesh.report().sources().getFirst().held()).hasSize(3);

    mesh.send(endpoints("legacy", "order", instances(9))).settled();
    mesh.send(services("public", NAMES)).send(endpoints("legacy", "mail", instances(10))).settled();
    assertCount(mesh, "order", 9);
    assertCount(mesh, "mail", 10);
    assertThat(heldBack(mesh)).containsExactly("quote");
    assertThat(mesh.doubts)
        .containsExactly(Doubt.HELD, Doubt.HELD, Doubt.HELD, Doubt.RECOVERED, Doubt.RECOVERED);
  }

  @Test
  void theHoldEndsByTime() {
    TestingMesh mesh = mesh();
    mesh.send(new SourceEvent.Lost("connection refused"));
    mesh.synced();
    mesh.send(endpoints("legacy", "order", instances(3))).settled();
    passes(mesh, Duration.ofSeconds(85));
    assertCount(mesh, "order", 10);
    passes(mesh, Duration.ofSeconds(10));
    assertCount(mesh, "order", 3);
    assertThat(heldBack(mesh)).isEmpty();
    assertThat(mesh.heldBack).isEmpty();
    assertThat(mesh.doubts).containsExactly(Doubt.HELD, Doubt.EXPIRED);
  }

  @Test
  void nothingExpiresWhileTheRegistryIsLost() {
    TestingMesh mesh = mesh();
    mesh.send(new SourceEvent.Lost("connection refused"));
    mesh.synced();
    mesh.send(endpoints("legacy", "order", instances(3))).settled();
    mesh.send(new SourceEvent.Lost("connection refused"));
    passes(mesh, Duration.ofMinutes(30));
    assertCount(mesh, "order", 10);
    mesh.synced();
    passes(mesh, Duration.ofSeconds(85));
    assertCount(mesh, "order", 10);
    passes(mesh, Duration.ofSeconds(10));
    assertCount(mesh, "order", 3);
  }

  @Test
  void anOperatorMayAgree() {
    TestingMesh mesh = mesh();
    mesh.send(new SourceEvent.Lost("connection refused"));
    mesh.synced();
    mesh.send(endpoints("legacy", "order", instances(3)));
    mesh.send(services("public", Arrays.copyOfRange(NAMES, 0, 12))).settled();
    assertThat(heldBack(mesh)).containsExactly("mail", "order");

    assertThat(accepted(mesh, "legacy", id("quote"))).isEmpty();
    assertThat(accepted(mesh, "files", id("order"))).isEmpty();
    assertThat(accepted(mesh, "legacy", id("order"), id("mail")))
        .containsExactly(id("mail"), id("order"));
    mesh.settled();

    assertCount(mesh, "order", 3);
    assertThat(mesh.world().services()).doesNotContainKey(id("mail"));
    assertThat(heldBack(mesh)).isEmpty();
  }

  private static List<ServiceId> accepted(TestingMesh mesh, String source, ServiceId... which) {
    List<ServiceId> accepted = new ArrayList<>();
    mesh.loop.accept(source, List.of(which)::contains, accepted::addAll);
    mesh.threads.run();
    return accepted;
  }

  @Test
  void manyThatFallTogetherAreHeldAndTheFirstOfThemComeBack() {
    TestingMesh mesh = mesh();
    for (int i = 0; i < 5; i++) {
      mesh.send(endpoints("legacy", NAMES[i], instances(4)));
      passes(mesh, Duration.ofMillis(700));
      // Alone, the first two have been believed by now.
      if (i == 2) {
        assertCount(mesh, "order", 4);
        assertCount(mesh, "stock", 10);
      }
    }
    passes(mesh, Duration.ofSeconds(2));
    for (int i = 0; i < 5; i++) {
      assertCount(mesh, NAMES[i], 10);
    }
    assertThat(heldBack(mesh)).hasSize(5);
    assertThat(mesh.findings(FindingCode.SHRINKING_HELD).getFirst().message())
        .contains("5 services fell within seconds");

    // While that lasts, one that falls alone is not believed either.
    mesh.send(endpoints("legacy", "user"));
    passes(mesh, Duration.ofSeconds(5));
    assertCount(mesh, "user", 10);
  }

  @Test
  void servicesThatVanishTogetherComeBack() {
    TestingMesh mesh = mesh();
    mesh.send(services("public", Arrays.copyOfRange(NAMES, 1, 13)));
    passes(mesh, Duration.ofSeconds(3));
    assertThat(mesh.world().services()).doesNotContainKey(id("order"));

    mesh.send(services("public", "mail"));
    passes(mesh, Duration.ofSeconds(3));
    assertThat(mesh.world().services()).hasSize(13);
    assertCount(mesh, "order", 10);
    assertThat(heldBack(mesh)).hasSize(12);
    passes(mesh, Duration.ofSeconds(95));
    assertThat(mesh.world().services()).containsOnlyKeys(id("mail"));
  }

  @Test
  void twoOfManyAreNoBlackout() {
    TestingMesh mesh = TestingMesh.fresh("legacy");
    List<String> many = new ArrayList<>();
    IntStream.range(0, 40).forEach(i -> many.add("service-" + i));
    mesh.send(services("public", many.toArray(String[]::new)));
    many.forEach(name -> mesh.send(endpoints("legacy", name, instances(10))));
    mesh.synced();
    passes(mesh, QUIET_TIMES);
    mesh.send(endpoints("legacy", "service-3"));
    mesh.send(endpoints("legacy", "service-4", instances(1)));
    passes(mesh, Duration.ofSeconds(2));
    assertCount(mesh, "service-3", 0);
    assertCount(mesh, "service-4", 1);
  }

  @Test
  void aSlowDeclineIsBelieved() {
    TestingMesh mesh = mesh();
    for (int left = 9; left >= 0; left--) {
      for (String name : NAMES) {
        mesh.send(endpoints("legacy", name, instances(left)));
      }
      passes(mesh, Duration.ofSeconds(4));
      if (left > 5) {
        assertCount(mesh, "order", left);
      }
    }
  }

  @Test
  void whatIsDrainedByHandIsNotLost() {
    TestingMesh mesh = mesh();
    for (String name : NAMES) {
      mesh.send(
          changed(
              name,
              endpoint ->
                  new Endpoint(
                      endpoint.key(),
                      endpoint.address(),
                      endpoint.ports(),
                      BigDecimal.ZERO,
                      endpoint.health(),
                      true,
                      endpoint.locality(),
                      endpoint.labels())));
    }
    mesh.settled();
    assertThat(mesh.world().endpointsOf(id("order")).endpoints()).allMatch(Endpoint::isDrained);
    assertThat(heldBack(mesh)).isEmpty();
  }

  @Test
  void whatFallsIllEverywhereAtOnceIsHeldAsItWas() {
    TestingMesh mesh = mesh();
    for (String name : NAMES) {
      mesh.send(
          changed(
              name,
              endpoint ->
                  new Endpoint(
                      endpoint.key(),
                      endpoint.address(),
                      endpoint.ports(),
                      endpoint.weight(),
                      Health.UNHEALTHY,
                      true,
                      endpoint.locality(),
                      endpoint.labels())));
    }
    passes(mesh, Duration.ofSeconds(5));
    assertThat(mesh.world().endpointsOf(id("order")).endpoints())
        .hasSize(10)
        .allMatch(endpoint -> endpoint.health() == Health.HEALTHY);
    assertThat(heldBack(mesh)).hasSize(13);
  }

  private static SourceEvent changed(String name, UnaryOperator<Endpoint> change) {
    return new SourceEvent.EndpointsReplaced(
        id(name),
        new EndpointSet(
            Arrays.stream(instances(10))
                .map(address -> change.apply(TestingMesh.endpoint("legacy", address, 80, 1)))
                .toList()));
  }

  @Test
  void whatIsNewIsInForceAtOnceAlsoWhileTheRestIsHeld() {
    TestingMesh mesh = mesh();
    mesh.send(new SourceEvent.Lost("connection refused"));
    mesh.synced();
    mesh.send(endpoints("legacy", "order", "10.0.0.1", "10.0.0.99")).settled();
    assertThat(inForce(mesh, "order")).hasSize(11).contains("10.0.0.99", "10.0.0.7");
  }

  @Test
  void aRestartOfOursWhileTheRegistryIsDoubtedKeepsTheLastGood() {
    TestingMesh mesh = mesh();
    mesh.send(new SourceEvent.Lost("connection refused"));
    mesh.synced();
    mesh.send(services("public", "mail"));
    mesh.send(endpoints("legacy", "mail")).settled();
    passes(mesh, Duration.ofSeconds(5));

    TestingMesh next = mesh.restarted();
    next.send(services("public", "mail"));
    next.send(endpoints("legacy", "mail"));
    next.synced();
    passes(next, Duration.ofSeconds(5));
    assertThat(next.world().services()).hasSize(13);
    assertCount(next, "mail", 10);
    assertCount(next, "order", 10);
    assertThat(heldBack(next)).hasSize(13);
    passes(next, Duration.ofSeconds(95));
    assertThat(next.world().services()).containsOnlyKeys(id("mail"));
    assertCount(next, "mail", 0);
  }

  @Test
  void aScopeThatIsNeverToldAfterARestartIsHeld() {
    TestingMesh mesh = mesh();
    TestingMesh next = mesh.restarted();
    next.synced();
    passes(next, Duration.ofSeconds(5));
    assertCount(next, "order", 10);
    passes(next, Duration.ofSeconds(95));
    assertThat(next.world().services()).isEmpty();
  }

  @Test
  void whatPeopleWriteIsBelieved() {
    TestingMesh mesh = told(TestingMesh.fresh("files"));
    mesh.send(new SourceEvent.Lost("the folder is gone"));
    mesh.synced();
    mesh.send(services("public", "mail")).settled();
    assertThat(mesh.world().services()).containsOnlyKeys(id("mail"));
  }
}
