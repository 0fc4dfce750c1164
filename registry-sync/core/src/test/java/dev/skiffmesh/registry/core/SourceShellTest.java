package dev.skiffmesh.registry.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skiffmesh.api.source.SourceEvent;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** What all sources do alike, whatever their registry does to them. */
class SourceShellTest {

  private static final SourceEvent SYNCED = new SourceEvent.Synced();
  private static final Backoff SECONDS = new Backoff(Duration.ofSeconds(1), Duration.ofMinutes(1));
  private static final Duration LONG = Duration.ofHours(1);

  private final TestingSourceThread thread = new TestingSourceThread();
  private final List<SourceEvent> told = new ArrayList<>();

  /** Does at each connection what the test wants, and writes down what is asked of it. */
  private static class TestingSource extends SourceShell {
    private final List<String> done = new ArrayList<>();
    private final List<Connection> connections = new ArrayList<>();
    private Step onConnect = this::synced;

    TestingSource(SourceThread thread) {
      super("testing", "test", thread, SECONDS);
    }

    @Override
    protected void connect(Connection connection) throws IOException, InterruptedException {
      connections.add(connection);
      done.add("connect");
      onConnect.run();
    }

    @Override
    protected void disconnect() {
      done.add("disconnect");
    }

    @Override
    protected void end() {
      done.add("end");
    }

    @Override
    protected String reason(String message) {
      return "The registry " + message;
    }

    Connection last() {
      return connections.getLast();
    }
  }

  private final TestingSource source = new TestingSource(thread);

  private void start() {
    source.start(told::add);
    thread.advance(Duration.ZERO);
  }

  private static SourceEvent lost(String reason) {
    return new SourceEvent.Lost(reason);
  }

  @Test
  void aLossIsToldAndTriedAgainWithLongerAndLongerWaits() {
    List<Duration> attempts = new ArrayList<>();
    source.onConnect =
        () -> {
          attempts.add(thread.now());
          throw new IOException("is away");
        };
    start();
    thread.advance(LONG);

    for (int i = 1; i < 7; i++) {
      long full = 1_000L << (i - 1);
      assertThat(attempts.get(i).minus(attempts.get(i - 1)).toMillis()).isBetween(full / 2, full);
    }
    assertThat(told).containsExactly(lost("The registry is away"));

    source.onConnect = source::synced;
    thread.advance(LONG);
    int before = source.connections.size();
    source.last().lost("went");
    thread.advance(Duration.ofSeconds(1));

    assertThat(told)
        .containsExactly(lost("The registry is away"), SYNCED, lost("The registry went"), SYNCED);
    assertThat(source.connections).as("the first wait again").hasSize(before + 1);
  }

  @Test
  void whateverAStepThrowsIsALossThatIsTriedAgain() {
    start();
    List<SourceShell.Step> defects =
        List.of(
            () -> {
              throw new IllegalStateException("a defect, on purpose");
            },
            () -> {
              throw new StackOverflowError("a deep one, on purpose");
            },
            () -> {
              throw new InterruptedException("by nobody who closed it");
            });
    for (SourceShell.Step defect : defects) {
      int before = source.connections.size();
      source.last().execute(defect);
      thread.advance(Duration.ZERO);
      assertThat(told.getLast()).isInstanceOf(SourceEvent.Lost.class);
      thread.advance(LONG);
      assertThat(told.getLast()).isEqualTo(SYNCED);
      assertThat(source.connections).hasSize(before + 1);
    }
    assertThat(told.toString()).contains("on purpose").doesNotContain("The registry ");
  }

  @Test
  void aListenerThatThrowsDoesNotEndIt() {
    List<SourceEvent> heard = new ArrayList<>();
    source.start(
        event -> {
          heard.add(event);
          if (heard.size() < 4) {
            throw new IllegalStateException("a defect, on purpose");
          }
        });

    thread.advance(LONG);

    assertThat(heard).hasSizeGreaterThan(3).endsWith(SYNCED);
  }

  @Test
  void whatWasGivenToAConnectionThatIsOverDoesNotRun() {
    start();
    SourceShell.Connection first = source.last();
    List<String> ran = new ArrayList<>();
    first.after(LONG, () -> ran.add("late"));

    first.lost("is away");
    first.execute(() -> ran.add("behind the loss"));
    thread.advance(Duration.ofSeconds(1));
    first.execute(() -> ran.add("of the old one"));
    first.lost("is away twice");
    source.last().execute(() -> ran.add("of the new one"));
    thread.advance(LONG);

    assertThat(ran).containsExactly("of the new one");
    assertThat(told).containsExactly(SYNCED, lost("The registry is away"), SYNCED);
  }

  @Test
  void itMayBeginAnewWithoutALoss() {
    start();
    source.restart();
    thread.advance(Duration.ZERO);
    assertThat(source.done).containsExactly("connect", "disconnect", "connect");
    assertThat(told).containsExactly(SYNCED);

    source.last().lost("is away");
    thread.advance(Duration.ZERO);
    source.restart();
    thread.advance(LONG);

    assertThat(source.connections).as("the wait for the next attempt is over").hasSize(3);
  }

  @Test
  void whatCannotBeLetGoIsNoReasonToStop() {
    TestingSource stubborn =
        new TestingSource(thread) {
          @Override
          protected void disconnect() {
            throw new IllegalStateException("a defect, on purpose");
          }
        };
    stubborn.start(told::add);
    thread.advance(Duration.ZERO);

    stubborn.last().lost("is away");
    thread.advance(LONG);

    assertThat(told).containsExactly(SYNCED, lost("The registry is away"), SYNCED);
    stubborn.close();
    assertThat(stubborn.done).endsWith("end");
  }

  @Test
  void itStartsOnceAndIsClosedForGood() {
    start();
    assertThatThrownBy(() -> source.start(told::add)).isInstanceOf(IllegalStateException.class);
    SourceShell.Connection connection = source.last();

    source.close();
    connection.execute(() -> source.tell(lost("too late")));
    connection.lost("too late");
    source.restart();
    source.tell(lost("too late"));
    thread.advance(LONG);
    source.close();

    assertThat(told).containsExactly(SYNCED);
    assertThat(source.done).containsExactly("connect", "disconnect", "end");
    assertThatThrownBy(() -> source.start(told::add)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void oneThatNeverStartedCanBeClosed() {
    source.close();

    assertThat(source.done).containsExactly("end");
    assertThatThrownBy(() -> source.start(told::add)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void whoWaitsForAStepGoesOnWhenItIsLeftOut() throws Exception {
    TestingSource real = new TestingSource(SourceThread.named("source-test"));
    CountDownLatch synced = new CountDownLatch(1);
    CountDownLatch lost = new CountDownLatch(1);
    try (real) {
      real.start(event -> (event.equals(SYNCED) ? synced : lost).countDown());
      synced.await();
      SourceShell.Connection connection = real.last();
      List<String> ran = new ArrayList<>();

      connection.executed(() -> ran.add("in time"));
      connection.lost("is away");
      lost.await();
      connection.executed(() -> ran.add("too late"));

      assertThat(ran).containsExactly("in time");
    }
  }
}
