package dev.skiffmesh.translator.memo;

import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Values that were made before and that somebody still holds, each by all that it was made of. So
 * it is bounded by what is in use, and there is no number beyond which everything is made again. A
 * value must not be reachable from its key. Confined to whoever guards it.
 */
public final class StillHeld<K, V> {

  private final Map<K, Held<K, V>> held = new HashMap<>();
  private final ReferenceQueue<V> gone = new ReferenceQueue<>();

  private static final class Held<K, V> extends WeakReference<V> {
    private final K key;

    Held(K key, V value, ReferenceQueue<V> gone) {
      super(value, gone);
      this.key = key;
    }
  }

  /** Nothing so far. */
  public StillHeld() {}

  /** The value of that key; null if nobody holds it any more. */
  public @Nullable V get(K key) {
    Held<K, V> known = held.get(key);
    return known == null ? null : known.get();
  }

  /** The value of that key, made now if nobody holds one. */
  public V get(K key, Function<K, V> make) {
    V known = get(key);
    if (known != null) {
      return known;
    }
    V made = Objects.requireNonNull(make.apply(key));
    put(key, made);
    return made;
  }

  /** From now on it is the value of that key. */
  @SuppressWarnings("unchecked") // Only such references are in the queue.
  public void put(K key, V value) {
    for (Held<K, V> dead = (Held<K, V>) gone.poll();
        dead != null;
        dead = (Held<K, V>) gone.poll()) {
      held.remove(dead.key, dead);
    }
    held.put(key, new Held<>(key, value, gone));
  }
}
