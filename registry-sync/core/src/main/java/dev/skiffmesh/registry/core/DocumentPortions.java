package dev.skiffmesh.registry.core;

import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.source.Source;
import dev.skiffmesh.registry.core.ServiceDocuments.Registered;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * All portions of a source of documents, and what was told of them. A change costs what the
 * portions that share documents with it cost, not what all of them do. Not thread-safe.
 *
 * <p>What it tells is right in itself at each event: a service is never in two portions, a portion
 * that becomes unreadable says so before its content. It may tell what is known already, so that
 * its sink should be {@link ChangedOnly}.
 */
public final class DocumentPortions {

  private final Source.Sink sink;
  private final SortedMap<String, PortionContent> contents = new TreeMap<>();
  private final Map<DocumentKey, SortedSet<String>> holders = new HashMap<>();
  private final Map<DocumentKey, Registered> good = new HashMap<>();

  /** No portion yet, and nothing told. */
  public DocumentPortions(Source.Sink sink) {
    this.sink = sink;
  }

  /** What is in force of one portion; empty for one that is not known. */
  public PortionContent content(String portion) {
    return contents.getOrDefault(portion, PortionContent.EMPTY);
  }

  /** The names of all portions, of those without documents too. */
  public SortedSet<String> names() {
    return Collections.unmodifiableSortedSet(new TreeSet<>(contents.keySet()));
  }

  /** Tells that these are all portions there are. */
  public void become(SortedMap<String, PortionContent> all) {
    SortedSet<String> gone = new TreeSet<>(contents.keySet());
    gone.removeAll(all.keySet());
    SortedMap<String, PortionContent> changed = new TreeMap<>(all);
    changed.entrySet().removeIf(entry -> entry.getValue().equals(contents.get(entry.getKey())));
    change(changed, gone);
  }

  /**
   * Tells that some portions have other contents now and others are gone; the rest is as it was.
   */
  public void change(SortedMap<String, PortionContent> changed, Set<String> gone) {
    SortedSet<String> touched = new TreeSet<>(changed.keySet());
    touched.addAll(gone);
    if (touched.isEmpty()) {
      return;
    }
    Set<String> connected = connected(touched, changed);
    MergedPortions before = MergedPortions.of(restricted(connected), good);
    touched.forEach(this::forget);
    changed.forEach(this::know);
    MergedPortions now = MergedPortions.of(restricted(connected), good);
    before.good().keySet().forEach(good::remove);
    good.putAll(now.good());
    PortionEvents.between(before, now).forEach(sink::accept);
  }

  /** Those that share a document with {@code touched}, before or after, and so on. */
  private Set<String> connected(Set<String> touched, SortedMap<String, PortionContent> changed) {
    Set<String> connected = new HashSet<>(touched);
    Deque<String> open = new ArrayDeque<>(touched);
    while (!open.isEmpty()) {
      String portion = open.remove();
      Stream.of(contents.get(portion), changed.get(portion))
          .flatMap(content -> content == null ? Stream.empty() : keys(content).stream())
          .flatMap(key -> holders.getOrDefault(key, Collections.emptySortedSet()).stream())
          .filter(connected::add)
          .forEach(open::add);
    }
    return connected;
  }

  private SortedMap<String, PortionContent> restricted(Set<String> names) {
    SortedMap<String, PortionContent> some = new TreeMap<>();
    for (String name : names) {
      PortionContent content = contents.get(name);
      if (content != null) {
        some.put(name, content);
      }
    }
    return some;
  }

  private void forget(String portion) {
    PortionContent content = contents.remove(portion);
    if (content != null) {
      for (DocumentKey key : keys(content)) {
        SortedSet<String> portions = holders.getOrDefault(key, new TreeSet<>());
        portions.remove(portion);
        if (portions.isEmpty()) {
          holders.remove(key);
        }
      }
    }
  }

  private void know(String portion, PortionContent content) {
    contents.put(portion, content);
    keys(content).forEach(key -> holders.computeIfAbsent(key, k -> new TreeSet<>()).add(portion));
  }

  private static Set<DocumentKey> keys(PortionContent content) {
    List<PortionContent.Item> items = content.items();
    return items.stream().map(item -> item.document().key()).collect(Collectors.toSet());
  }
}
