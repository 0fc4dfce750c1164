package dev.skiffmesh.server.delivery;

import dev.skiffmesh.translator.resource.Resource;
import dev.skiffmesh.translator.resource.ResourceKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.pcollections.TreePMap;

/** The state-of-the-world variant of the xDS protocol, as a pure state machine. */
final class SotwStream extends StreamMachine {

  /** What a client may have from an earlier stream; no content has that version. */
  private static final Known CLAIMED = new Known("claimed", false, false);

  SotwStream(DeliveryRules rules) {
    this(rules, Everythings.MANY);
  }

  /** The same with another idea of what is many, see {@link Everythings}. */
  SotwStream(DeliveryRules rules, int many) {
    super(rules, new SotwResponses(rules), many);
  }

  @Override
  Step requested(StreamState state, StreamEvent.SotwRequest request) {
    StreamDraft stream = new StreamDraft(state, rules);
    KindDraft draft = stream.kind(request.kind());
    draft.stir();
    answered(stream, draft, request.nonce(), request.errorText(), request.at());
    boolean first = !draft.asked;
    draft.asked = true;
    boolean claims =
        first && rules.pulled() && !draft.rule.kind().sotwWhole() && !request.version().isEmpty();
    subscribe(draft, request.names(), first, claims);
    if (claims && stream.published) {
      request.names().forEach(draft::settle);
    }
    draft.expected = draft.expected.without(draft::covers);
    if (request.errorText() != null) {
      // Of what it has rejected it asks for nothing.
      expectNothing(stream);
    }
    if (first) {
      draft.greeting = draft.rule.kind().sotwWhole() && request.version().isEmpty();
      draft.claimed = request.version().isEmpty() ? null : request.version();
      if (stream.published) {
        believe(draft);
      }
    }
    draft.share(nameDifferences);
    return stream.freeze(null);
  }

  /**
   * Takes in all that is asked for.
   *
   * @param claims whether the client may have what it names from an earlier stream, in a version
   *     that it does not say
   */
  private static void subscribe(
      KindDraft draft, List<String> names, boolean first, boolean claims) {
    if (names.isEmpty() && (first || !draft.subscription.explicit())) {
      if (first && draft.rule.wildcardByDefault()) {
        draft.subscription = Subscription.LEGACY_WILDCARD;
        draft.wildcardNames().forEach(draft::forget);
      }
      return;
    }
    Set<String> wanted = new TreeSet<>(names);
    boolean everything = wanted.remove(Subscription.WILDCARD);
    Subscription before = draft.subscription;
    if (before.wildcard() == everything && before.explicit() && isAll(before, wanted)) {
      return;
    }
    List<String> removed = new ArrayList<>(before.allNames());
    removed.removeAll(wanted);
    List<String> added = new ArrayList<>();
    for (String name : wanted) {
      if (!before.names(name)) {
        added.add(name);
      }
    }
    draft.subscription = before.with(added, removed).withWildcard(everything);
    removed.forEach(name -> left(draft, name));
    if (before.wildcard() && !everything) {
      List.copyOf(draft.open().keySet()).forEach(name -> left(draft, name));
    }
    if (everything && !before.wildcard()) {
      draft.wildcardNames().stream().filter(name -> !before.names(name)).forEach(draft::forget);
    }
    for (String name : added) {
      if (claims) {
        draft.put(name, CLAIMED);
      } else if (!before.wildcard() && !isOnItsWay(draft, name)) {
        draft.owe(name);
      }
    }
  }

  private static void expectNothing(StreamDraft stream) {
    for (ResourceKind kind : List.of(ResourceKind.ENDPOINT, ResourceKind.ROUTE)) {
      KindDraft draft = stream.askedKind(kind);
      if (draft != null) {
        draft.expected = Patience.NONE;
      }
    }
  }

  private static boolean isAll(Subscription subscription, Set<String> names) {
    return names.size() == subscription.shared().size() + subscription.own().size()
        && names.stream().allMatch(subscription::names);
  }

  private static void left(KindDraft draft, String name) {
    if (!draft.subscription.covers(name)) {
      draft.drop(name);
      draft.whole = draft.whole.minus(name);
    }
  }

  private static boolean isOnItsWay(KindDraft draft, String name) {
    return draft.inFlight != null && draft.inFlight.fresh().contains(name);
  }

  @Override
  void firstPublished(StreamDraft stream, KindDraft draft) {
    super.firstPublished(stream, draft);
    believe(draft);
  }

  @Override
  void reachChanged(KindDraft draft) {
    believe(draft);
  }

  /**
   * A reconnected proxy names the version of all that it has: if it asks for everything and that is
   * our version of everything, nothing is sent. A version proves nothing about names: a client may
   * have left a name and asked for it again while it was away, and would wait for it in vain.
   */
  private static void believe(KindDraft draft) {
    String claimed = draft.claimed;
    if (claimed == null || PartialReach.holds(draft.snapshot().reach(), draft.rule.kind())) {
      return;
    }
    draft.claimed = null;
    TreePMap<String, Resource> wanted = SotwResponses.wanted(draft);
    if (draft.subscription.wildcard() && claimed.equals(Fingerprint.of(wanted.values()))) {
      List.copyOf(draft.open().keySet()).forEach(draft::drop);
      draft.whole = draft.rule.kind().sotwWhole() ? wanted : TreePMap.empty();
    } else {
      draft.greeting = draft.rule.kind().sotwWhole();
    }
  }
}
