package dev.skiffmesh.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Who says nothing, with a clock that only this test moves. */
class NewcomersTest {

  private long now;
  private final List<Runnable> alarms = new ArrayList<>();
  private final List<String> ended = new ArrayList<>();
  private final Newcomers newcomers =
      new Newcomers(4, 2, Duration.ofSeconds(10), () -> now, (_, task) -> alarms.add(task));

  @Test
  void a_silent_one_ends_after_its_time_and_not_before() {
    arrive("a");
    seconds(9);
    arrive("b");
    ring();
    assertThat(ended).isEmpty();
    seconds(1);
    ring();
    assertThat(ended).containsExactly("a SILENT");
    seconds(9);
    ring();
    assertThat(ended).containsExactly("a SILENT", "b SILENT");
    assertThat(newcomers.size()).isZero();
  }

  @Test
  void one_that_has_spoken_is_never_ended() {
    Newcomers.Newcomer spoken = arrive("a");
    assertThat(newcomers.leave(spoken)).isTrue();
    seconds(100);
    ring();
    assertThat(ended).isEmpty();
  }

  @Test
  void whoever_was_ended_is_told_that_it_is_too_late() {
    Newcomers.Newcomer silent = arrive("a");
    seconds(10);
    ring();
    assertThat(newcomers.leave(silent)).isFalse();
  }

  @Test
  void the_oldest_of_a_peer_goes_and_never_the_newest() {
    arrive("a");
    arrive("a");
    Newcomers.Newcomer third = arrive("a");
    assertThat(ended).containsExactly("a CROWDED_OUT");
    assertThat(newcomers.leave(third)).isTrue();
  }

  @Test
  void peers_that_are_silent_together_keep_nobody_out() {
    for (String host : List.of("a", "b", "c", "d")) {
      arrive(host);
    }
    Newcomers.Newcomer good = arrive("good");
    assertThat(ended).containsExactly("a CROWDED_OUT");
    assertThat(newcomers.leave(good)).isTrue();
  }

  @Test
  void a_flood_of_short_ones_costs_one_alarm() {
    for (int i = 0; i < 10_000; i++) {
      newcomers.leave(arrive("a"));
    }
    assertThat(alarms).hasSize(1);
    assertThat(newcomers.size()).isZero();
    assertThat(ended).isEmpty();
  }

  private Newcomers.Newcomer arrive(String host) {
    return newcomers.arrive(host, why -> ended.add(host + " " + why));
  }

  private void seconds(int more) {
    now += Duration.ofSeconds(more).toNanos();
  }

  private void ring() {
    List<Runnable> due = List.copyOf(alarms);
    alarms.clear();
    due.forEach(Runnable::run);
  }
}
