package dev.skiffmesh.server.delivery;

import dev.skiffmesh.translator.resource.Resource;
import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;

/**
 * All names of one type in a snapshot, for proxies that have nothing and are given all of them in
 * one response: that is how each begins. A thousand proxies that come at once share one of these,
 * so that what is open and what is sent is worked out for the first of them alone. Immutable but
 * for its memo; thread-safe.
 */
final class Everything {

  private final Set<String> names;
  private final Map<String, Known> open = new Open(Known.NOTHING);
  private final Map<String, Known> owed = new Open(Known.NOTHING_OWED);
  private volatile @Nullable Batch last;

  /**
   * The response that brings all of it.
   *
   * @param of the contents that it was made of
   * @param pending all names, in order
   * @param resources in the order of names; empty if one is missing, or one response cannot carry
   *     them all
   * @param versions by name, in the same order
   * @param version of the response as a whole
   */
  record Batch(
      TreePMap<String, Resource> of,
      Pending pending,
      PackedResources resources,
      Map<String, String> versions,
      String version) {

    List<String> names() {
      return pending.additions();
    }
  }

  /** Every name with the same standing, as a map that holds none of it. */
  private final class Open extends AbstractMap<String, Known> {

    private final Known each;

    Open(Known each) {
      this.each = each;
    }

    private Everything everything() {
      return Everything.this;
    }

    @Override
    public @Nullable Known get(Object name) {
      return names.contains(name) ? each : null;
    }

    @Override
    public boolean containsKey(Object name) {
      return names.contains(name);
    }

    @Override
    public Set<String> keySet() {
      return names;
    }

    @Override
    public Set<Map.Entry<String, Known>> entrySet() {
      return new AbstractSet<>() {
        @Override
        public Iterator<Map.Entry<String, Known>> iterator() {
          Iterator<String> all = names.iterator();
          return new Iterator<>() {
            @Override
            public boolean hasNext() {
              return all.hasNext();
            }

            @Override
            public Map.Entry<String, Known> next() {
              return Map.entry(all.next(), each);
            }
          };
        }

        @Override
        public int size() {
          return names.size();
        }
      };
    }
  }

  /**
   * Of those names.
   *
   * @param names immutable, in order
   */
  Everything(Set<String> names) {
    this.names = Collections.unmodifiableSet(names);
  }

  /** In order. */
  Set<String> names() {
    return names;
  }

  /** The proxy is thought to have none of them. */
  Map<String, Known> open() {
    return open;
  }

  /** The same, and each must be answered. */
  Map<String, Known> owed() {
    return owed;
  }

  /** Whose {@code open} that is; null if some names stand otherwise than others. */
  static @Nullable Everything of(Map<String, Known> open) {
    return open instanceof Open all ? all.everything() : null;
  }

  /** Tells whether {@code open} is that of all names, each to be answered. */
  static boolean isOwed(Map<String, Known> open) {
    return open instanceof Open all && all.each.owed();
  }

  /**
   * The response that brings all of it; null if there is none, so that it takes several or not all
   * are there.
   */
  @SuppressWarnings("ReferenceEquality") // What is the same object is unchanged.
  @Nullable Batch batch(TreePMap<String, Resource> contents, KindRule rule) {
    Batch batch = last;
    if (batch == null || batch.of() != contents) {
      batch = assemble(contents, rule);
      last = batch;
    }
    return batch.resources().isEmpty() ? null : batch;
  }

  /** Tells whether {@code response} is the one that brings all of it as it is in {@code now}. */
  @SuppressWarnings("ReferenceEquality") // It shares its map, and what is the same is unchanged.
  boolean isBroughtBy(@Nullable InFlight response, TreePMap<String, Resource> now) {
    Batch batch = last;
    return response != null
        && batch != null
        && batch.of() == now
        && response.versions() == batch.versions();
  }

  private Batch assemble(TreePMap<String, Resource> contents, KindRule rule) {
    List<String> all = List.copyOf(names);
    List<Resource> resources = new ArrayList<>();
    Map<String, String> versions = new LinkedHashMap<>();
    OrderedLookup<Resource> lookup = OrderedLookup.in(contents);
    long bytes = 0;
    for (String name : all) {
      Resource resource = lookup.find(name);
      if (resource != null) {
        resources.add(resource);
        versions.put(name, resource.version());
        bytes += resource.any().size();
      }
    }
    boolean fits =
        resources.size() == all.size()
            && all.size() <= rule.most()
            && bytes <= DeliveryRules.MOST_BYTES
            && rule.ttl().isZero();
    return new Batch(
        contents,
        new Pending(List.of(), all, List.of()),
        new PackedResources(fits ? resources : List.of()),
        Collections.unmodifiableMap(versions),
        Fingerprint.of(resources));
  }
}
