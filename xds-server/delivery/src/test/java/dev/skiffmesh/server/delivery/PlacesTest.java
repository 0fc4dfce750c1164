package dev.skiffmesh.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.server.delivery.DeliveryMetrics.Refusal;
import org.junit.jupiter.api.Test;

/** How many may be there and come, with a clock that only this test moves. */
class PlacesTest {

  private long now;

  @Test
  void a_place_that_is_given_back_can_be_taken() {
    Places places = new Places(1, 100, () -> now);
    assertThat(places.enter("a", false)).isNull();
    assertThat(places.enter("b", false)).isEqualTo(Refusal.TOO_MANY_STREAMS);
    places.leave();
    assertThat(places.enter("b", false)).isNull();
  }

  @Test
  void one_address_leaves_half_of_a_second_to_the_others() {
    Places places = new Places(1_000, 10, () -> now);
    for (int i = 0; i < 100; i++) {
      assertThat(places.enter("loud", false)).isEqualTo(i < 5 ? null : Refusal.TOO_FAST);
    }
    assertThat(places.enter("quiet", false)).isNull();
    now += 1_000_000_000L;
    assertThat(places.enter("loud", false)).isNull();
  }

  @Test
  void peers_on_this_machine_are_one_address_and_may_take_all_of_a_second() {
    Places places = new Places(1_000, 10, () -> now);
    for (int i = 0; i < 10; i++) {
      assertThat(places.enter("127.0.0.1", true)).isNull();
    }
    assertThat(places.enter("127.0.0.1", true)).isEqualTo(Refusal.TOO_FAST);
  }
}
