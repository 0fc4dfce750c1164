package dev.skiffmesh.server.control;

import dev.skiffmesh.server.delivery.StreamId;
import dev.skiffmesh.server.status.PushedChange;
import dev.skiffmesh.translator.resource.ResourceKind;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The last changes that reached a proxy, so that one can look up afterwards what was pushed to whom
 * and why. Bounded: {@value #CHANGES} changes, and of each the first few names; of the newest few
 * all names, to count them. Thread-safe; a change is written by the control thread.
 *
 * <p>What a proxy is given because it has just come, or because it asked for it, is no change.
 */
final class History {

  private static final int CHANGES = 256;

  /** Names and proxies of a change that are kept. */
  private static final int SHOWN = 20;

  /** So many changes may still reach more proxies; by then all translations have long been done. */
  private static final int OPEN = 16;

  private final Deque<Change> open = new ArrayDeque<>();
  private final Deque<PushedChange> closed = new ArrayDeque<>();

  /** A change takes effect; it is kept once something is pushed because of it. */
  Change begin(Instant at, String cause) {
    return new Change(at, cause);
  }

  /** What is known, the newest change first. */
  synchronized List<PushedChange> changes() {
    return Stream.concat(open.stream().map(Change::view), closed.stream()).toList();
  }

  private void keep(Change change) {
    open.addFirst(change);
    if (open.size() > OPEN) {
      Change last = open.removeLast();
      last.isClosed = true;
      closed.addFirst(last.view());
    }
    if (open.size() + closed.size() > CHANGES) {
      closed.removeLast();
    }
  }

  /** One change, from the moment at which it took effect. */
  final class Change {

    private final Instant at;
    private final String cause;
    private final Set<StreamId> streams = new HashSet<>();
    private final SortedSet<String> someProxies = new TreeSet<>();
    private final SortedMap<ResourceKind, Names> kinds = new TreeMap<>();
    private int proxies;
    private boolean isClosed;

    private Change(Instant at, String cause) {
      this.at = at;
      this.cause = cause;
    }

    /** A stream was given something because of it. */
    void pushed(
        StreamId stream,
        String proxy,
        Collection<Convergence.Sent> changed,
        Collection<Convergence.Sent> removed) {
      if (changed.isEmpty() && removed.isEmpty()) {
        return;
      }
      synchronized (History.this) {
        if (isClosed) {
          return;
        }
        if (proxies == 0) {
          keep(this);
        }
        if (streams.add(stream)) {
          proxies++;
        }
        if (someProxies.size() < SHOWN) {
          someProxies.add(proxy);
        }
        changed.forEach(one -> names(one.kind()).changed(one.name()));
        removed.forEach(one -> names(one.kind()).removed(one.name()));
      }
    }

    private Names names(ResourceKind kind) {
      return kinds.computeIfAbsent(kind, _ -> new Names());
    }

    private PushedChange view() {
      List<PushedChange.Kind> views = new ArrayList<>();
      kinds.forEach((kind, names) -> views.add(names.view(kind)));
      return new PushedChange(at, cause, proxies, List.copyOf(someProxies), views);
    }
  }

  /** Names of one type; those beyond the first few are only counted. */
  private static final class Names {

    private final SortedSet<String> changed = new TreeSet<>();
    private final SortedSet<String> removed = new TreeSet<>();

    void changed(String name) {
      changed.add(name);
    }

    void removed(String name) {
      removed.add(name);
    }

    PushedChange.Kind view(ResourceKind kind) {
      List<String> some = new ArrayList<>();
      changed.stream().limit(SHOWN).forEach(some::add);
      removed.stream().limit((long) SHOWN - some.size()).map(name -> "-" + name).forEach(some::add);
      return new PushedChange.Kind(kind.shortName(), changed.size(), removed.size(), some);
    }
  }
}
