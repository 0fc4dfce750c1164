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
 * All scopes of a source of documents, and what was told of them. A change costs what the scopes
 * that share documents with it cost, not what all of them do. Not thread-safe.
 *
 * <p>What it tells is right in itself at each event: a service is never in two scopes, a scope that
 * becomes unreadable says so before its content. It may tell what is known already, so that its
 * sink should be {@link ChangedOnly}.
 */
public final class DocumentScopes {

  private final Source.Sink sink;
  private final SortedMap<String, ScopeContent> contents = new TreeMap<>();
  private final Map<DocumentKey, SortedSet<String>> holders = new HashMap<>();
  private final Map<DocumentKey, Registered> good = new HashMap<>();

  /** No scope yet, and nothing told. */
  public DocumentScopes(Source.Sink sink) {
    this.sink = sink;
  }

  /** What is in force of one scope; empty for one that is not known. */
  public ScopeContent content(String scope) {
    return contents.getOrDefault(scope, ScopeContent.EMPTY);
  }

  /** The names of all scopes, of those without documents too. */
  public SortedSet<String> names() {
    return Collections.unmodifiableSortedSet(new TreeSet<>(contents.keySet()));
  }

  /** Tells that these are all scopes there are. */
  public void become(SortedMap<String, ScopeContent> all) {
    SortedSet<String> gone = new TreeSet<>(contents.keySet());
    gone.removeAll(all.keySet());
    SortedMap<String, ScopeContent> changed = new TreeMap<>(all);
    changed.entrySet().removeIf(entry -> entry.getValue().equals(contents.get(entry.getKey())));
    change(changed, gone);
  }

  /** Tells that some scopes have other contents now and others are gone; the rest is as it was. */
  public void change(SortedMap<String, ScopeContent> changed, Set<String> gone) {
    SortedSet<String> touched = new TreeSet<>(changed.keySet());
    touched.addAll(gone);
    if (touched.isEmpty()) {
      return;
    }
    Set<String> connected = connected(touched, changed);
    MergedScopes before = MergedScopes.of(restricted(connected), good);
    touched.forEach(this::forget);
    changed.forEach(this::know);
    MergedScopes now = MergedScopes.of(restricted(connected), good);
    before.good().keySet().forEach(good::remove);
    good.putAll(now.good());
    ScopeEvents.between(before, now).forEach(sink::accept);
  }

  /** Those that share a document with {@code touched}, before or after, and so on. */
  private Set<String> connected(Set<String> touched, SortedMap<String, ScopeContent> changed) {
    Set<String> connected = new HashSet<>(touched);
    Deque<String> open = new ArrayDeque<>(touched);
    while (!open.isEmpty()) {
      String scope = open.remove();
      Stream.of(contents.get(scope), changed.get(scope))
          .flatMap(content -> content == null ? Stream.empty() : keys(content).stream())
          .flatMap(key -> holders.getOrDefault(key, Collections.emptySortedSet()).stream())
          .filter(connected::add)
          .forEach(open::add);
    }
    return connected;
  }

  private SortedMap<String, ScopeContent> restricted(Set<String> names) {
    SortedMap<String, ScopeContent> some = new TreeMap<>();
    for (String name : names) {
      ScopeContent content = contents.get(name);
      if (content != null) {
        some.put(name, content);
      }
    }
    return some;
  }

  private void forget(String scope) {
    ScopeContent content = contents.remove(scope);
    if (content != null) {
      for (DocumentKey key : keys(content)) {
        SortedSet<String> scopes = holders.getOrDefault(key, new TreeSet<>());
        scopes.remove(scope);
        if (scopes.isEmpty()) {
          holders.remove(key);
        }
      }
    }
  }

  private void know(String scope, ScopeContent content) {
    contents.put(scope, content);
    keys(content).forEach(key -> holders.computeIfAbsent(key, k -> new TreeSet<>()).add(scope));
  }

  private static Set<DocumentKey> keys(ScopeContent content) {
    List<ScopeContent.Item> items = content.items();
    return items.stream().map(item -> item.document().key()).collect(Collectors.toSet());
  }
}
