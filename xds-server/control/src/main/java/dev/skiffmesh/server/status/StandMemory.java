package dev.skiffmesh.server.status;

import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.server.delivery.StreamId;
import dev.skiffmesh.server.delivery.StreamStanding;
import dev.skiffmesh.translator.PolicyEffect;
import dev.skiffmesh.translator.Translation;
import dev.skiffmesh.translator.resource.Resource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
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

  /** What each policy shaped in the translations of this report; equal views share theirs. */
  private final IdentityHashMap<Translation, Map<DocumentKey, List<Resource>>> shaped =
      new IdentityHashMap<>();

  /** A report begins; what is known of streams that are gone is forgotten. */
  void begin(Collection<ReportInput.Stream> streams) {
    shaped.clear();
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
    Map<DocumentKey, Stand> stands =
        known != null && known.translation() == translation && standing.standsAs(known.standing())
            ? known.stands()
            : stands(stream, translation, standing);
    kept.put(stream.id(), new Kept(translation, standing, stands));
    return stands;
  }

  private Map<DocumentKey, Stand> stands(
      ReportInput.Stream stream, Translation translation, StreamStanding standing) {
    var byPolicy = shaped.computeIfAbsent(translation, StandMemory::shaped);
    Map<DocumentKey, Stand> stands = new HashMap<>();
    translation
        .effects()
        .forEach(
            (policy, effect) -> {
              Stand stand =
                  switch (effect.outcome()) {
                    case OVERRIDDEN, NOTHING -> new Stand.None(effect);
                    case SHAPED, PARTLY ->
                        stand(stream, standing, effect, byPolicy.getOrDefault(policy, List.of()));
                  };
              if (stand != null) {
                stands.put(policy, stand);
              }
            });
    return Map.copyOf(stands);
  }

  private static Map<DocumentKey, List<Resource>> shaped(Translation translation) {
    Map<DocumentKey, List<Resource>> shaped = new HashMap<>();
    for (var resources : translation.resources().byKind().values()) {
      for (Resource resource : resources.values()) {
        for (DocumentKey policy : resource.provenance().policies()) {
          shaped.computeIfAbsent(policy, _ -> new ArrayList<>()).add(resource);
        }
      }
    }
    return shaped;
  }

  /** Null if the proxy has asked for none of the resources: it does not use the target. */
  private static @Nullable Stand stand(
      ReportInput.Stream stream,
      StreamStanding standing,
      PolicyEffect effect,
      List<Resource> resources) {
    if (resources.isEmpty()) {
      return new Stand.None(
          new PolicyEffect(
              effect.outcome(),
              (effect.message().isEmpty() ? "" : effect.message() + "; ")
                  + "none of what it shaped could be published; the findings say why"));
    }
    boolean asked = false;
    boolean pending = false;
    for (Resource resource : resources) {
      switch (standing.standing(resource.kind(), resource.name(), resource.version())) {
        case REJECTED -> {
          return new Stand.Rejected(words(stream, standing, resource));
        }
        case PENDING -> {
          asked = true;
          pending = true;
        }
        case ACKED -> asked = true;
        case NOT_ASKED -> {}
      }
    }
    if (!asked) {
      return null;
    }
    return pending ? new Stand.Pending() : new Stand.Acked(effect);
  }

  private static String words(
      ReportInput.Stream stream, StreamStanding standing, Resource resource) {
    String error =
        standing.rejections().stream()
            .filter(one -> one.kind().equals(resource.kind()) && one.name().equals(resource.name()))
            .map(StreamStanding.RejectedResource::error)
            .findFirst()
            .orElse("");
    return "proxy '%s' rejected %s '%s': %s"
        .formatted(stream.identity().id(), resource.kind(), resource.name(), error);
  }
}
