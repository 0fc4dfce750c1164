package dev.skiffmesh.api.model;

import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * An immutable map in its keys' natural order, in two arrays: a mesh holds some for each of its
 * endpoints, mostly with a handful of entries, where a tree takes three times the memory.
 */
// SortedMap is what the model's records have; nothing asks for what is near a key.
@SuppressWarnings("JdkObsolete")
final class ArraySortedMap<K extends Comparable<K>, V> extends AbstractMap<K, V>
    implements SortedMap<K, V> {

  private static final ArraySortedMap<?, ?> EMPTY =
      new ArraySortedMap<>(new Object[0], new Object[0]);

  private final Object[] keys;
  private final Object[] values;

  private ArraySortedMap(Object[] keys, Object[] values) {
    this.keys = keys;
    this.values = values;
  }

  /** A copy; the same object if it is one of these already. */
  // Nothing can be put into an empty one, and K is that of the entries.
  @SuppressWarnings("unchecked")
  static <K extends Comparable<K>, V> ArraySortedMap<K, V> copyOf(
      Map<? extends K, ? extends V> entries) {
    if (entries instanceof ArraySortedMap<?, ?> sorted) {
      return (ArraySortedMap<K, V>) sorted;
    }
    if (entries.isEmpty()) {
      return (ArraySortedMap<K, V>) EMPTY;
    }
    Map<? extends K, ? extends V> sorted =
        entries instanceof SortedMap<?, ?> known && known.comparator() == null
            ? entries
            : new TreeMap<>(entries);
    Object[] keys = new Object[sorted.size()];
    Object[] values = new Object[sorted.size()];
    int next = 0;
    for (Map.Entry<? extends K, ? extends V> entry : sorted.entrySet()) {
      keys[next] = entry.getKey();
      values[next++] = entry.getValue();
    }
    return new ArraySortedMap<>(keys, values);
  }

  @Override
  public int size() {
    return keys.length;
  }

  @Override
  public @Nullable V get(@Nullable Object key) {
    int at = key == null ? -1 : Arrays.binarySearch(keys, key);
    return at < 0 ? null : value(at);
  }

  @Override
  public boolean containsKey(@Nullable Object key) {
    return key != null && Arrays.binarySearch(keys, key) >= 0;
  }

  @Override
  public @Nullable Comparator<? super K> comparator() {
    return null;
  }

  @Override
  public K firstKey() {
    return key(requireSome(0));
  }

  @Override
  public K lastKey() {
    return key(requireSome(keys.length - 1));
  }

  @Override
  public SortedMap<K, V> subMap(K from, K to) {
    if (from.compareTo(to) > 0) {
      throw new IllegalArgumentException("a range must not end before it begins");
    }
    return range(position(from), position(to));
  }

  @Override
  public SortedMap<K, V> headMap(K to) {
    return range(0, position(to));
  }

  @Override
  public SortedMap<K, V> tailMap(K from) {
    return range(position(from), keys.length);
  }

  private SortedMap<K, V> range(int from, int to) {
    return new ArraySortedMap<>(
        Arrays.copyOfRange(keys, from, to), Arrays.copyOfRange(values, from, to));
  }

  /** Of the first key that is not less. */
  private int position(K key) {
    int at = Arrays.binarySearch(keys, key);
    return at < 0 ? -at - 1 : at;
  }

  private int requireSome(int at) {
    if (keys.length == 0) {
      throw new NoSuchElementException("the map is empty");
    }
    return at;
  }

  @SuppressWarnings("unchecked")
  private K key(int at) {
    return (K) keys[at];
  }

  @SuppressWarnings("unchecked")
  private V value(int at) {
    return (V) values[at];
  }

  @Override
  public void forEach(BiConsumer<? super K, ? super V> action) {
    for (int i = 0; i < keys.length; i++) {
      action.accept(key(i), value(i));
    }
  }

  @Override
  public Set<Map.Entry<K, V>> entrySet() {
    return new AbstractSet<>() {
      @Override
      public int size() {
        return keys.length;
      }

      @Override
      public Iterator<Map.Entry<K, V>> iterator() {
        return new Iterator<>() {
          private int next;

          @Override
          public boolean hasNext() {
            return next < keys.length;
          }

          @Override
          public Map.Entry<K, V> next() {
            if (next == keys.length) {
              throw new NoSuchElementException("the map has no more entries");
            }
            Map.Entry<K, V> entry = new SimpleImmutableEntry<>(key(next), value(next));
            next++;
            return entry;
          }
        };
      }
    };
  }
}
