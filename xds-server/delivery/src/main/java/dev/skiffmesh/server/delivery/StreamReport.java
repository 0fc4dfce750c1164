package dev.skiffmesh.server.delivery;

import dev.skiffmesh.translator.resource.Resource;
import dev.skiffmesh.translator.resource.ResourceKind;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Answers questions about a stream from one of its immutable states. Thread-safe; what takes long
 * is worked out once.
 */
final class StreamReport implements StreamStanding {

  private final StreamState state;
  private final DeliveryRules rules;
  private final boolean behind;

  /** Two threads may both work it out; each finds the same. */
  private @Nullable List<TypeCounts> types;

  /**
   * Of that state.
   *
   * @param behind whether something newer is published that the state does not have yet
   */
  StreamReport(StreamState state, DeliveryRules rules, boolean behind) {
    this.state = state;
    this.rules = rules;
    this.behind = behind;
  }

  @Override
  public Standing standing(ResourceKind kind, String name, String version) {
    KindState known = state.kinds().get(kind);
    if (known == null || !known.asked() || !known.subscription().covers(name)) {
      return Standing.NOT_ASKED;
    }
    Standing answer = Standing.PENDING;
    RejectedContent rejection = known.rejected().get(name);
    if (rejection != null && rejection.version().equals(version)) {
      answer = Standing.REJECTED;
    } else if (state.published() && version.equals(draft(known).copyOf(name).version())) {
      answer = Standing.ACKED;
    }
    return answer;
  }

  @Override
  public List<StreamStanding.RejectedResource> rejections() {
    List<StreamStanding.RejectedResource> rejections = new ArrayList<>();
    for (KindState kind : state.kinds().values()) {
      kind.rejected()
          .forEach(
              (name, why) ->
                  rejections.add(
                      new StreamStanding.RejectedResource(
                          kind.kind(), name, why.version(), why.text())));
    }
    return rejections;
  }

  @Override
  public List<TypeCounts> types() {
    List<TypeCounts> known = types;
    if (known == null) {
      known = countTypes();
      types = known;
    }
    return known;
  }

  private List<TypeCounts> countTypes() {
    List<TypeCounts> counts = new ArrayList<>();
    for (KindState kind : state.kinds().values()) {
      if (kind.asked()) {
        int nacked = kind.rejected().size();
        int acked = acked(kind);
        InFlight inFlight = kind.inFlight();
        int waiting =
            inFlight == null || inFlight.isAllContents()
                ? inFlight == null ? 0 : inFlight.versions().size()
                : (int)
                    inFlight.versions().keySet().stream()
                        .filter(inFlight.fresh()::contains)
                        .count();
        counts.add(
            new TypeCounts(
                kind.kind(), acked + waiting + nacked, acked, nacked, kind.tally().refusal()));
      }
    }
    return List.copyOf(counts);
  }

  /** How many names the proxy has accepted in the newest version that was sent. */
  private int acked(KindState kind) {
    KindReading draft = draft(kind);
    int acked = draft.heldIfNothingIsOpen();
    if (acked < 0) {
      return (int)
          accepted(kind).keySet().stream().filter(name -> !isUnanswered(kind, name)).count();
    }
    if (Everything.of(kind.open()) != null) {
      return Math.max(0, acked - kind.open().size());
    }
    for (Map.Entry<String, Known> open : kind.open().entrySet()) {
      acked -= draft.isHeldIfNotOpen(open.getKey()) ? 1 : 0;
      acked += open.getValue().version() != null && !isUnanswered(kind, open.getKey()) ? 1 : 0;
    }
    return acked;
  }

  private static boolean isUnanswered(KindState kind, String name) {
    return kind.rejected().containsKey(name)
        || (kind.inFlight() != null && kind.inFlight().fresh().contains(name));
  }

  @Override
  public boolean inSync() {
    return !behind
        && state.published()
        && state.kinds().values().stream().allMatch(kind -> sync(kind) == KindView.Sync.SYNCED);
  }

  /** Tells whether it is of that very state. */
  @SuppressWarnings("ReferenceEquality") // An equal state that is another object may be missed.
  boolean isOf(StreamState other, boolean isBehind) {
    return state == other && behind == isBehind;
  }

  @Override
  @SuppressWarnings("ReferenceEquality") // The same object is the cheap answer, and may be missed.
  public boolean standsAs(StreamStanding earlier) {
    if (!(earlier instanceof StreamReport before)) {
      return false;
    }
    return state == before.state
        || (state.published() == before.state.published()
            && state.snapshot().resources() == before.state.snapshot().resources()
            && kindsBut(ResourceKind.ENDPOINT, state)
                .equals(kindsBut(ResourceKind.ENDPOINT, before.state)));
  }

  /** What a step leaves as it was is the same object, so that to compare these is quick. */
  private static List<KindState> kindsBut(ResourceKind kind, StreamState state) {
    return state.kinds().values().stream().filter(one -> !one.kind().equals(kind)).toList();
  }

  /** The types that the proxy asked for. */
  List<KindView> kinds() {
    return state.kinds().values().stream().filter(KindState::asked).map(this::view).toList();
  }

  /** Each resource of the types that the proxy asked for, in the order of type and name. */
  List<ResourceStanding> resources() {
    List<ResourceStanding> resources = new ArrayList<>();
    for (KindState kind : state.kinds().values()) {
      if (kind.asked()) {
        KindReading draft = draft(kind);
        names(kind, draft).forEach(name -> resources.add(resource(kind, draft, name)));
      }
    }
    return resources;
  }

  private static SortedSet<String> names(KindState kind, KindReading draft) {
    SortedSet<String> names = new TreeSet<>(kind.subscription().allNames());
    if (kind.subscription().wildcard()) {
      names.addAll(draft.wildcardNames());
    }
    names.addAll(kind.open().keySet());
    return names;
  }

  private ResourceStanding resource(KindState kind, KindReading draft, String name) {
    Target target = draft.target(name, draft.copyOf(name));
    var rejection = kind.rejected().get(name);
    ResourceStanding.State standing;
    if (rejection != null) {
      standing = ResourceStanding.State.REJECTED;
    } else if (kind.inFlight() != null && kind.inFlight().brings(name, target.version())) {
      standing = ResourceStanding.State.SENT;
    } else {
      standing =
          state.published() && draft.isSettled(name)
              ? ResourceStanding.State.ACCEPTED
              : ResourceStanding.State.UNSENT;
    }
    // A stand-in says that the name does not exist.
    Resource content =
        target instanceof Target.Body(Resource body, boolean standIn) && !standIn ? body : null;
    return new ResourceStanding(
        kind.kind(), name, standing, content, draft.copyOf(name).version(), rejection);
  }

  private KindView view(KindState kind) {
    SortedSet<String> waiting = new TreeSet<>(kind.open().keySet());
    waiting.removeAll(kind.rejected().keySet());
    return new KindView(
        kind.kind(),
        sync(kind),
        kind.subscription().wildcard(),
        kind.subscription().allNames(),
        accepted(kind),
        waiting,
        kind.rejected(),
        kind.tally());
  }

  private KindView.Sync sync(KindState kind) {
    if (!kind.rejected().isEmpty()) {
      return KindView.Sync.ERROR;
    }
    boolean settled =
        !kind.asked() || (state.published() && kind.open().isEmpty() && !isWaiting(kind));
    return settled ? KindView.Sync.SYNCED : KindView.Sync.STALE;
  }

  /** A renewal that is not yet answered changes nothing. */
  private static boolean isWaiting(KindState kind) {
    InFlight inFlight = kind.inFlight();
    return inFlight != null && !inFlight.isRenewal();
  }

  /** Name to version of what the proxy has, as far as it said so. */
  private SortedMap<String, String> accepted(KindState kind) {
    KindReading draft = draft(kind);
    SortedMap<String, String> accepted = new TreeMap<>();
    Collection<String> everything =
        kind.subscription().wildcard() ? draft.wildcardNames() : List.of();
    for (Collection<String> names :
        List.of(everything, kind.subscription().allNames(), kind.open().keySet())) {
      for (String name : names) {
        String version = draft.copyOf(name).version();
        if (version != null) {
          accepted.put(name, version);
        }
      }
    }
    return accepted;
  }

  private KindReading draft(KindState kind) {
    return new KindReading(kind, rules.rule(kind.kind()).orElseThrow(), rules, state.snapshot());
  }

  /** What is to be remembered of the proxy when its stream has ended. */
  static Farewell farewell(StreamState state) {
    NavigableSet<String> answered = new TreeSet<>();
    KindState hosts = state.kinds().get(ResourceKind.VIRTUAL_HOST);
    if (hosts != null) {
      answered.addAll(hosts.subscription().allNames());
      answered.removeAll(hosts.open().keySet());
      InFlight inFlight = hosts.inFlight();
      if (inFlight != null) {
        inFlight.asked().values().forEach(names -> names.forEach(answered::remove));
        answered.removeAll(inFlight.fresh());
      }
    }
    return new Farewell(ghosts(state), answered);
  }

  /**
   * The names that the proxy may have although it never accepted them, by type: to be removed on
   * its next stream if they are gone by then.
   */
  private static SortedMap<ResourceKind, SortedSet<String>> ghosts(StreamState state) {
    SortedMap<ResourceKind, SortedSet<String>> ghosts = new TreeMap<>();
    for (KindState kind : state.kinds().values()) {
      if (Everything.of(kind.open()) != null) {
        continue;
      }
      SortedSet<String> doubtful = new TreeSet<>();
      for (Map.Entry<String, Known> entry : kind.open().entrySet()) {
        if (entry.getValue().doubtful()) {
          doubtful.add(entry.getKey());
        }
      }
      if (!doubtful.isEmpty() && kind.kind().removable()) {
        ghosts.put(kind.kind(), doubtful);
      }
    }
    return ghosts;
  }
}
