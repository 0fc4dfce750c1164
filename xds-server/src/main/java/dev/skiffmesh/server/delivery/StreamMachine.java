package dev.skiffmesh.server.delivery;

import dev.skiffmesh.api.model.Immutable;
import dev.skiffmesh.translator.resource.Reach;
import dev.skiffmesh.translator.resource.Resource;
import dev.skiffmesh.translator.resource.ResourceKind;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What both protocol variants have in common: when something new is published, whose turn it is,
 * what an answer means. Pure: {@link #step} reads no clock, does no I/O and changes nothing; its
 * instances hold rules and memos only and may be shared by all streams.
 *
 * <p>The order within a stream is make before break. News go out in the order of the types; a type
 * whose news must wait for its own unanswered response holds back those that may refer to it.
 * Removals go last, when everything that could still refer to the removed has been replaced and the
 * proxy has accepted that.
 */
// The same snapshot or reach is the same object; comparing contents would cost the mesh's size.
@SuppressWarnings("ReferenceEquality")
abstract sealed class StreamMachine permits DeltaStream, SotwStream {

  final DeliveryRules rules;
  private final Differences differences;
  final References references;

  StreamMachine(DeliveryRules rules) {
    this.rules = rules;
    this.differences = new Differences();
    this.references = new References();
  }

  /**
   * What {@code event} leads to.
   *
   * @throws IllegalArgumentException for a request of the other variant
   */
  final Step step(StreamState state, StreamEvent event) {
    return switch (event) {
      case StreamEvent.DeltaRequest request -> requested(state, request);
      case StreamEvent.SotwRequest request -> requested(state, request);
      case StreamEvent.Published published -> published(state, published);
      case StreamEvent.Writable writable -> writable(state);
      case StreamEvent.Tick tick -> ticked(state);
    };
  }

  Step requested(StreamState state, StreamEvent.DeltaRequest request) {
    throw new IllegalArgumentException("a delta request on a state-of-the-world stream");
  }

  Step requested(StreamState state, StreamEvent.SotwRequest request) {
    throw new IllegalArgumentException("a state-of-the-world request on a delta stream");
  }

  /** Takes in an answer, if the request is one. */
  final void answered(
      StreamDraft stream, KindDraft draft, String nonce, @Nullable String error, Instant at) {
    InFlight response = draft.inFlight;
    if (response == null || !response.nonce().equals(nonce)) {
      if (!nonce.isEmpty()) {
        stream.say(new Notice.Stale(draft.rule.kind(), nonce));
      }
      return;
    }
    draft.inFlight = null;
    if (response.isRenewal()) {
      if (error != null) {
        draft.lapsed(response);
        stream.say(new Notice.Lapsed(draft.rule.kind(), response.renewed()));
      }
      return;
    }
    if (error == null) {
      draft.accepted(response, at);
    } else {
      draft.refused(response, error, at);
    }
    stream.say(
        new Notice.Answered(
            new ProxyAck(
                stream.before.stream(),
                draft.rule.kind(),
                response.versions(),
                response.removed(),
                error)));
  }

  private Step published(StreamState state, StreamEvent.Published event) {
    StreamDraft stream = new StreamDraft(state, rules);
    ProxySnapshot before = state.snapshot();
    stream.snapshot = event.snapshot();
    stream.published = true;
    boolean assignmentsOnly = state.published() && event.changedAssignments() != null;
    for (ResourceKind kind : state.kinds().keySet()) {
      boolean assignments = kind.equals(ResourceKind.ENDPOINT);
      if (assignmentsOnly && !assignments) {
        continue;
      }
      KindDraft draft = stream.kind(kind);
      if (state.published()) {
        Collection<String> changed =
            assignmentsOnly ? event.changedAssignments() : changed(kind, before, event.snapshot());
        for (String name : changed) {
          draft.republished(before, name);
        }
        if (assignments && draft.subscription.wildcard() && !assignmentsOnly) {
          // A name may come or go without its content changing.
          wildcardAssignments(draft, before);
        }
      } else {
        firstPublished(stream, draft);
      }
      if (before.reach() != event.snapshot().reach()) {
        draft.stir();
        wanted(stream, draft, state.published() ? lacking(draft) : draft.subscription.ownNames());
      }
    }
    return stream.freeze(null);
  }

  /**
   * Tells the control loop what the proxy asks for, and what it has from an earlier stream and is
   * not sent.
   */
  static void wanted(StreamDraft stream, KindDraft draft, Collection<String> asked) {
    Reach reach = stream.snapshot.reach();
    if (!draft.rule.onDemand() || !reach.hasMore()) {
      return;
    }
    SortedSet<String> wanted = new TreeSet<>();
    for (String name : asked) {
      // The cheap question first: a proxy that reconnects names thousands of assignments.
      if (isNews(draft, name) && reach.service(draft.rule.kind(), name).isPresent()) {
        wanted.add(name);
      }
    }
    SortedSet<String> held = new TreeSet<>();
    draft
        .open()
        .forEach(
            (name, known) -> {
              if (!wanted.contains(name) && draft.target(name, known) instanceof Target.Awaited) {
                held.add(name);
              }
            });
    if (!wanted.isEmpty() || !held.isEmpty()) {
      stream.say(new Notice.Wanted(draft.rule.kind(), wanted, held));
    }
  }

  /**
   * Envoy asks for the assignment of each cluster that it was sent, used or not; only one that it
   * was never sent a cluster for (it has a cluster of its own) says that it is used.
   */
  private static boolean isNews(KindDraft draft, String name) {
    return !draft.rule.kind().equals(ResourceKind.ENDPOINT)
        || (draft.target(name, Known.NOTHING_OWED) instanceof Target.Awaited
            && draft.copyOf(name).version() == null);
  }

  /** Names that were asked for in vain, and that exist by now. */
  private static List<String> lacking(KindDraft draft) {
    ProxySnapshot snapshot = draft.snapshot();
    if (!draft.rule.onDemand() || !snapshot.reach().hasMore()) {
      return List.of();
    }
    return draft.subscription.ownNames().stream()
        // Most names are those of what is there, which a walk finds; others must be looked into.
        .filter(name -> !draft.exists(name))
        .filter(
            name ->
                snapshot
                    .reach()
                    .virtualHost(name)
                    .filter(host -> snapshot.get(draft.rule.kind(), host).isEmpty())
                    .isPresent())
        .toList();
  }

  private static void wildcardAssignments(KindDraft draft, ProxySnapshot before) {
    for (SortedSet<String> names :
        List.of(
            before.resources().assignmentNames(), draft.snapshot().resources().assignmentNames())) {
      names.forEach(name -> draft.republished(before, name));
    }
  }

  /** The first snapshot of a stream that may have asked before there was one. */
  void firstPublished(StreamDraft stream, KindDraft draft) {
    draft.stir();
    draft.share();
    List<String> claimed = List.copyOf(draft.open().keySet());
    if (draft.subscription.wildcard()) {
      for (String name : draft.wildcardNames()) {
        if (!draft.open().containsKey(name)) {
          draft.put(name, Known.NOTHING);
        }
      }
    }
    claimed.forEach(draft::settle);
    draft.renew();
  }

  private List<String> changed(ResourceKind kind, ProxySnapshot before, ProxySnapshot after) {
    return kind.equals(ResourceKind.ENDPOINT)
        ? differences.between(before.assignments(), after.assignments())
        : differences.between(before.resources().of(kind), after.resources().of(kind));
  }

  private Step ticked(StreamState state) {
    StreamDraft stream = new StreamDraft(state, rules);
    if (state.published()) {
      for (KindRule rule : rules.inOrder()) {
        if (!rule.ttl().isZero() && state.kinds().containsKey(rule.kind())) {
          stream.kind(rule.kind()).renew();
        }
      }
    }
    return stream.freeze(null);
  }

  private Step writable(StreamState state) {
    if (!state.published()) {
      return new Step(state, List.of(), List.of());
    }
    StreamDraft stream = new StreamDraft(state, rules);
    return stream.freeze(next(stream));
  }

  private @Nullable StreamResponse next(StreamDraft stream) {
    boolean blocked = false;
    for (KindRule rule : rules.inOrder()) {
      KindDraft draft = stream.liveKind(rule.kind());
      if (draft == null || (rule.waits() && blocked)) {
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
      blocked |= due && rule.blocks();
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
            NO_NAMES,
            NONE_ASKED,
            Set.of(),
            Immutable.sortedSet(ttls.keySet()),
            null);
    return new StreamResponse(
        draft.rule.kind(),
        nonce,
        renewalVersion(draft, held),
        held,
        NONE_ASKED,
        List.of(),
        List.of(),
        ttls,
        true);
  }

  /** What the response as a whole is called. */
  abstract String renewalVersion(KindDraft draft, List<Resource> held);

  private @Nullable StreamResponse nextRemoval(StreamDraft stream) {
    for (KindRule rule : rules.inOrder()) {
      KindDraft draft = stream.askedKind(rule.kind());
      if (draft == null || draft.inFlight != null || !isUnreferenced(stream, rule)) {
        continue;
      }
      Pending pending = draft.pending();
      if (pending.hasRemovals()) {
        return send(stream, draft, pending, true);
      }
    }
    return null;
  }

  /**
   * Tells whether the proxy has accepted everything that could have replaced a reference to what
   * {@code removed} takes away. A rejection keeps the proxy on its old content, and so keeps what
   * that refers to.
   */
  private boolean isUnreferenced(StreamDraft stream, KindRule removed) {
    for (KindRule rule : rules.inOrder()) {
      KindDraft draft =
          mayRefer(rule.kind(), removed.kind()) ? stream.askedKind(rule.kind()) : null;
      InFlight unanswered = draft == null ? null : draft.inFlight;
      if ((unanswered != null && !unanswered.isRenewal())
          || (draft != null && !draft.rejected().isEmpty())) {
        return false;
      }
    }
    return true;
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
    List<String> names = choose(draft, pending, withRemovals);
    StreamResponse response = assemble(stream, draft, names, withRemovals);
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

  /** Which of the pending names go into the next response. */
  abstract List<String> choose(KindDraft draft, Pending pending, boolean withRemovals);

  /** Builds the response of {@code names} and sets what is in flight. */
  abstract StreamResponse assemble(
      StreamDraft stream, KindDraft draft, List<String> names, boolean withRemovals);

  private void afterSending(StreamDraft stream, KindDraft draft, StreamResponse response) {
    ResourceKind kind = draft.rule.kind();
    if (kind.equals(ResourceKind.CLUSTER)) {
      for (Resource cluster : news(draft, response)) {
        references.assignmentOf(cluster).ifPresent(name -> oweAssignment(stream, name));
      }
    } else if (kind.equals(ResourceKind.ROUTE)) {
      for (Resource routes : response.resources()) {
        if (references.takesVirtualHosts(routes)) {
          warmUp(stream, routes.name(), draft.copyOf(routes.name()));
        }
      }
    }
  }

  private static Collection<Resource> news(KindDraft draft, StreamResponse response) {
    InFlight inFlight = draft.inFlight;
    return inFlight == null || inFlight.whole() == null
        ? response.resources()
        : response.resources().stream().filter(r -> inFlight.fresh().contains(r.name())).toList();
  }

  /**
   * An Envoy that gets a new or changed cluster warms it for 15 s unless its assignment comes
   * behind it, changed or not; it does not ask again.
   */
  abstract void oweAssignment(StreamDraft stream, String name);

  /**
   * An Envoy that gets a route configuration with VHDS warms it until a first virtual host or
   * removal of its own comes. What was sent before the configuration was dropped by it.
   */
  private void warmUp(StreamDraft stream, String routes, Known copy) {
    Optional<KindRule> rule = rules.rule(ResourceKind.VIRTUAL_HOST);
    if (rule.isEmpty() || this instanceof SotwStream || stream.before.only() != null) {
      return;
    }
    KindDraft hosts = stream.kind(ResourceKind.VIRTUAL_HOST);
    hosts.warmUp(routes);
    if (hosts.asked && hosts.subscription.wildcard() && copy.version() == null) {
      hosts.virtualHostsOf(routes).forEach(name -> hosts.put(name, Known.NOTHING_OWED));
    }
  }

  /** Types that earlier types name: a cluster its assignment, a listener its routes. */
  private static final Set<ResourceKind> REFERRED_TO_FROM_BEFORE =
      Set.of(ResourceKind.ENDPOINT, ResourceKind.EXTENSION, ResourceKind.ROUTE);

  static final SortedSet<String> NO_NAMES = Immutable.sortedSet(List.<String>of());

  static final SortedMap<String, List<String>> NONE_ASKED = Immutable.sortedMap(Map.of());
}
