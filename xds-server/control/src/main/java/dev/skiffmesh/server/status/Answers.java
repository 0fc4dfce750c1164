package dev.skiffmesh.server.status;

import dev.skiffmesh.server.delivery.StreamStanding;
import dev.skiffmesh.server.delivery.StreamStanding.Standing;
import dev.skiffmesh.translator.Translation;
import dev.skiffmesh.translator.place.ClusterName;
import dev.skiffmesh.translator.resource.Resource;
import dev.skiffmesh.translator.resource.ResourceKind;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the answers on one stream are worth. An Envoy that refuses clusters in words that name none
 * ({@code ADS must be configured}) keeps their hashes, passes over the same content when it is sent
 * apart and acknowledges it. But whoever has taken a cluster asks for its assignment; who does not,
 * after such a refusal, has refused that cluster.
 *
 * @param refusal the proxy's words at its last refusal of clusters; null if it never refused any
 */
record Answers(StreamStanding standing, Set<String> assignments, @Nullable String refusal) {

  static Answers of(StreamStanding standing, Translation translation) {
    return new Answers(
        standing,
        translation.resources().assignmentNames(),
        standing.types().stream()
            .filter(type -> type.kind().equals(ResourceKind.CLUSTER) && type.lastError() != null)
            .map(StreamStanding.TypeCounts::lastError)
            .findFirst()
            .orElse(null));
  }

  /** Tells whether what is found may change when assignments are asked for. */
  boolean isDoubtful() {
    return refusal != null;
  }

  /** How the proxy stands to {@code resource}. */
  Standing to(Resource resource) {
    Standing said = standing.standing(resource.kind(), resource.name(), resource.version());
    return said == Standing.ACKED && isPassedOver(resource) ? Standing.REJECTED : said;
  }

  private boolean isPassedOver(Resource resource) {
    return refusal != null
        && resource.kind().equals(ResourceKind.CLUSTER)
        && ClusterName.parse(resource.name())
            .map(ClusterName::assignmentName)
            .filter(assignments::contains)
            .map(name -> standing.standing(ResourceKind.ENDPOINT, name, ""))
            .filter(Standing.NOT_ASKED::equals)
            .isPresent();
  }

  /** The proxy's words against {@code resource}, which it refused. */
  String words(Resource resource) {
    return standing.rejections().stream()
        .filter(one -> one.kind().equals(resource.kind()) && one.name().equals(resource.name()))
        .map(StreamStanding.RejectedResource::error)
        .findFirst()
        .orElse(refusal == null ? "" : refusal);
  }
}
