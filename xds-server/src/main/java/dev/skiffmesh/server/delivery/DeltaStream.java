package dev.skiffmesh.server.delivery;

import dev.skiffmesh.api.model.Immutable;
import dev.skiffmesh.translator.resource.Resource;
import dev.skiffmesh.translator.resource.ResourceKind;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.pcollections.TreePMap;

/** The incremental (delta) variant of the xDS protocol, as a pure state machine. */
final class DeltaStream extends StreamMachine {

  DeltaStream(DeliveryRules rules) {
    super(rules);
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
    if (stream.published) {
      wanted(stream, draft, request.subscribe());
    }
    if (!request.subscribe().isEmpty()) {
      draft.share();
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
      draft.wildcardNames().stream()
          .filter(name -> !request.initialVersions().containsKey(name))
          .forEach(name -> draft.put(name, draft.open().getOrDefault(name, Known.NOTHING)));
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
    for (String ghost : state(stream, draft.rule.kind())) {
      if (!request.initialVersions().containsKey(ghost)) {
        draft.put(ghost, Known.NOTHING.doubted());
      }
    }
    if (draft.rule.kind().equals(ResourceKind.VIRTUAL_HOST)
        && request.initialVersions().isEmpty()) {
      coldRoutes(stream, draft);
    }
    if (stream.published) {
      forgiveAnswered(stream, draft);
      List.copyOf(draft.open().keySet()).forEach(draft::settle);
      // How much of its life is left is not known.
      draft.renew();
    }
  }

  @Override
  void firstPublished(StreamDraft stream, KindDraft draft) {
    forgiveAnswered(stream, draft);
    super.firstPublished(stream, draft);
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

  private static SortedSet<String> state(StreamDraft stream, ResourceKind kind) {
    return stream.before.before().ghosts().getOrDefault(kind, NO_NAMES);
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
    for (String name : added) {
      if (draft.inFlight != null && draft.inFlight.answers(name)) {
        // It was sent before this was written and is not yet answered: the proxy reads it after it
        // began to wait for it, so it is the answer.
        draft.put(name, draft.open().getOrDefault(name, Known.NOTHING));
      } else if (!has.contains(name)) {
        draft.owe(name);
      }
    }
    SortedSet<String> whole = draft.snapshot().resources().assignmentNames();
    draft.subscription =
        draft.rule.kind().equals(ResourceKind.ENDPOINT) && draft.subscription.becomes(whole, added)
            ? draft.subscription.withShared(whole)
            : draft.subscription.with(interned(draft, remembered(stream, draft, added)), List.of());
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

  @Override
  List<String> choose(KindDraft draft, Pending pending, boolean withRemovals) {
    if (!pending.isolated().isEmpty()) {
      return pending.isolated();
    }
    boolean removals = withRemovals && pending.hasRemovals();
    if (draft.rule.removalsWithNews() && (removals || hasUpdates(draft, pending))) {
      // A domain or an address may move from one of these names to another: all or nothing.
      List<String> all = new ArrayList<>(pending.removals());
      all.addAll(pending.additions());
      return all;
    }
    return removals ? removable(draft, pending.removals()) : limited(draft, pending.additions());
  }

  /** All at once, but one at a time what was in a rejected response before. */
  private static List<String> removable(KindDraft draft, List<String> names) {
    return names.stream()
        .filter(name -> draft.copyOf(name).doubtful())
        .findFirst()
        .map(List::of)
        .orElse(names);
  }

  private static boolean hasUpdates(KindDraft draft, Pending pending) {
    return pending.additions().stream()
        .anyMatch(name -> draft.copyOf(name).version() != null && !draft.copyOf(name).owed());
  }

  private static List<String> limited(KindDraft draft, List<String> names) {
    List<String> chosen = new ArrayList<>();
    int bodies = 0;
    long bytes = 0;
    for (String name : names) {
      Target target = draft.target(name, draft.copyOf(name));
      boolean body = target instanceof Target.Body;
      // An alias stands in the response twice, as name and as alias.
      long size =
          target instanceof Target.Body(Resource resource, boolean _)
              ? resource.any().size()
              : 2L * name.length();
      if (!chosen.isEmpty()
          && ((body && bodies >= draft.rule.most()) || bytes + size > DeliveryRules.MOST_BYTES)) {
        break;
      }
      chosen.add(name);
      bytes += size;
      bodies += body ? 1 : 0;
    }
    return chosen;
  }

  @Override
  StreamResponse assemble(
      StreamDraft stream, KindDraft draft, List<String> names, boolean withRemovals) {
    List<Resource> resources = new ArrayList<>();
    List<String> aliases = new ArrayList<>();
    List<String> removed = new ArrayList<>();
    Map<String, String> versions = new LinkedHashMap<>();
    SortedMap<String, List<String>> asked = new TreeMap<>();
    SortedMap<String, List<String>> riders = draft.riders();
    for (String name : names) {
      Known known = draft.copyOf(name);
      switch (draft.target(name, known)) {
        case Target.Body body -> {
          resources.add(body.resource());
          versions.put(name, body.version());
          List<String> waiting = riders.getOrDefault(name, List.of());
          if (!waiting.isEmpty()) {
            asked.put(name, waiting);
            waiting.forEach(rider -> draft.put(rider, null));
          }
        }
        case Target.Gone _ -> removed.add(name);
        case Target.Alias _ -> aliases.add(name);
        case Target.Awaited _, Target.Rides _, Target.Same _ -> {
          continue;
        }
      }
      // After a removal of a virtual host that was asked for by name, the name itself is answered.
      boolean stillOwed =
          draft.rule.isAliased()
              && !removed.isEmpty()
              && removed.getLast().equals(name)
              && known.owed();
      draft.put(name, known.withOwed(stillOwed));
    }
    Set<String> fresh = removed.isEmpty() && aliases.isEmpty() ? versions.keySet() : union(names);
    removed.addAll(endWarmUps(draft, versions));
    String nonce = stream.nonce();
    draft.inFlight =
        new InFlight(
            nonce,
            Collections.unmodifiableMap(versions),
            Immutable.sortedSet(removed),
            asked.isEmpty() ? NONE_ASKED : Collections.unmodifiableSortedMap(asked),
            fresh,
            NO_NAMES,
            null);
    return new StreamResponse(
        draft.rule.kind(),
        nonce,
        Fingerprint.of(resources),
        resources,
        asked,
        aliases,
        removed,
        rules.ttls(resources),
        false);
  }

  @Override
  String renewalVersion(KindDraft draft, List<Resource> held) {
    return Fingerprint.of(held);
  }

  private static Set<String> union(List<String> names) {
    return Collections.unmodifiableSet(new HashSet<>(names));
  }

  /** Names that never existed, whose removal tells Envoy that a configuration has no host yet. */
  private static List<String> endWarmUps(KindDraft draft, Map<String, String> versions) {
    List<String> barren = draft.barrenWarmUps();
    if (draft.warmUps.isEmpty()) {
      return List.of();
    }
    SortedSet<String> left = new TreeSet<>(draft.warmUps);
    left.removeAll(barren);
    versions.keySet().forEach(name -> left.remove(routesOf(name)));
    draft.warmUps = left.isEmpty() ? NO_NAMES : Immutable.sortedSet(left);
    return barren.stream().map(routes -> routes + "/init").toList();
  }

  private static String routesOf(String virtualHost) {
    int slash = virtualHost.indexOf('/');
    return slash < 0 ? virtualHost : virtualHost.substring(0, slash);
  }

  @Override
  void oweAssignment(StreamDraft stream, String name) {
    // A stream of one type carries no other; only an Envoy is known to need and to take it.
    if (stream.before.only() == null && rules.ofEnvoy()) {
      stream.kind(ResourceKind.ENDPOINT).owe(name);
    }
  }
}
