package dev.skiffmesh.registry.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ToldTest {

  private final Told<String, List<String>> told = new Told<>();

  /** Equal to any other of the same name, and not the same object. */
  private static List<String> instances(String name) {
    return new ArrayList<>(List.of(name));
  }

  @Test
  void whatStaysEqualIsHeldOnceHoweverOftenItIsMadeAnew() {
    List<String> first = instances("10.0.0.1");
    assertThat(told.isNew("order", first)).isTrue();
    for (int look = 0; look < 3; look++) {
      assertThat(told.isNew("order", instances("10.0.0.1"))).isFalse();
    }
    assertThat(told.get("order")).as("the one that its listener holds").isSameAs(first);

    List<String> second = instances("10.0.0.2");
    assertThat(told.isNew("order", second)).isTrue();
    assertThat(told.get("order")).isSameAs(second);
  }

  @Test
  void whatIsGoneIsNewWhenItComesBack() {
    told.isNew("order", instances("10.0.0.1"));
    told.isNew("stock", instances("10.0.0.2"));
    assertThat(told.without(Set.of("stock", "cart"))).containsExactly("order");

    assertThat(told.remove("order")).isTrue();
    assertThat(told.remove("order")).isFalse();
    assertThat(told.isNew("order", instances("10.0.0.1"))).isTrue();
  }
}
