package dev.skiffmesh.registry.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LastAnswerTest {

  @Test
  void tellsTheAgeOfTheNewestAnswerAlsoWhereTheClockOverflows() {
    AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 1);
    LastAnswer last = new LastAnswer(nanos::get);
    assertThat(last.age()).isEmpty();
    last.isNow();
    nanos.addAndGet(Duration.ofSeconds(7).toNanos());
    assertThat(last.age()).contains(Duration.ofSeconds(7));
    last.isNow();
    assertThat(last.age()).contains(Duration.ZERO);
  }
}
