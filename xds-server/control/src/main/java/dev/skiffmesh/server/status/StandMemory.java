package dev.skiffmesh.server.status;

import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.server.delivery.StreamId;
import dev.skiffmesh.server.delivery.StreamStanding;
import dev.skiffmesh.translator.PolicyEffect;
import dev.skiffmesh.translator.Translation;
import dev.skiffmesh.translator.resource.Resource;
import dev.skiffmesh.translator.resource.ResourceKind;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How each stream stands to the policies, kept from report to report: a stream is looked at anew
 * when its translation is another one or its proxy has answered, so that a report costs what has
 * changed and not proxies times resources. Used by one report at a time.
 */
// A translation that is the same object is unchanged; to compare two by value costs their size.
@SuppressWarnings("ReferenceEquality")
final class StandMemory {

  /** What was found, and of what. */
  private record Kept(
      Translation translation, StreamStanding standing, Map<DocumentKey, Stand> stands) {}

  private final Map<StreamId, Kept> kept = new HashMap<>();

  /**
   * What a policy's standing hangs on.
   *
   * @param shaped what it shaped
   * @param destinations the clusters that its rules send to, whoever shaped them: a rule that is
   *     taken and leads to a cluster that was refused does not do what it says
   */
  private record Held(List<Resource> shaped, List<Resource> destinations) {

    private static final Held NOTHING = new Held(List.of(), List.of());

    private Held() {
      this(new ArrayList<>(), new ArrayList<>());
    }
  }

  /** Of each policy in the translations of this report; equal views share theirs. */
  private final IdentityHashMap<Translation, Map<DocumentKey, Held>> held = new IdentityHashMap<>();

  /** A report begins; what is known of streams that are gone is forgotten. */
  void begin(Collection<ReportInput.Stream> streams) {
    held.clear();
    Set<StreamId> live = new HashSet<>();
    streams.forEach(stream -> live.add(stream.id()));
    kept.keySet().retainAll(live);
  }

  /**
   * How {@code stream} stands to each policy that its translation knows; without those of which it
   * uses nothing.
   *
   * @param stream one that has been translated for
   */
  Map<DocumentKey, Stand> of(ReportInput.Stream stream, StreamStanding standing) {
    Translation translation = stream.translation();
    if (translation == null || translation.effects().isEmpty()) {
      return Map.of();
    }
    Kept known = kept.get(stream.id());
    if (known != null
        && known.translation() == translation
        && standing.standsAs(known.standing())) {
      kept.put(stream.id(), new Kept(translation, standing, known.stands()));
      return known.stands();
    }
    Answers answers = Answers.of(standing, translation);
    Map<DocumentKey, Stand> stands = stands(stream, translation, answers);
    if (answers.isDoubtful()) {
      kept.remove(stream.id());
    } else {
      kept.put(stream.id(), new Kept(translation, standing, stands));
    }
    return stands;
  }

  private Map<DocumentKey, Stand> stands(
      ReportInput.Stream stream, Translation translation, Answers answers) {
    var byPolicy = held.computeIfAbsent(translation, StandMemory::held);
    Map<DocumentKey, Stand> stands = new HashMap<>();
    translation
        .effects()
        .forEach(
            (policy, effect) -> {
              Stand stand =
                  switch (effect.outcome()) {
                    case OVERRIDDEN, NOTHING -> new Stand.None(effect);
                    case SHAPED, PARTLY ->
                        stand(stream, answers, effect, byPolicy.getOrDefault(policy, Held.NOTHING));
                  };
              if (stand != null) {
                stands.put(policy, stand);
              }
            });
    return Map.copyOf(stands);
  }

  private static Map<DocumentKey, Held> held(Translation translation) {
    Map<DocumentKey, Held> held = new HashMap<>();
    for (var resources : translation.resources().byKind().values()) {
      for (Resource resource : resources.values()) {
        for (DocumentKey policy : resource.provenance().policies()) {
          held.computeIfAbsent(policy, _ -> new Held()).shaped.add(resource);
        }
      }
    }
    Map<String, Resource> clusters = translation.resources().of(ResourceKind.CLUSTER);
    translation
        .destinations()
        .forEach(
            (policy, names) ->
                names.stream()
                    .map(clusters::get)
                    .filter(Objects::nonNull)
                    .filter(cluster -> !cluster.provenance().policies().contains(policy))
                    .forEach(held.computeIfAbsent(policy, _ -> new Held()).destinations::add));
    return held;
  }

  /** Null if the proxy has asked for none of the resources: it does not use the target. */
  private static @Nullable Stand stand(
      ReportInput.Stream stream, Answers answers, PolicyEffect effect, Held held) {
    boolean asked = false;
    boolean pending = false;
    for (Resource resource : held.shaped) {
      switch (answers.to(resource)) {
        case REJECTED -> {
          return new Stand.Rejected(words(stream, answers, resource));
        }
        case PENDING -> {
          asked = true;
          pending = true;
        }
        case ACKED -> asked = true;
        case NOT_ASKED -> {}
      }
    }
    for (Resource cluster : held.destinations) {
      // Who takes the clusters and not the rules, an Envoy with routes of its own, uses no rule.
      switch (answers.to(cluster)) {
        case REJECTED -> {
          return new Stand.Rejected(words(stream, answers, cluster));
        }
        case PENDING -> pending = true;
        case ACKED, NOT_ASKED -> {}
      }
    }
    if (held.shaped.isEmpty()) {
      return new Stand.None(
          new PolicyEffect(
              effect.outcome(),
              (effect.message().isEmpty() ? "" : effect.message() + "; ")
                  + "none of what it shaped could be published; the findings say why"));
    }
    if (!asked) {
      return null;
    }
    return pending ? new Stand.Pending() : new Stand.Acked(effect);
  }

  private static String words(ReportInput.Stream stream, Answers answers, Resource resource) {
    return "proxy '%s' rejected %s '%s': %s"
        .formatted(
            stream.identity().id(), resource.kind(), resource.name(), answers.words(resource));
  }
}
