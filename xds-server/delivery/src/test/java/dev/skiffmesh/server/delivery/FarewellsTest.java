package dev.skiffmesh.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** What is remembered of proxies that left is bounded by its size. */
class FarewellsTest {

  @Test
  void the_oldest_is_forgotten_when_there_is_no_room() {
    Farewells farewells = new Farewells(10_000);
    farewells.keep("one", answered("h".repeat(1_000)));
    farewells.keep("two", answered("h".repeat(1_000)));
    farewells.keep("three", answered("h".repeat(3_000)));
    assertThat(farewells.of("one").isEmpty()).isTrue();
    assertThat(farewells.of("two").isEmpty()).isFalse();
    assertThat(farewells.of("three").isEmpty()).isFalse();
  }

  @Test
  void one_that_is_larger_than_all_room_is_not_kept() {
    Farewells farewells = new Farewells(10_000);
    farewells.keep("one", answered("h".repeat(100_000)));
    assertThat(farewells.of("one").isEmpty()).isTrue();
    farewells.keep("two", answered("h"));
    assertThat(farewells.of("two").isEmpty()).isFalse();
  }

  @Test
  void one_that_comes_again_and_again_takes_its_place_once() {
    Farewells farewells = new Farewells(10_000);
    farewells.keep("other", answered("h"));
    for (int i = 0; i < 1_000; i++) {
      farewells.keep("one", answered("h".repeat(1_000)));
    }
    assertThat(farewells.of("other").isEmpty()).isFalse();
    farewells.keep("one", Farewell.NONE);
    assertThat(farewells.of("one").isEmpty()).isTrue();
  }

  private static Farewell answered(String host) {
    return new Farewell(new TreeMap<>(Map.of()), new TreeSet<>(Set.of(host)));
  }
}
