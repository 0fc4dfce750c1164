package dev.skiffmesh.translator.place;

import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.model.Immutable;
import java.util.Collection;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * An option and whose it is: provenance, variants by caller, losers and conflicts all follow from
 * this.
 *
 * @param by the policies whose merge it is, all of one kind; at least one
 * @param option what they say
 */
public record Placed<O extends Option>(SortedSet<DocumentKey> by, O option) {

  /** Copies the keys. */
  public Placed {
    by = Immutable.sortedSet(by);
  }

  /** An option of one policy. */
  public static <O extends Option> Placed<O> of(DocumentKey by, O option) {
    return new Placed<>(Immutable.sortedSet(Set.of(by)), option);
  }

  /** The name of the kind whose it is. */
  public String kind() {
    return by.first().kind();
  }

  /** Applies it; whatever goes wrong is thrown as a {@link KindFailed}. */
  public void apply(Consumer<O> application) {
    try {
      application.accept(option);
    } catch (Throwable failure) {
      throw KindFailed.of(by, failure);
    }
  }

  /** Whose they are, together. */
  public static SortedSet<DocumentKey> authors(Collection<? extends Placed<?>> some) {
    SortedSet<DocumentKey> authors = new TreeSet<>();
    some.forEach(placed -> authors.addAll(placed.by()));
    return authors;
  }

  /** Those that pass, in slot order. */
  public static <O extends Option> SortedMap<Slot, Placed<O>> only(
      SortedMap<Slot, Placed<O>> some, Predicate<Placed<O>> test) {
    SortedMap<Slot, Placed<O>> passed = new TreeMap<>(some);
    passed.values().removeIf(test.negate());
    return passed;
  }

  /** Those that no policy of a kind says. */
  public static <O extends Option> SortedMap<Slot, Placed<O>> withoutKind(
      SortedMap<Slot, Placed<O>> some, String kind) {
    return only(some, placed -> !placed.kind().equals(kind));
  }
}
