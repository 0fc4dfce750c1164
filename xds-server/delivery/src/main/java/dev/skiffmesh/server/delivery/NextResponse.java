package dev.skiffmesh.server.delivery;

import dev.skiffmesh.api.model.Immutable;
import dev.skiffmesh.translator.resource.Resource;
import dev.skiffmesh.translator.resource.ResourceKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * Whose turn it is on a stream. The order is make before break: news go out in the order of the
 * types; a type whose news must wait for its own unanswered response holds back those that may
 * refer to it, and so does one that the proxy has yet to ask for. Removals go last, when everything
 * that could still refer to the removed has been replaced and the proxy has accepted that. Pure.
 */
final class NextResponse {

  /** Types that earlier types name: a cluster its assignment, a listener its routes. */
  private static final Set<ResourceKind> REFERRED_TO_FROM_BEFORE =
      Set.of(ResourceKind.ENDPOINT, ResourceKind.EXTENSION, ResourceKind.ROUTE);

  private final DeliveryRules rules;
  private final References references;
  private final Everythings everythings;
  private final ResponseForm form;

  NextResponse(
      DeliveryRules rules, References references, Everythings everythings, ResponseForm form) {
    this.rules = rules;
    this.references = references;
    this.everythings = everythings;
    this.form = form;
  }

  /** The next response of {@code stream}; null if there is none yet. */
  @Nullable StreamResponse of(StreamDraft stream) {
    boolean blocked = false;
    for (KindRule rule : rules.inOrder()) {
      KindDraft draft = stream.liveKind(rule.kind());
      if (draft == null || draft.isClaimHeld() || (rule.waits() && blocked)) {
        continue;
      }
      Pending pending = draft.pending();
      boolean due =
          pending.hasNews()
              || (rule.removalsWithNews() && pending.hasRemovals())
              || draft.greeting
              || !draft.barrenWarmUps().isEmpty();
      if (due && draft.inFlight == null) {
        return send(stream, draft, pending, rule.removalsWithNews());
      }
      StreamResponse renewal = due ? null : renewal(stream, draft);
      if (renewal != null) {
        return renewal;
      }
      blocked |= (due || draft.expected.isWaiting()) && rule.blocks();
    }
    return blocked ? null : nextRemoval(stream);
  }

  /**
   * Prolongs the life of what the proxy has; null if there is nothing to prolong, or if the proxy
   * has not answered yet. Who does not answer is not renewed: harm needs a sign of life from both
   * ends, and what waits in a dead connection must not be a queue of renewals.
   */
  private @Nullable StreamResponse renewal(StreamDraft stream, KindDraft draft) {
    if (!draft.renewalDue || draft.inFlight != null) {
      return null;
    }
    draft.renewalDue = false;
    List<Resource> held = draft.perishable();
    if (held.isEmpty()) {
      return null;
    }
    String nonce = stream.nonce();
    SortedMap<String, Duration> ttls = rules.ttls(held);
    draft.inFlight =
        new InFlight(
            nonce,
            Map.of(),
            ResponseForm.NO_NAMES,
            ResponseForm.NONE_ASKED,
            Set.of(),
            Immutable.sortedSet(ttls.keySet()),
            draft.snapshot(),
            null);
    return new StreamResponse(
        draft.rule.kind(),
        nonce,
        form.renewalVersion(draft, held),
        held,
        ResponseForm.NONE_ASKED,
        List.of(),
        List.of(),
        ttls,
        true);
  }

  private @Nullable StreamResponse nextRemoval(StreamDraft stream) {
    for (KindRule rule : rules.inOrder()) {
      KindDraft draft = stream.askedKind(rule.kind());
      if (draft == null
          || draft.isClaimHeld()
          || draft.inFlight != null
          || draft.expected.isWaiting()
          || !isUnreferenced(stream, rule)) {
        continue;
      }
      Pending pending = draft.pending();
      if (isPulled(stream, rule)) {
        pending = patient(draft, pending);
      }
      if (pending.hasRemovals()) {
        return send(stream, draft, pending, true);
      }
    }
    return null;
  }

  /**
   * Tells whether the proxy has accepted everything that could have replaced a reference to what
   * {@code removed} takes away, and has asked for what that refers to. A rejection keeps the proxy
   * on its old content, and so keeps what that refers to.
   */
  private boolean isUnreferenced(StreamDraft stream, KindRule removed) {
    for (KindRule rule : rules.inOrder()) {
      KindDraft draft =
          mayRefer(rule.kind(), removed.kind()) ? stream.askedKind(rule.kind()) : null;
      if (draft != null && !isReplaced(draft)) {
        return false;
      }
    }
    return true;
  }

  /** A listener is where a client begins: that it is gone leads it away from the rest. */
  private boolean isPulled(StreamDraft stream, KindRule rule) {
    return rules.pulled()
        && stream.before.only() == null
        && !rule.kind().equals(ResourceKind.LISTENER);
  }

  /**
   * Without the removals of what the client still names, and so may use: it lets go of that by
   * itself when it has what comes instead, and is told after a while if it does not.
   */
  private static Pending patient(KindDraft draft, Pending pending) {
    Set<String> gone = Set.copyOf(pending.removals());
    draft.lingering = draft.lingering.without(name -> !gone.contains(name));
    List<String> ripe = new ArrayList<>();
    for (String name : pending.removals()) {
      if (draft.lingering.isOver(name) || !draft.subscription.names(name)) {
        ripe.add(name);
      } else {
        draft.lingering = draft.lingering.and(name);
      }
    }
    return pending.removing(ripe);
  }

  private static boolean isReplaced(KindDraft draft) {
    InFlight unanswered = draft.inFlight;
    return (unanswered == null || unanswered.isRenewal())
        && draft.rejected().isEmpty()
        && !draft.expected.isWaiting();
  }

  private static boolean mayRefer(ResourceKind kind, ResourceKind removed) {
    if (REFERRED_TO_FROM_BEFORE.contains(removed)) {
      return !kind.equals(removed);
    }
    return kind.compareTo(removed) > 0 && !kind.equals(ResourceKind.ENDPOINT);
  }

  /**
   * Makes a response and writes it down as in flight; null if there is nothing to say after all.
   */
  private @Nullable StreamResponse send(
      StreamDraft stream, KindDraft draft, Pending pending, boolean withRemovals) {
    List<String> names = form.choose(draft, pending, withRemovals);
    StreamResponse response = form.assemble(stream, draft, names, withRemovals);
    draft.greeting = false;
    if (pending.isAll(names) && response.removed().isEmpty()) {
      draft.calm();
    } else {
      draft.stir();
    }
    draft.tally =
        draft.tally.plusSent(
            response.resources().size() + response.aliases().size(), response.removed().size());
    afterSending(stream, draft, response);
    return response;
  }

  private void afterSending(StreamDraft stream, KindDraft draft, StreamResponse response) {
    ResourceKind kind = draft.rule.kind();
    if (kind.equals(ResourceKind.CLUSTER)) {
      oweAssignments(stream, draft, response);
    } else if (kind.equals(ResourceKind.ROUTE)) {
      for (Resource routes : response.resources()) {
        if (references.takesVirtualHosts(routes)) {
          warmUp(stream, routes.name(), draft.copyOf(routes.name()));
        }
      }
    }
  }

  private void oweAssignments(StreamDraft stream, KindDraft clusters, StreamResponse response) {
    Everything all =
        clusters.isAllOnItsWay()
            ? everythings.of(stream.snapshot.resources().assignmentNames())
            : null;
    if (all != null) {
      form.oweAssignments(stream, all);
      return;
    }
    for (Resource cluster : news(clusters, response)) {
      references.assignmentOf(cluster).ifPresent(name -> form.oweAssignment(stream, name));
    }
  }

  private static Collection<Resource> news(KindDraft draft, StreamResponse response) {
    InFlight inFlight = draft.inFlight;
    return inFlight == null || inFlight.whole() == null
        ? response.resources()
        : response.resources().stream().filter(r -> inFlight.fresh().contains(r.name())).toList();
  }

  /**
   * An Envoy that gets a route configuration with VHDS warms it until a first virtual host or
   * removal of its own comes. What was sent before the configuration was dropped by it.
   */
  private void warmUp(StreamDraft stream, String routes, Known copy) {
    Optional<KindRule> rule = rules.rule(ResourceKind.VIRTUAL_HOST);
    if (rule.isEmpty() || !form.hasVirtualHosts() || stream.before.only() != null) {
      return;
    }
    KindDraft hosts = stream.kind(ResourceKind.VIRTUAL_HOST);
    hosts.warmUp(routes);
    if (hosts.asked && hosts.subscription.wildcard() && copy.version() == null) {
      hosts.virtualHostsOf(routes).forEach(name -> hosts.put(name, Known.NOTHING_OWED));
    }
  }
}
