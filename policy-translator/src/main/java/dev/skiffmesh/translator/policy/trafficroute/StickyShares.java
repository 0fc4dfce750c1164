package dev.skiffmesh.translator.policy.trafficroute;

import com.google.protobuf.UInt32Value;
import dev.skiffmesh.translator.wire.NewerEnvoyFields;
import io.envoyproxy.envoy.config.route.v3.WeightedCluster;
import java.util.ArrayList;
import java.util.List;

/**
 * Sticky shares are parts of one constant total, so that growing the last one moves nobody back:
 * Envoy takes the hash modulo the total and walks the clusters in order.
 */
final class StickyShares {

  static final long TOTAL = 1_000_000;

  private StickyShares() {}

  /** Lets the route's hash choose. */
  static void divide(WeightedCluster.Builder clusters) {
    List<Long> parts =
        of(
            clusters.getClustersList().stream()
                .map(cluster -> Integer.toUnsignedLong(cluster.getWeight().getValue()))
                .toList());
    for (int i = 0; i < parts.size(); i++) {
      clusters.getClustersBuilder(i).setWeight(UInt32Value.of(parts.get(i).intValue()));
    }
    NewerEnvoyFields.useHashPolicy(clusters);
  }

  /** Differences of rounded cumulative sums: they add up to the total, whatever the weights. */
  static List<Long> of(List<Long> weights) {
    long sum = weights.stream().mapToLong(Long::longValue).sum();
    List<Long> parts = new ArrayList<>();
    long cumulative = 0;
    long before = 0;
    for (long weight : weights) {
      cumulative += weight;
      long boundary = Math.round((double) cumulative * TOTAL / sum);
      parts.add(boundary - before);
      before = boundary;
    }
    return parts;
  }
}
