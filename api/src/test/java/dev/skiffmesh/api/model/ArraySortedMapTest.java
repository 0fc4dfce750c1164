package dev.skiffmesh.api.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Comparator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.SortedMap;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** It is as a TreeMap is, but that it cannot change. */
// SortedMap is what the model's records have.
@SuppressWarnings("JdkObsolete")
class ArraySortedMapTest {

  @Property
  void isATreeMap(
      @ForAll @Size(max = 12) Map<@IntRange(min = 0, max = 20) Integer, String> entries,
      @ForAll @IntRange(min = 0, max = 20) int from,
      @ForAll @IntRange(min = 0, max = 20) int to) {
    TreeMap<Integer, String> tree = new TreeMap<>(entries);
    SortedMap<Integer, String> map = Immutable.sortedMap(entries);

    assertThat(map).isEqualTo(tree).hasSameHashCodeAs(tree).hasToString(tree.toString());
    assertThat(tree).isEqualTo(map);
    assertThat(map.keySet()).containsExactlyElementsOf(tree.keySet());
    assertThat(map.values()).containsExactlyElementsOf(tree.values());
    assertThat(map.reversed()).isEqualTo(tree.reversed());
    assertThat(map.get(from)).isEqualTo(tree.get(from));
    assertThat(map.containsKey(from)).isEqualTo(tree.containsKey(from));
    assertThat(map.headMap(from)).isEqualTo(tree.headMap(from));
    assertThat(map.tailMap(from)).isEqualTo(tree.tailMap(from));
    int least = Math.min(from, to);
    int most = Math.max(from, to);
    assertThat(map.subMap(least, most)).isEqualTo(tree.subMap(least, most));
    if (!tree.isEmpty()) {
      assertThat(map.firstKey()).isEqualTo(tree.firstKey());
      assertThat(map.lastKey()).isEqualTo(tree.lastKey());
    }
    TreeMap<Integer, String> seen = new TreeMap<>();
    map.forEach(seen::put);
    assertThat(seen).isEqualTo(tree);
    TreeMap<Integer, String> reversed = new TreeMap<>(Comparator.reverseOrder());
    reversed.putAll(entries);
    assertThat(Immutable.sortedMap(reversed).keySet()).containsExactlyElementsOf(tree.keySet());
  }

  @Test
  void cannotChangeAndIsNotCopiedAgain() {
    TreeMap<String, Integer> entries = new TreeMap<>(Map.of("a", 1));
    SortedMap<String, Integer> map = Immutable.sortedMap(entries);
    entries.put("b", 2);

    assertThat(map).containsExactly(Map.entry("a", 1));
    assertThat(Immutable.sortedMap(map)).isSameAs(map);
    assertThat(Immutable.sortedMap(Map.<String, Integer>of()))
        .isSameAs(Immutable.sortedMap(new TreeMap<String, Integer>()));
    assertThatThrownBy(() -> map.put("c", 3)).isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> map.remove("a")).isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(map::clear).isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> map.entrySet().iterator().next().setValue(4))
        .isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> map.subMap("b", "a")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(map.headMap("a")::firstKey).isInstanceOf(NoSuchElementException.class);
  }
}
