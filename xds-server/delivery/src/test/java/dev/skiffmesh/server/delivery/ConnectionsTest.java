package dev.skiffmesh.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.api.status.Finding;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ConnectionsTest {

  private static final int MOST = 1_000;
  private static final int KEPT = 64;

  private long now;
  private long open = 900;
  private int counts;
  private final LimitsReached limits = new LimitsReached(() -> now, (_, _) -> {}, () -> {});
  private final Connections connections = new Connections(this::count, () -> now, limits);

  private FreeHandles count() {
    counts++;
    return new FreeHandles(MOST - open, MOST);
  }

  private int come(int times) {
    int stayed = 0;
    for (int i = 0; i < times; i++) {
      open++;
      if (connections.came("10.0.0.1")) {
        stayed++;
      } else {
        open--;
      }
    }
    return stayed;
  }

  @Test
  void theLastHandlesAreNotForConnections() {
    assertThat(come(200)).isEqualTo(MOST - 900 - KEPT);
    assertThat(counts).as("none of them was counted for").isEqualTo(1);
    assertThat(limits.findings())
        .extracting(Finding::message)
        .singleElement()
        .asString()
        .startsWith("Connections were turned away 164 times, the last one from 10.0.0.1: ")
        .contains("may have 1000 file handles and needs the last 64 itself")
        .contains("ulimit -n");
  }

  @Test
  void theyAreLetInAgainOnceOthersHaveGone() {
    come(200);
    open -= 10;
    assertThat(come(1)).as("it has just been counted").isZero();

    now += Duration.ofMillis(100).toNanos();
    assertThat(come(20)).isEqualTo(10);
    assertThat(counts).isEqualTo(2);
  }

  @Test
  void whatElseTakesHandlesIsSeen() {
    open += 30;
    now += Duration.ofSeconds(10).toNanos();
    assertThat(come(200)).isEqualTo(6);
  }

  @Test
  void anAcceptThatFailsIsSaid() {
    connections.failed(new IOException("Too many open files"));
    assertThat(limits.findings().getFirst().message())
        .contains("Too many open files; it is tried again");
  }
}
