package dev.skiffmesh.server.delivery;

import dev.skiffmesh.translator.resource.Resource;
import dev.skiffmesh.translator.resource.ResourceKind;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;

/**
 * One type's state as it can be asked: what a proxy has, what it should have, what is between the
 * two. Only {@link KindDraft} changes it. Not thread-safe, since look-ups remember where they were.
 */
sealed class KindReading permits KindDraft {

  final KindRule rule;
  final DeliveryRules rules;
  final Contents contents;
  private final ProxySnapshot snapshot;
  private final NameLookup lookup = new NameLookup();

  boolean asked;
  boolean greeting;
  boolean quiet;
  Subscription subscription;
  Map<String, Known> open;
  SortedMap<String, RejectedContent> rejected;
  List<SortedSet<String>> isolation;
  SortedSet<String> warmUps;
  Patience expected;
  Patience lingering;
  @Nullable String claimed;
  boolean renewalDue;
  @Nullable InFlight inFlight;
  TreePMap<String, Resource> whole;
  Tally tally;

  /** Of {@code state} under a snapshot. */
  KindReading(KindState state, KindRule rule, DeliveryRules rules, ProxySnapshot snapshot) {
    this.rule = rule;
    this.rules = rules;
    this.snapshot = snapshot;
    this.contents = new Contents(rule, rules, snapshot);
    asked = state.asked();
    greeting = state.greeting();
    quiet = state.quiet();
    subscription = state.subscription();
    open = state.open();
    rejected = state.rejected();
    isolation = state.isolation();
    warmUps = state.warmUps();
    expected = state.expected();
    lingering = state.lingering();
    claimed = state.claimed();
    renewalDue = state.renewalDue();
    inFlight = state.inFlight();
    whole = state.whole();
    tally = state.tally();
  }

  /** What differs from what it should be, by name. */
  Map<String, Known> open() {
    return open;
  }

  SortedMap<String, RejectedContent> rejected() {
    return rejected;
  }

  ProxySnapshot snapshot() {
    return snapshot;
  }

  private boolean names(String name) {
    return lookup.names(subscription, name);
  }

  /** The names that the wildcard stands for. */
  Collection<String> wildcardNames() {
    return contents.wildcardNames();
  }

  /** What the proxy should have under {@code name}. */
  Target target(String name, Known known) {
    boolean named = known.owed() || names(name);
    return named || subscription.wildcard()
        ? contents.target(name, known, named, rejected)
        : Target.Same.INSTANCE;
  }

  /** Tells whether there is a resource of that very name, asked for or not. */
  boolean exists(String name) {
    return contents.find(name, true) != null;
  }

  final boolean covers(String name) {
    return subscription.wildcard() || names(name);
  }

  /** The version that a proxy in step with {@code before} has; null for none. */
  final @Nullable String versionIn(ProxySnapshot before, String name) {
    boolean named = names(name);
    Resource resource = Contents.find(before, rule.kind(), name, named);
    if (resource != null) {
      return resource.version();
    }
    return named && rule.absence() == KindRule.Absence.EMPTIED
        ? rules.standIn(rule.kind(), name).version()
        : null;
  }

  /** Tells whether the proxy's copy of {@code name} is as it should be. */
  boolean isSettled(String name) {
    Known known = open.get(name);
    return known == null || isSettled(known, target(name, known));
  }

  static boolean isSettled(Known known, Target target) {
    return switch (target) {
      case Target.Same _ -> true;
      case Target.Body body ->
          !known.owed() && !known.doubtful() && body.version().equals(known.version());
      case Target.Gone _, Target.Alias _, Target.Awaited _, Target.Rides _ -> false;
    };
  }

  static Known known(@Nullable String version) {
    return version == null ? Known.NOTHING : new Known(version, false, false);
  }

  /** What the proxy has under a name, as far as is known. */
  Known copyOf(String name) {
    Known known = open.get(name);
    return known != null ? known : covers(name) ? known(versionIn(snapshot, name)) : Known.NOTHING;
  }

  /**
   * How many names a proxy has that is in step, without a look at each; -1 if that cannot be told.
   */
  int heldIfNothingIsOpen() {
    int named = subscription.shared().size() + subscription.own().size();
    if (subscription.wildcard()) {
      // A name that is asked for beside the wildcard is one of them, or a name that nothing has.
      return rule.kind().equals(ResourceKind.ENDPOINT) ? -1 : wildcardNames().size();
    }
    return rule.absence() == KindRule.Absence.EMPTIED ? named : -1;
  }

  /** Tells whether a name is among those of {@link #heldIfNothingIsOpen}. */
  boolean isHeldIfNotOpen(String name) {
    return subscription.wildcard() ? contents.find(name, false) != null : names(name);
  }

  /** Tells whether the proxy was sent nothing of the type and asked for nothing. */
  boolean isUntouched() {
    return open.isEmpty() && inFlight == null && subscription.isEmpty();
  }

  /**
   * The response that brings all that is open, as it is with each proxy that has just come; null if
   * that is not so.
   */
  Everything.@Nullable Batch batch() {
    Everything all = Everything.of(open);
    return all != null
            && (subscription.wildcard() || Everything.isOwed(open))
            && inFlight == null
            && rejected.isEmpty()
            && isolation.isEmpty()
        ? all.batch(contents.all(), rule)
        : null;
  }

  /** Tells whether the response in flight brings all that is open, and as it should be now. */
  boolean isAllOnItsWay() {
    Everything all = Everything.of(open);
    return all != null && !Everything.isOwed(open) && all.isBroughtBy(inFlight, contents.all());
  }

  /**
   * The contents of limited life that the proxy has as it should. What is on its way or refused is
   * not among them: the one brings a life of its own, the other must not live on.
   */
  List<Resource> perishable() {
    if (!asked || rule.ttl().isZero()) {
      return List.of();
    }
    SortedSet<String> candidates = new TreeSet<>(subscription.allNames());
    if (subscription.wildcard()) {
      candidates.addAll(wildcardNames());
    }
    List<Resource> held = new ArrayList<>();
    for (String name : candidates) {
      Resource resource = contents.find(name, true);
      if (resource != null && isSettled(name) && !rules.ttl(resource).isZero()) {
        held.add(resource);
      }
    }
    return held;
  }

  static String wire(Target target) {
    String version = target.version();
    return version == null ? "" : version;
  }

  final boolean isPending(String name, Known known, Target target) {
    if (target instanceof Target.Same || target instanceof Target.Awaited) {
      return false;
    }
    RejectedContent rejection = rejected.get(name);
    if (rejection != null && rejection.version().equals(wire(target))) {
      return false;
    }
    return known.owed() || inFlight == null || !inFlight.brings(name, target.version());
  }

  /** A removal makes something unreachable, so it waits until nothing refers to it any more. */
  static boolean isRemoval(Known known, Target target) {
    return switch (target) {
      case Target.Gone gone -> known.isHeld();
      case Target.Body body -> body.standIn() && known.version() != null && !known.owed();
      case Target.Alias _, Target.Awaited _, Target.Rides _, Target.Same _ -> false;
    };
  }

  /** By virtual host, the names whose next answer is its. */
  SortedMap<String, List<String>> riders() {
    SortedMap<String, List<String>> riders = new TreeMap<>();
    if (rule.isAliased()) {
      open.forEach(
          (name, known) -> {
            if (target(name, known) instanceof Target.Rides(String host)) {
              riders.computeIfAbsent(host, _ -> new ArrayList<>()).add(name);
            }
          });
      riders.values().forEach(names -> names.sort(null));
    }
    return riders;
  }

  /** The route configurations that get no virtual host, so that their warm-up must be ended. */
  List<String> barrenWarmUps() {
    if (warmUps.isEmpty() || !subscription.wildcard()) {
      return List.of();
    }
    List<String> barren = new ArrayList<>();
    for (String routes : warmUps) {
      if (virtualHostsOf(routes).isEmpty()) {
        barren.add(routes);
      }
    }
    return barren;
  }

  /** The virtual hosts of a route configuration: their names begin with its name and a slash. */
  Collection<String> virtualHostsOf(String routes) {
    TreePMap<String, Resource> all = snapshot.resources().of(rule.kind());
    // '0' is the character behind '/'.
    return all.subMap(routes + "/", routes + "0").keySet();
  }
}
