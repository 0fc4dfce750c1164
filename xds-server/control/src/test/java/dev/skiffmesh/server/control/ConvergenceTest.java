package dev.skiffmesh.server.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.server.delivery.ProxyAnswer;
import dev.skiffmesh.server.delivery.StreamId;
import dev.skiffmesh.translator.resource.ResourceKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class ConvergenceTest {

  private static final StreamId ONE = new StreamId(1);
  private static final StreamId TWO = new StreamId(2);
  private static final List<Convergence.Sent> SENT =
      List.of(new Convergence.Sent(ResourceKind.CLUSTER, "order", "v1"));

  private final List<Duration> measured = new ArrayList<>();
  private final Convergence convergence = new Convergence(measured::add);

  private void acks(StreamId stream, long now) {
    convergence.answered(
        new ProxyAnswer(stream, ResourceKind.CLUSTER, Map.of("order", "v1"), new TreeSet<>(), null),
        now);
  }

  @Test
  void theFirstAnswerIsNotTheLastWhileAnotherProxyIsTranslatedFor() {
    Convergence.Hold one = convergence.hold(10L);
    Convergence.Hold two = convergence.hold(10L);
    one.published(ONE, SENT, 20);
    one.release(20);
    acks(ONE, 30);
    assertThat(measured).isEmpty();

    two.published(TWO, SENT, 40);
    two.release(40);
    assertThat(measured).isEmpty();
    acks(TWO, 60);
    assertThat(measured).containsExactly(Duration.ofNanos(50));
  }

  @Test
  void aProxyForWhichThereIsNothingNewDoesNotKeepItOpen() {
    Convergence.Hold one = convergence.hold(10L);
    Convergence.Hold two = convergence.hold(10L);
    one.published(ONE, SENT, 20);
    one.release(20);
    acks(ONE, 30);
    two.release(50);
    two.release(60);
    assertThat(measured).containsExactly(Duration.ofNanos(20));
  }

  @Test
  void whatIsPublishedAfterItsReleaseIsNotMeasured() {
    Convergence.Hold one = convergence.hold(10L);
    one.release(20);
    one.published(ONE, SENT, 30);
    acks(ONE, 40);
    assertThat(measured).isEmpty();
  }

  @Test
  void aProxyThatLeavesOrKeepsSilentIsGivenUp() {
    convergence.published(ONE, SENT, 10, 20);
    convergence.published(TWO, SENT, 10, 20);
    acks(ONE, 30);
    convergence.expire(20 + Convergence.PATIENCE.toNanos() + 1);
    assertThat(measured).containsExactly(Duration.ofNanos(20));

    convergence.published(ONE, SENT, 100, 120);
    convergence.closed(ONE, 130);
    assertThat(measured).hasSize(1);
  }
}
