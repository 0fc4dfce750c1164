package dev.skiffmesh.server.delivery;

import dev.skiffmesh.translator.resource.Resource;
import dev.skiffmesh.translator.resource.ResourceKind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;

/**
 * One type's state while a step changes it. Lives within one step; copies what it changes, so the
 * state it was made of stays as it was.
 */
final class KindDraft {

  /** To look through a thousand names for each new one would cost more than to keep a few twice. */
  private static final int WORTH_SHARING = 16;

  final KindRule rule;
  private final DeliveryRules rules;
  private final ProxySnapshot snapshot;

  boolean asked;
  boolean greeting;
  Subscription subscription;
  List<SortedSet<String>> isolation;
  SortedSet<String> warmUps;
  @Nullable String claimed;
  boolean renewalDue;
  @Nullable InFlight inFlight;
  TreePMap<String, Resource> whole;
  Tally tally;
  private boolean quiet;
  private Map<String, Known> open;
  private boolean openIsOwn;
  private SortedMap<String, Rejection> rejected;
  private boolean rejectedIsOwn;
  private final Contents contents;
  private final NameLookup lookup = new NameLookup();

  KindDraft(KindState state, KindRule rule, DeliveryRules rules, ProxySnapshot snapshot) {
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
    claimed = state.claimed();
    renewalDue = state.renewalDue();
    inFlight = state.inFlight();
    whole = state.whole();
    tally = state.tally();
  }

  KindState freeze() {
    return new KindState(
        rule.kind(),
        asked,
        greeting,
        quiet,
        subscription,
        openIsOwn ? KindState.orNothingOpen(Collections.unmodifiableMap(open)) : open,
        rejectedIsOwn
            ? KindState.orNoneRejected(Collections.unmodifiableSortedMap(rejected))
            : rejected,
        isolation,
        KindState.orNoNames(warmUps),
        claimed,
        renewalDue,
        inFlight,
        whole,
        tally);
  }

  Map<String, Known> open() {
    return open;
  }

  SortedMap<String, Rejection> rejected() {
    return rejected;
  }

  /**
   * Writes down what is known of a name, or that it is as it should be if {@code known} is null.
   */
  void put(String name, @Nullable Known known) {
    quiet = false;
    if (Objects.equals(known, open.get(name))) {
      return;
    }
    if (!openIsOwn) {
      open = new LinkedHashMap<>(open);
      openIsOwn = true;
    }
    if (known == null) {
      open.remove(name);
    } else {
      open.put(name, known);
    }
  }

  void reject(String name, Rejection rejection) {
    ownRejected().put(name, rejection);
  }

  void forgive(String name) {
    if (rejected.containsKey(name)) {
      ownRejected().remove(name);
      quiet = false;
    }
  }

  private SortedMap<String, Rejection> ownRejected() {
    if (!rejectedIsOwn) {
      rejected = new TreeMap<>(rejected);
      rejectedIsOwn = true;
    }
    return rejected;
  }

  /** Something has happened that {@link #put} does not see. */
  void stir() {
    quiet = false;
  }

  /** All that there was to send is in flight. */
  void calm() {
    quiet = true;
  }

  ProxySnapshot snapshot() {
    return snapshot;
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

  private boolean names(String name) {
    return lookup.names(subscription, name);
  }

  /** Tells whether there is a resource of that very name, asked for or not. */
  boolean exists(String name) {
    return contents.find(name, true) != null;
  }

  /** Keeps names that are those of all assignments in one set with all streams that ask so. */
  void share() {
    if (rule.kind().equals(ResourceKind.ENDPOINT) && subscription.own().size() >= WORTH_SHARING) {
      subscription = subscription.sharing(snapshot.resources().assignmentNames());
    }
  }

  private boolean covers(String name) {
    return subscription.wildcard() || names(name);
  }

  /** The version that a proxy in step with {@code before} has; null for none. */
  private @Nullable String versionIn(ProxySnapshot before, String name) {
    boolean named = names(name);
    Resource resource = Contents.find(before, rule.kind(), name, named);
    if (resource != null) {
      return resource.version();
    }
    return named && rule.absence() == KindRule.Absence.EMPTIED
        ? rules.standIn(rule.kind(), name).version()
        : null;
  }

  /** Forgets a name if the proxy's copy is as it should be, or nobody asks for it any more. */
  void settle(String name) {
    Known known = open.get(name);
    if (known != null) {
      settle(name, known);
    }
  }

  /** Writes down {@code known} unless there is no need to. */
  private void settle(String name, Known known) {
    if (inFlight != null && inFlight.fresh().contains(name)) {
      put(name, known);
    } else if (!known.owed() && !covers(name)) {
      drop(name);
    } else {
      put(name, isSettled(known, target(name, known)) ? null : known);
    }
  }

  /** Tells whether the proxy's copy of {@code name} is as it should be. */
  boolean isSettled(String name) {
    Known known = open.get(name);
    return known == null || isSettled(known, target(name, known));
  }

  private static boolean isSettled(Known known, Target target) {
    return switch (target) {
      case Target.Same _ -> true;
      case Target.Body body ->
          !known.owed() && !known.doubtful() && body.version().equals(known.version());
      case Target.Gone _, Target.Alias _, Target.Awaited _, Target.Rides _ -> false;
    };
  }

  /** Takes in that {@code name} has another content than in {@code before}. */
  void republished(ProxySnapshot before, String name) {
    Known known = open.get(name);
    if (known == null) {
      if (!covers(name)) {
        return;
      }
      known = known(versionIn(before, name));
    }
    stir();
    Rejection rejection = rejected.get(name);
    if (rejection != null && !rejection.version().equals(wire(target(name, known)))) {
      forgive(name);
    }
    settle(name, known);
  }

  private static Known known(@Nullable String version) {
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

  /** The name must be answered, whatever the proxy has. */
  void owe(String name) {
    put(name, copyOf(name).withOwed(true));
  }

  /** The proxy is thought to have nothing under that name. */
  void forget(String name) {
    put(name, Known.NOTHING);
  }

  /** Nobody asks for the name any more. */
  void drop(String name) {
    put(name, null);
    forgive(name);
  }

  /** The proxy has accepted the newest response. */
  void accepted(InFlight response, Instant at) {
    stir();
    tally = tally.plusAccepted(at);
    if (response.whole() != null) {
      whole = response.whole();
    }
    for (String name : response.fresh()) {
      forgive(name);
      settle(name, open.getOrDefault(name, Known.NOTHING).accepted(response.versions().get(name)));
    }
  }

  /** The proxy has rejected the newest response. */
  void refused(InFlight response, String text, Instant at) {
    stir();
    tally = tally.plusRefused(text, at);
    for (String name : response.fresh()) {
      // A proxy has nothing of an answer that there is nothing, and still waits for one.
      Known known =
          response.isAlias(name)
              ? Known.NOTHING_OWED
              : open.getOrDefault(name, Known.NOTHING).doubted();
      if (response.fresh().size() == 1) {
        String version = response.versions().getOrDefault(name, "");
        // If the content has changed meanwhile, there is nothing left to hold back.
        if (version.equals(wire(target(name, known)))) {
          reject(name, new Rejection(version, known.version(), text, at));
        }
      }
      settle(name, known);
    }
    response.asked().values().forEach(names -> names.forEach(this::owe));
    if (response.fresh().size() > 1) {
      List<SortedSet<String>> groups = new ArrayList<>(Isolation.split(response, text));
      groups.addAll(isolation);
      isolation = List.copyOf(groups);
    }
  }

  /** What has a limited life and is in order is to be renewed. */
  void renew() {
    renewalDue = !perishable().isEmpty();
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

  /** The proxy did not have what was to be renewed. */
  void lapsed(InFlight renewal) {
    stir();
    renewal.renewed().stream().filter(this::covers).forEach(this::forget);
  }

  private static String wire(Target target) {
    String version = target.version();
    return version == null ? "" : version;
  }

  /** What could be sent now, if nothing else stood in the way. */
  Pending pending() {
    if (quiet) {
      return Pending.NONE;
    }
    List<String> additions = new ArrayList<>();
    List<String> removals = new ArrayList<>();
    NavigableSet<String> carriers = new TreeSet<>();
    for (Map.Entry<String, Known> entry : open.entrySet()) {
      String name = entry.getKey();
      Known known = entry.getValue();
      Target target = target(name, known);
      if (target instanceof Target.Rides(String host)) {
        carriers.add(host);
      } else if (isPending(name, known, target)) {
        (isRemoval(known, target) ? removals : additions).add(name);
      }
    }
    additions.forEach(carriers::remove);
    additions.addAll(carriers);
    if (additions.isEmpty() && removals.isEmpty()) {
      isolation = List.of();
      quiet = true;
      return Pending.NONE;
    }
    additions.sort(null);
    removals.sort(null);
    return Isolation.first(this, additions, removals);
  }

  private boolean isPending(String name, Known known, Target target) {
    if (target instanceof Target.Same || target instanceof Target.Awaited) {
      return false;
    }
    Rejection rejection = rejected.get(name);
    if (rejection != null && rejection.version().equals(wire(target))) {
      return false;
    }
    return known.owed() || inFlight == null || !inFlight.brings(name, target.version());
  }

  /** A removal makes something unreachable, so it waits until nothing refers to it any more. */
  private static boolean isRemoval(Known known, Target target) {
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

  void warmUp(String routes) {
    TreeSet<String> more = new TreeSet<>(warmUps);
    more.add(routes);
    warmUps = Collections.unmodifiableSortedSet(more);
    stir();
  }
}
