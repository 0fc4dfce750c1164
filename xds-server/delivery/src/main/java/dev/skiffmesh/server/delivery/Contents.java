package dev.skiffmesh.server.delivery;

import dev.skiffmesh.translator.resource.Resource;
import dev.skiffmesh.translator.resource.ResourceKind;
import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;

/**
 * What a proxy should have of one type, by name. Lives within one step, and is cheapest for who
 * asks in order; not thread-safe.
 */
final class Contents {

  private final KindRule rule;
  private final DeliveryRules rules;
  private final ProxySnapshot snapshot;
  private @Nullable OrderedLookup<Resource> lookup;

  Contents(KindRule rule, DeliveryRules rules, ProxySnapshot snapshot) {
    this.rule = rule;
    this.rules = rules;
    this.snapshot = snapshot;
  }

  /** All that there is of the type, whoever asks. */
  TreePMap<String, Resource> all() {
    return all(snapshot, rule.kind());
  }

  /** The names that the wildcard stands for. */
  Collection<String> wildcardNames() {
    return wildcardNames(snapshot, rule.kind());
  }

  static Collection<String> wildcardNames(ProxySnapshot of, ResourceKind kind) {
    return kind.equals(ResourceKind.ENDPOINT)
        ? of.resources().assignmentNames()
        : of.resources().of(kind).keySet();
  }

  /**
   * What the proxy should have under a name that it asks for.
   *
   * @param known what it has
   * @param named whether it asks by name; else by wildcard
   * @param rejected what it rejects
   */
  Target target(String name, Known known, boolean named, Map<String, RejectedContent> rejected) {
    Resource resource = find(name, named);
    if (resource != null) {
      return new Target.Body(resource, false);
    }
    return switch (rule.absence()) {
      case REMOVED ->
          !known.isHeld() && !known.owed()
              ? Target.Same.INSTANCE
              : isAwaited(name) ? Target.Awaited.INSTANCE : Target.Gone.INSTANCE;
      case EMPTIED ->
          isAwaited(name)
              ? Target.Awaited.INSTANCE
              : new Target.Body(rules.standIn(rule.kind(), name), true);
      case KEPT ->
          known.version() != null && !known.doubtful()
              ? Target.Same.INSTANCE
              : new Target.Body(rules.standIn(rule.kind(), name), true);
      case ALIASED -> {
        if (!known.isHeld() && !known.owed()) {
          yield Target.Same.INSTANCE;
        }
        if (isAwaited(name)) {
          yield Target.Awaited.INSTANCE;
        }
        yield known.isHeld() ? Target.Gone.INSTANCE : hostNamed(name, rejected);
      }
    };
  }

  /** The mesh has it, and the control loop has been told that this proxy wants it. */
  private boolean isAwaited(String name) {
    return snapshot.reach().has(rule.kind(), name);
  }

  /** What is to come of a name that is no virtual host's own. */
  private Target hostNamed(String asked, Map<String, RejectedContent> rejected) {
    String host = snapshot.reach().virtualHost(asked).orElse(null);
    if (host == null) {
      return Target.Alias.INSTANCE;
    }
    Resource resource = snapshot.resources().of(rule.kind()).get(host);
    if (resource == null) {
      return Target.Awaited.INSTANCE;
    }
    RejectedContent rejection = rejected.get(host);
    // What the proxy rejects never comes: a call that waits for it ends now, not after its timeout.
    return rejection != null && rejection.version().equals(resource.version())
        ? Target.Alias.INSTANCE
        : new Target.Rides(host);
  }

  /** The resource under a name that is asked for, by name or by wildcard. */
  @Nullable Resource find(String name, boolean named) {
    if (!isSeen(snapshot, rule.kind(), name, named)) {
      return null;
    }
    OrderedLookup<Resource> all = lookup;
    if (all == null) {
      all = OrderedLookup.in(all(snapshot, rule.kind()));
      lookup = all;
    }
    return all.find(name);
  }

  /** The same in any snapshot. */
  static @Nullable Resource find(ProxySnapshot of, ResourceKind kind, String name, boolean named) {
    return isSeen(of, kind, name, named) ? all(of, kind).get(name) : null;
  }

  /** Assignments are shared by all proxies; the wildcard stands for this one's alone. */
  private static boolean isSeen(ProxySnapshot of, ResourceKind kind, String name, boolean named) {
    return named
        || !kind.equals(ResourceKind.ENDPOINT)
        || of.resources().assignmentNames().contains(name);
  }

  private static TreePMap<String, Resource> all(ProxySnapshot of, ResourceKind kind) {
    return kind.equals(ResourceKind.ENDPOINT) ? of.assignments() : of.resources().of(kind);
  }
}
