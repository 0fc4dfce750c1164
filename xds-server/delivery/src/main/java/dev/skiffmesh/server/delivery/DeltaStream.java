package dev.skiffmesh.server.delivery;

import dev.skiffmesh.translator.resource.Resource;
import dev.skiffmesh.translator.resource.ResourceKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import org.pcollections.TreePMap;

/** The incremental (delta) variant of the xDS protocol, as a pure state machine. */
final class DeltaStream extends StreamMachine {

  /** Something from an earlier stream is kept; its versions are known by name. */
  private static final String CLAIMED = "claimed";

  DeltaStream(DeliveryRules rules) {
    this(rules, Everythings.MANY);
  }

  /** The same with another idea of what is many, see {@link Everythings}. */
  DeltaStream(DeliveryRules rules, int many) {
    super(rules, new DeltaResponses(rules), many);
  }

  @Override
  Step requested(StreamState state, StreamEvent.DeltaRequest request) {
    StreamDraft stream = new StreamDraft(state, rules);
    KindDraft draft = stream.kind(request.kind());
    draft.stir();
    answered(stream, draft, request.nonce(), request.errorText(), request.at());
    if (draft.asked) {
      unsubscribe(draft, request.unsubscribe());
      subscribe(stream, draft, request.subscribe(), Set.of());
    } else {
      first(stream, draft, request);
    }
    draft.expected = draft.expected.without(draft::covers);
    if (stream.published) {
      wanted(stream, draft, request.subscribe());
    }
    if (!request.subscribe().isEmpty()) {
      draft.share(nameDifferences);
    }
    return stream.freeze(null);
  }

  /** The first request of a type says what the proxy has from an earlier stream. */
  private void first(StreamDraft stream, KindDraft draft, StreamEvent.DeltaRequest request) {
    draft.asked = true;
    boolean everything =
        request.subscribe().isEmpty()
            ? draft.rule.wildcardByDefault()
            : request.subscribe().contains(Subscription.WILDCARD);
    if (everything) {
      draft.subscription =
          request.subscribe().isEmpty()
              ? Subscription.LEGACY_WILDCARD
              : draft.subscription.withWildcard(true);
      // A removal of something else ends a warm-up of virtual hosts, an empty response does not.
      draft.greeting = request.initialVersions().isEmpty() && !draft.rule.isAliased();
      if (request.initialVersions().isEmpty()) {
        wantsAll(draft);
      } else {
        draft.wildcardNames().stream()
            .filter(name -> !request.initialVersions().containsKey(name))
            .forEach(name -> draft.put(name, draft.open().getOrDefault(name, Known.NOTHING)));
      }
    }
    boolean aliased = draft.rule.isAliased();
    request
        .initialVersions()
        .forEach(
            (name, version) -> {
              // What it lists as not existing it does not have.
              if (!aliased || !version.equals(ResponseMarshaller.NO_VERSION)) {
                draft.put(
                    name,
                    new Known(
                        version, false, draft.open().getOrDefault(name, Known.NOTHING).owed()));
              }
            });
    subscribe(stream, draft, request.subscribe(), request.initialVersions().keySet());
    for (String ghost : ghosts(stream, draft.rule.kind())) {
      if (!request.initialVersions().containsKey(ghost)) {
        draft.put(ghost, Known.NOTHING.doubted());
      }
    }
    if (draft.rule.kind().equals(ResourceKind.VIRTUAL_HOST)
        && request.initialVersions().isEmpty()) {
      coldRoutes(stream, draft);
    }
    if (draft.rule.kind().equals(ResourceKind.ROUTE) && !request.initialVersions().isEmpty()) {
      draft.claimed = CLAIMED;
    }
    if (stream.published) {
      reachChanged(draft);
      forgiveAnswered(stream, draft);
      draft.settleAll();
      // How much of its life is left is not known.
      draft.renew();
    }
  }

  @Override
  void firstPublished(StreamDraft stream, KindDraft draft) {
    forgiveAnswered(stream, draft);
    super.firstPublished(stream, draft);
    reachChanged(draft);
  }

  /**
   * A route configuration that carries its virtual hosts itself is less by those of a registry that
   * has not answered yet: who has one from an earlier stream keeps it so long.
   */
  @Override
  void reachChanged(KindDraft draft) {
    if (!PartialReach.holds(draft.snapshot().reach(), draft.rule.kind())) {
      draft.claimed = null;
    }
  }

  /**
   * A reconnected proxy lists every host that it ever asked for. No request waits for one that was
   * answered on its earlier stream, if the proxy lists the virtual host as well; all others are
   * answered again, because a request may hang on them.
   */
  private static void forgiveAnswered(StreamDraft stream, KindDraft draft) {
    if (!draft.rule.isAliased()) {
      return;
    }
    int again = 0;
    for (String name : List.copyOf(draft.open().keySet())) {
      Known known = draft.copyOf(name);
      String host = stream.snapshot.reach().virtualHost(name).orElse(null);
      if (!known.owed() || host == null) {
        continue;
      }
      boolean listed = draft.copyOf(host).version() != null;
      if (listed && stream.before.before().answered().contains(name)) {
        draft.put(name, known.withOwed(false));
      } else if (listed) {
        again++;
      }
    }
    if (again > 0) {
      stream.say(new Notice.AnsweredAgain(again));
    }
  }

  private static SortedSet<String> ghosts(StreamDraft stream, ResourceKind kind) {
    return stream.before.before().ghosts().getOrDefault(kind, ResponseForm.NO_NAMES);
  }

  /** A reconnected proxy may have route configurations that never got a virtual host. */
  private void coldRoutes(StreamDraft stream, KindDraft hosts) {
    KindDraft routes = stream.askedKind(ResourceKind.ROUTE);
    if (routes == null) {
      return;
    }
    for (Resource each : stream.snapshot.resources().of(ResourceKind.ROUTE).values()) {
      if (routes.subscription.covers(each.name()) && references.takesVirtualHosts(each)) {
        hosts.warmUp(each.name());
      }
    }
  }

  private static void unsubscribe(KindDraft draft, List<String> names) {
    if (names.isEmpty()) {
      return;
    }
    if (names.contains(Subscription.WILDCARD)) {
      draft.subscription = draft.subscription.withWildcard(false);
      List.copyOf(draft.open().keySet()).stream()
          .filter(name -> !draft.subscription.covers(name))
          .forEach(draft::drop);
    }
    draft.subscription = draft.subscription.with(List.of(), names);
    for (String name : names) {
      if (draft.subscription.wildcard()) {
        // It is still covered, or is not: the proxy can only know if it is told (xds_protocol,
        // "Unsubscribing from resources").
        draft.forgive(name);
        draft.owe(name);
      } else {
        draft.drop(name);
      }
    }
  }

  /**
   * Takes in names that are asked for.
   *
   * @param has names that the proxy has from an earlier stream
   */
  private static void subscribe(
      StreamDraft stream, KindDraft draft, List<String> names, Set<String> has) {
    List<String> added = new ArrayList<>(names);
    boolean everything = added.removeIf(Subscription.WILDCARD::equals);
    if (everything && !draft.subscription.wildcard()) {
      draft.subscription = draft.subscription.withWildcard(true);
      for (String name : draft.wildcardNames()) {
        if (!draft.subscription.names(name) && !draft.open().containsKey(name)) {
          draft.forget(name);
        }
      }
    }
    if (!isOnItsWay(draft, added)) {
      for (String name : added) {
        if (draft.inFlight != null && draft.inFlight.answers(name)) {
          draft.put(name, draft.open().getOrDefault(name, Known.NOTHING));
        } else if (!has.contains(name)) {
          draft.owe(name);
        }
      }
    }
    SortedSet<String> whole = draft.snapshot().resources().assignmentNames();
    draft.subscription =
        draft.rule.kind().equals(ResourceKind.ENDPOINT) && draft.subscription.becomes(whole, added)
            ? draft.subscription.withShared(whole)
            : draft.subscription.with(interned(draft, remembered(stream, draft, added)), List.of());
  }

  /**
   * What was sent before it was asked for and is not yet answered, the proxy reads after it began
   * to wait for it, so that it is the answer. So it is with all assignments of a proxy that has
   * just come.
   */
  private static boolean isOnItsWay(KindDraft draft, List<String> added) {
    InFlight response = draft.inFlight;
    return response != null
        && draft.isAllOnItsWay()
        && response.fresh().size() == draft.open().size()
        && response.fresh().containsAll(added);
  }

  /** Those of {@code added} for which there is room. */
  private static List<String> remembered(StreamDraft stream, KindDraft draft, List<String> added) {
    int most = draft.rule.isAliased() ? DeliveryRules.MOST_HOSTS : Bounds.NAMES;
    int room = Math.max(0, most - draft.subscription.ownNames().size());
    if (added.size() <= room) {
      return added;
    }
    stream.say(new Notice.Forgotten(added.size() - room));
    return added.subList(0, room);
  }

  /** Our own copies of the names, so that a stream does not keep those of its request. */
  private static List<String> interned(KindDraft draft, List<String> names) {
    TreePMap<String, Resource> assignments = draft.snapshot().assignments();
    return names.stream()
        .map(
            name -> {
              Resource known = assignments.get(name);
              return known == null ? name : known.name();
            })
        .toList();
  }
}
