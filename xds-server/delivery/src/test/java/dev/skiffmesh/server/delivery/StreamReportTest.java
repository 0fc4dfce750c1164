package dev.skiffmesh.server.delivery;

import static dev.skiffmesh.translator.resource.ResourceKind.CLUSTER;
import static dev.skiffmesh.translator.resource.ResourceKind.ENDPOINT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.server.delivery.testing.TestingSnapshot;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** When a report may keep what it found of a stream before. */
final class StreamReportTest {

  private static final TestingSnapshot TWO =
      TestingSnapshot.EMPTY.withService("a", 1).withService("b", 1);

  private final DeltaTable table = new DeltaTable();
  private final ProxySnapshot first = TWO.build();

  @Test
  void endpointsChangeNothingOfHowResourcesStand() {
    synced();
    StreamReport before = report();
    ProxySnapshot moved = TWO.with(TestingSnapshot.assignment("b", 2)).build();

    publish(new ProxySnapshot(first.resources(), moved.assignments(), first.reach()), "b");
    assertThat(report().standsAs(before)).as("on its way").isTrue();
    table.settles();
    assertThat(report().standsAs(before)).as("acknowledged").isTrue();
  }

  @Test
  void anAnswerDoes() {
    table.event(new StreamEvent.Published(first, null)).asks(CLUSTER);
    StreamReport before = report();
    StreamResponse response = table.sends().getFirst();
    StreamReport sent = report();
    table.acks(response);

    assertThat(sent.standsAs(before)).isFalse();
    assertThat(report().standsAs(sent)).isFalse();
    assertThat(report().standsAs(report())).isTrue();
  }

  @Test
  void anotherTranslationDoes() {
    synced();
    StreamReport before = report();
    table.publish(TWO.with(TestingSnapshot.cluster("a", 2)));
    assertThat(report().standsAs(before)).isFalse();
  }

  private void synced() {
    table.event(new StreamEvent.Published(first, null)).asks(CLUSTER).asks(ENDPOINT, "a", "b");
    table.settles();
  }

  private void publish(ProxySnapshot snapshot, String assignment) {
    table.event(new StreamEvent.Published(snapshot, Set.of(assignment)));
  }

  private StreamReport report() {
    return new StreamReport(table.state, table.machine.rules, false);
  }
}
