package dev.skiffmesh.server.delivery;

import dev.skiffmesh.translator.resource.ResourceKind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * One type's state while a step changes it. Lives within one step; copies what it changes, so the
 * state it was made of stays as it was.
 */
final class KindDraft extends KindReading {

  /** To look through a thousand names for each new one would cost more than to keep a few twice. */
  private static final int WORTH_SHARING = 16;

  private boolean openIsOwn;
  private boolean rejectedIsOwn;

  KindDraft(KindState state, KindRule rule, DeliveryRules rules, ProxySnapshot snapshot) {
    super(state, rule, rules, snapshot);
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
        expected,
        lingering,
        claimed,
        renewalDue,
        inFlight,
        whole,
        tally);
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

  void reject(String name, RejectedContent rejection) {
    ownRejected().put(name, rejection);
  }

  void forgive(String name) {
    if (rejected.containsKey(name)) {
      ownRejected().remove(name);
      quiet = false;
    }
  }

  private SortedMap<String, RejectedContent> ownRejected() {
    if (!rejectedIsOwn) {
      rejected = new TreeMap<>(rejected);
      rejectedIsOwn = true;
    }
    return rejected;
  }

  /** What the proxy claims to have of the whole type is neither believed nor replaced yet. */
  boolean isClaimHeld() {
    return claimed != null;
  }

  /** Something has happened that {@link #put} does not see. */
  void stir() {
    quiet = false;
  }

  /** All that there was to send is in flight. */
  void calm() {
    quiet = true;
  }

  /** Keeps names that are those of all assignments in one set with all streams that ask so. */
  void share(NameDifferences differences) {
    if (rule.kind().equals(ResourceKind.ENDPOINT) && subscription.own().size() >= WORTH_SHARING) {
      subscription = subscription.sharing(snapshot().resources().assignmentNames(), differences);
    }
  }

  /** Forgets a name if the proxy's copy is as it should be, or nobody asks for it any more. */
  void settle(String name) {
    Known known = open.get(name);
    if (known != null) {
      settle(name, known);
    }
  }

  /** The same for all names that are open. */
  void settleAll() {
    if (Everything.of(open) != null) {
      return;
    }
    Map<String, Known> left = new LinkedHashMap<>();
    open.forEach(
        (name, known) -> {
          if (inFlight != null && inFlight.fresh().contains(name)) {
            left.put(name, known);
          } else if (!known.owed() && !covers(name)) {
            forgive(name);
          } else if (!isSettled(known, target(name, known))) {
            left.put(name, known);
          }
        });
    if (left.size() < open.size()) {
      open = left;
      openIsOwn = true;
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
    RejectedContent rejection = rejected.get(name);
    if (rejection != null && !rejection.version().equals(wire(target(name, known)))) {
      forgive(name);
    }
    settle(name, known);
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
    if (isAllThatWasOpen(response)) {
      open = new LinkedHashMap<>();
      openIsOwn = true;
      return;
    }
    for (String name : response.fresh()) {
      forgive(name);
      settle(name, open.getOrDefault(name, Known.NOTHING).accepted(response.versions().get(name)));
    }
  }

  /**
   * Tells whether the proxy's copies are all as they should be, without a look at each: it was sent
   * the content of every name that was open, and nothing has changed since. So it is with each
   * proxy that connects, and a look costs as much as all else.
   */
  @SuppressWarnings("ReferenceEquality") // What is the same object is unchanged.
  private boolean isAllThatWasOpen(InFlight response) {
    ProxySnapshot then = response.of();
    ProxySnapshot now = snapshot();
    Everything all = Everything.of(open);
    return response.isAllContents()
        && open.size() == response.fresh().size()
        && rejected.isEmpty()
        && then.resources() == now.resources()
        && then.reach() == now.reach()
        && (then.assignments() == now.assignments() || !rule.kind().equals(ResourceKind.ENDPOINT))
        && ((all != null && !Everything.isOwed(open) && all.isBroughtBy(response, contents.all()))
            || (open.values().stream().noneMatch(Known::owed)
                && open.keySet().containsAll(response.fresh())));
  }

  /** The proxy has rejected the newest response. */
  void refused(InFlight response, String text, Instant at) {
    stir();
    tally = tally.plusRefused(text, at);
    Set<String> bad =
        response.fresh().size() == 1 ? response.fresh() : Isolation.named(response, text);
    for (String name : response.fresh()) {
      // A proxy has nothing of an answer that there is nothing, and still waits for one.
      Known known =
          response.isAlias(name)
              ? Known.NOTHING_OWED
              : open.getOrDefault(name, Known.NOTHING).doubted();
      if (bad.contains(name)) {
        String version = response.versions().getOrDefault(name, "");
        // If the content has changed meanwhile, there is nothing left to hold back.
        if (version.equals(wire(target(name, known)))) {
          reject(name, new RejectedContent(version, known.version(), text, at));
        }
      }
      settle(name, known);
    }
    response.asked().values().forEach(names -> names.forEach(this::owe));
    if (response.fresh().size() > 1) {
      List<SortedSet<String>> groups = new ArrayList<>(Isolation.split(response, text, bad));
      groups.addAll(isolation);
      isolation = List.copyOf(groups);
    }
  }

  /** What waits has waited for a tick more. */
  void older() {
    expected = expected.older().without(expected.older()::isOver);
    lingering = lingering.older();
    stir();
  }

  /** What has a limited life and is in order is to be renewed. */
  void renew() {
    renewalDue = !perishable().isEmpty();
  }

  /** The proxy did not have what was to be renewed. */
  void lapsed(InFlight renewal) {
    stir();
    renewal.renewed().stream().filter(this::covers).forEach(this::forget);
  }

  /** The proxy is thought to have nothing, and is to have all of that; or is owed all of it. */
  void open(Map<String, Known> all) {
    stir();
    open = all;
    openIsOwn = false;
  }

  /** All that is open is on its way, and nothing of it owed. */
  void openAllSent() {
    Everything all = Everything.of(open);
    if (all != null) {
      open(all.open());
    }
  }

  /** What could be sent now, if nothing else stood in the way. */
  Pending pending() {
    if (quiet) {
      return Pending.NONE;
    }
    Everything.Batch batch = batch();
    if (batch != null) {
      return batch.pending();
    }
    if (isAllOnItsWay() && rejected.isEmpty() && isolation.isEmpty()) {
      quiet = true;
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

  void warmUp(String routes) {
    TreeSet<String> more = new TreeSet<>(warmUps);
    more.add(routes);
    warmUps = Collections.unmodifiableSortedSet(more);
    stir();
  }
}
