package dev.skiffmesh.server.delivery;

import dev.skiffmesh.translator.resource.Reach;
import dev.skiffmesh.translator.resource.ResourceKind;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A stream's state while one step changes it; lives within that step. */
final class StreamDraft {

  final StreamState before;
  final DeliveryRules rules;
  ProxySnapshot snapshot;
  boolean published;
  private long nextNonce;
  private final Map<ResourceKind, KindDraft> drafts = new TreeMap<>();
  private final List<Notice> notices = new ArrayList<>();

  StreamDraft(StreamState before, DeliveryRules rules) {
    this.before = before;
    this.rules = rules;
    snapshot = before.snapshot();
    published = before.published();
    nextNonce = before.nextNonce();
  }

  /** The draft of a type, made if the stream had none. */
  KindDraft kind(ResourceKind kind) {
    KindDraft draft = drafts.get(kind);
    if (draft == null) {
      KindState state = before.kinds().get(kind);
      KindRule rule = rules.rule(kind).orElseThrow();
      draft = new KindDraft(state == null ? KindState.unasked(kind) : state, rule, rules, snapshot);
      drafts.put(kind, draft);
    }
    return draft;
  }

  /** The draft of a type that the proxy has asked for; null if it has not. */
  @Nullable KindDraft askedKind(ResourceKind kind) {
    if (!drafts.containsKey(kind) && !before.kinds().containsKey(kind)) {
      return null;
    }
    KindDraft draft = kind(kind);
    return draft.asked ? draft : null;
  }

  /**
   * The draft of a type that the proxy has asked for, or will ask for: an Envoy asks for its first
   * assignment only after it has read the cluster, and takes one that is there by then. Others, and
   * streams of one type, are never owed one (see {@link ResponseForm#oweAssignment}).
   */
  // There is one such object.
  @SuppressWarnings("ReferenceEquality")
  @Nullable KindDraft liveKind(ResourceKind kind) {
    KindDraft draft = askedKind(kind);
    if (draft == null
        && kind.equals(ResourceKind.ENDPOINT)
        && PartialReach.known(snapshot.reach()) != Reach.NOTHING
        && (drafts.containsKey(kind) || before.kinds().containsKey(kind))) {
      draft = kind(kind);
    }
    return draft;
  }

  /**
   * A nonce that no other stream of this process uses, so that an answer to an earlier stream's
   * response is never taken for one to ours.
   */
  String nonce() {
    return Long.toString(before.stream().number(), 36) + "." + Long.toString(nextNonce++, 36);
  }

  void say(Notice notice) {
    notices.add(notice);
  }

  Step freeze(@Nullable StreamResponse response) {
    SortedMap<ResourceKind, KindState> kinds = before.kinds();
    if (!drafts.isEmpty()) {
      SortedMap<ResourceKind, KindState> changed = new TreeMap<>(kinds);
      drafts.forEach((kind, draft) -> changed.put(kind, draft.freeze()));
      kinds = Collections.unmodifiableSortedMap(changed);
    }
    return new Step(
        new StreamState(
            before.stream(), before.only(), snapshot, published, kinds, before.before(), nextNonce),
        response == null ? List.of() : List.of(response),
        List.copyOf(notices));
  }
}
