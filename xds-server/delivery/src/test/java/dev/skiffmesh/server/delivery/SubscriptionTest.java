package dev.skiffmesh.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.pcollections.TreePSet;

/** Which names a subscription holds, and which of them with others. */
class SubscriptionTest {

  private static final SortedSet<String> ABC = TreePSet.from(List.of("a", "b", "c"));

  /** However names are shared, they are the names that were asked for and not left. */
  @Property
  void namesAreWhatWasAskedFor(
      @ForAll @Size(max = 12)
          List<@Size(max = 4) List<@CharRange(from = 'a', to = 'h') @StringLength(1) String>>
              rounds) {
    Subscription subscription = Subscription.NONE;
    Set<String> expected = new TreeSet<>();
    for (int i = 0; i < rounds.size(); i++) {
      List<String> names = rounds.get(i);
      switch (i % 4) {
        case 0, 2 -> {
          subscription = subscription.with(names, List.of());
          expected.addAll(names);
        }
        case 1 -> subscription = subscription.sharing(TreePSet.from(names), new NameDifferences());
        default -> {
          subscription = subscription.with(List.of(), names);
          names.forEach(expected::remove);
        }
      }
      assertThat(new ArrayList<>(subscription.allNames())).isEqualTo(new ArrayList<>(expected));
      assertThat(Collections.disjoint(subscription.own(), subscription.shared())).isTrue();
      assertThat(expected).allMatch(subscription::names);
    }
  }

  @Test
  void oneNameMoreLeavesTheSharedOnesShared() {
    Subscription more = Subscription.NONE.withShared(ABC).with(List.of("d", "a"), List.of());
    assertThat(more.shared()).isSameAs(ABC);
    assertThat(more.own()).containsExactly("d");
  }

  @Test
  void whatWasSharedMovesToTheNextSet() {
    SortedSet<String> next = TreePSet.from(List.of("b", "c", "d"));
    Subscription moved =
        Subscription.NONE
            .withShared(ABC)
            .with(List.of("d"), List.of())
            .sharing(next, new NameDifferences());
    assertThat(moved.shared()).isSameAs(next);
    assertThat(moved.own()).containsExactly("a");
  }

  @Test
  void aSetWithANameThatIsNotAskedForIsNotShared() {
    Subscription own = Subscription.NONE.with(List.of("a", "b"), List.of());
    assertThat(own.sharing(TreePSet.from(List.of("a", "z")), new NameDifferences())).isSameAs(own);
  }
}
