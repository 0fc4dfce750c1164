package dev.skiffmesh.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** Whatever is asked, in whatever order, the answer is that of the collection itself. */
class OrderedLookupTest {

  @Property(tries = 500)
  void answersAsTheCollectionDoes(
      @ForAll @Size(max = 40) List<@IntRange(min = 0, max = 60) Integer> held,
      @ForAll @Size(max = 60) List<@IntRange(min = 0, max = 60) Integer> asked) {
    TreeSet<String> names = new TreeSet<>(held.stream().map(String::valueOf).toList());
    OrderedLookup<String> lookup = OrderedLookup.in(names);
    for (int each : asked) {
      assertThat(lookup.find("" + each) != null).isEqualTo(names.contains("" + each));
    }
    for (String each : new TreeSet<>(asked.stream().map(String::valueOf).toList())) {
      assertThat(lookup.find(each) != null).isEqualTo(names.contains(each));
    }
  }

  @Property(tries = 20)
  void searchesFewTimesWhenAskedInOrder(@ForAll @IntRange(min = 10, max = 2000) int size) {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      names.add("name-" + (10_000 + i));
    }
    TreeSet<String> set = new TreeSet<>(names);
    AtomicInteger searches = new AtomicInteger();
    OrderedLookup<String> lookup =
        new OrderedLookup<>(
            name -> {
              searches.incrementAndGet();
              return set.contains(name) ? name : null;
            },
            name -> {
              searches.incrementAndGet();
              return set.tailSet(name).iterator();
            },
            name -> name);
    assertThat(names.stream().allMatch(name -> lookup.find(name) != null)).isTrue();
    assertThat(searches.get()).isLessThanOrEqualTo(3);
  }
}
