package dev.skiffmesh.translator.resource;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.model.Immutable;
import dev.skiffmesh.translator.place.RuntimeKey;
import io.envoyproxy.envoy.service.runtime.v3.Runtime;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The one runtime layer of a proxy: everything that may harm and that must be renewed to go on.
 *
 * @param keys by name; none is zero, which is what every configuration says by itself
 */
public record RuntimeLayer(SortedMap<String, RuntimeKey> keys) {

  /** The layer's name in each proxy's bootstrap, and the resource's. */
  public static final String NAME = "skiff-runs";

  /** No key. */
  public static final RuntimeLayer EMPTY = new RuntimeLayer(Immutable.sortedMap(Map.of()));

  /** What is served as long as there is no key. */
  public static final Resource NOTHING =
      Resource.pack(
          ResourceKind.RUNTIME, NAME, Runtime.newBuilder().setName(NAME).build(), Provenance.NONE);

  /** Copies the keys. */
  public RuntimeLayer {
    keys = Immutable.sortedMap(keys);
  }

  /**
   * The layer of these keys. A policy that says two shares under one name (for two of its targets)
   * gets the smaller one: it never harms more than it says.
   */
  public static RuntimeLayer of(Collection<RuntimeKey> some) {
    if (some.isEmpty()) {
      return EMPTY;
    }
    SortedMap<String, RuntimeKey> smallest = new TreeMap<>();
    for (RuntimeKey key : some) {
      smallest.merge(
          key.name(),
          key,
          (one, other) -> one.partsPerMillion() <= other.partsPerMillion() ? one : other);
    }
    smallest.values().removeIf(key -> key.partsPerMillion() == 0);
    return new RuntimeLayer(smallest);
  }

  /** Whose keys there are. */
  public SortedSet<DocumentKey> policies() {
    SortedSet<DocumentKey> policies = new TreeSet<>();
    keys.values().forEach(key -> policies.add(key.policy()));
    return policies;
  }

  /** The same without the keys of some policies. */
  public RuntimeLayer without(Set<DocumentKey> policies) {
    return of(keys.values().stream().filter(key -> !policies.contains(key.policy())).toList());
  }

  /**
   * The resource. A key is written as a fraction with its denominator: of a bare number Envoy would
   * think as a percentage, whatever the configuration's own denominator is.
   */
  public Resource resource() {
    if (keys.isEmpty()) {
      return NOTHING;
    }
    Struct.Builder layer = Struct.newBuilder();
    keys.forEach((name, key) -> layer.putFields(name, fraction(key.partsPerMillion())));
    return Resource.pack(
        ResourceKind.RUNTIME,
        NAME,
        Runtime.newBuilder().setName(NAME).setLayer(layer).build(),
        new Provenance(policies()));
  }

  private static Value fraction(int partsPerMillion) {
    return Value.newBuilder()
        .setStructValue(
            Struct.newBuilder()
                .putFields("numerator", Value.newBuilder().setNumberValue(partsPerMillion).build())
                .putFields("denominator", Value.newBuilder().setStringValue("MILLION").build()))
        .build();
  }
}
