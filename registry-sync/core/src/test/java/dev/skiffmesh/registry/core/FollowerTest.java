package dev.skiffmesh.registry.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A thread that asks again and again, and that nothing ends but its close. */
class FollowerTest {

  private static final long PATIENCE_SECONDS = 30;

  private final AtomicInteger rounds = new AtomicInteger();
  private final BlockingQueue<String> seen = new LinkedBlockingQueue<>();

  private String next() throws InterruptedException {
    return String.valueOf(seen.poll(PATIENCE_SECONDS, TimeUnit.SECONDS));
  }

  @Test
  void whateverARoundThrowsIsHeardAndTheNextFollows() throws Exception {
    List<Throwable> failures =
        List.of(
            new IOException("away"),
            new IllegalStateException("a defect, on purpose"),
            new StackOverflowError("a deep one, on purpose"));
    Follower.Round round =
        () -> {
          int number = rounds.getAndIncrement();
          if (number < failures.size()) {
            switch (failures.get(number)) {
              case IOException loss -> throw loss;
              case RuntimeException defect -> throw defect;
              case Error deep -> throw deep;
              default -> throw new AssertionError();
            }
          }
          seen.add("well");
          return Duration.ofHours(1);
        };
    Follower.Failed heard =
        failure -> {
          seen.add(failure.getMessage());
          throw new IllegalStateException("a listener's defect, on purpose");
        };
    try (Follower _ = Follower.start("follower-test", round, heard)) {
      for (Throwable failure : failures) {
        assertThat(next()).isEqualTo(failure.getMessage());
      }
      assertThat(next()).isEqualTo("well");
    }
  }

  @Test
  void anInterruptionBeginsTheNextRoundAtOnce() throws Exception {
    try (Follower follower =
        Follower.start(
            "follower-test",
            () -> {
              seen.add("round " + rounds.incrementAndGet());
              return Duration.ofHours(1);
            },
            failure -> seen.add("failed: " + failure))) {
      assertThat(next()).isEqualTo("round 1");
      follower.interrupt();
      assertThat(next()).isEqualTo("round 2");
    }
  }

  @Test
  void closingInterruptsTheRoundAndNoneFollows() throws Exception {
    Follower follower =
        Follower.start(
            "follower-test",
            () -> {
              seen.add("round " + rounds.incrementAndGet());
              new CountDownLatch(1).await();
              return Duration.ZERO;
            },
            failure -> seen.add("failed: " + failure));
    assertThat(next()).isEqualTo("round 1");

    follower.close();

    assertThat(seen).isEmpty();
    assertThat(rounds).hasValue(1);
  }

  @Test
  void aRoundMayCloseItsOwnFollower() throws Exception {
    BlockingQueue<Follower> own = new LinkedBlockingQueue<>();
    Follower follower =
        Follower.start(
            "follower-test",
            () -> {
              own.take().close();
              seen.add("closed");
              return Duration.ZERO;
            },
            failure -> seen.add("failed: " + failure));
    own.add(follower);

    assertThat(next()).isEqualTo("closed");
    follower.close();
  }
}
