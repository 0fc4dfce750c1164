package dev.skiffmesh.server.delivery;

import dev.skiffmesh.translator.resource.Reach;
import dev.skiffmesh.translator.resource.ResourceKind;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What both protocol variants do with an event: when something new is published, what an answer
 * means; whose turn it is then says {@link NextResponse}. Pure: {@link #step} reads no clock, does
 * no I/O and changes nothing; its instances hold rules and memos only and may be shared by all
 * streams.
 */
// The same snapshot or reach is the same object; comparing contents would cost the mesh's size.
@SuppressWarnings("ReferenceEquality")
abstract sealed class StreamMachine permits DeltaStream, SotwStream {

  final DeliveryRules rules;
  final References references;
  private final Differences differences = new Differences();
  private final Everythings everythings;
  final NameDifferences nameDifferences = new NameDifferences();
  private final NextResponse next;

  StreamMachine(DeliveryRules rules, ResponseForm form, int many) {
    this.rules = rules;
    this.references = new References();
    this.everythings = new Everythings(many);
    this.next = new NextResponse(rules, references, everythings, form);
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
      case StreamEvent.Renew _ -> renewed(state);
      case StreamEvent.Tick _ -> ticked(state);
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
            new ProxyAnswer(
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
        reachChanged(draft);
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
    draft.share(nameDifferences);
    if (draft.subscription.wildcard()) {
      wantsAll(draft);
    }
    draft.settleAll();
    draft.renew();
  }

  /** What a proxy that asks for everything has not said to have, it is thought not to have. */
  final void wantsAll(KindDraft draft) {
    Everything all =
        draft.open().isEmpty() && !draft.rule.kind().equals(ResourceKind.ENDPOINT)
            ? everythings.of(draft.contents.all())
            : null;
    if (all != null) {
      draft.open(all.open());
      return;
    }
    for (String name : draft.wildcardNames()) {
      if (!draft.open().containsKey(name)) {
        draft.put(name, Known.NOTHING);
      }
    }
  }

  /** Something else is known of what the proxy may have. */
  void reachChanged(KindDraft draft) {}

  private List<String> changed(ResourceKind kind, ProxySnapshot before, ProxySnapshot after) {
    return kind.equals(ResourceKind.ENDPOINT)
        ? differences.between(before.assignments(), after.assignments())
        : differences.between(before.resources().of(kind), after.resources().of(kind));
  }

  private Step renewed(StreamState state) {
    StreamDraft stream = new StreamDraft(state, rules);
    if (state.published()) {
      for (KindRule rule : rules.inOrder()) {
        if (state.kinds().containsKey(rule.kind()) && !rule.ttl().isZero()) {
          stream.kind(rule.kind()).renew();
        }
      }
    }
    return stream.freeze(null);
  }

  private Step ticked(StreamState state) {
    StreamDraft stream = new StreamDraft(state, rules);
    for (KindState kind : state.kinds().values()) {
      if (kind.isWaiting()) {
        stream.kind(kind.kind()).older();
      }
    }
    return stream.freeze(null);
  }

  private Step writable(StreamState state) {
    if (!state.published()) {
      return new Step(state, List.of(), List.of());
    }
    StreamDraft stream = new StreamDraft(state, rules);
    return stream.freeze(next.of(stream));
  }
}
