package dev.skiffmesh.translator.wire;

import com.google.protobuf.UnknownFieldSet;
import io.envoyproxy.envoy.config.route.v3.WeightedCluster;

/**
 * Fields that Envoy has and the generated classes (Envoy 1.34) do not know yet, written by number.
 * Each says since which Envoy it exists and is held by a test on a real Envoy.
 */
public final class NewerEnvoyFields {

  /** {@code google.protobuf.BoolValue use_hash_policy = 5}, in oneof random_value_specifier. */
  private static final int USE_HASH_POLICY = 5;

  /** {@code BoolValue.value}. */
  private static final int VALUE = 1;

  /** The least Envoy that knows {@code use_hash_policy}. */
  public static final int USE_HASH_POLICY_SINCE = 36;

  private NewerEnvoyFields() {}

  /** Lets the route's hash policy choose the cluster instead of a random number. */
  public static WeightedCluster.Builder useHashPolicy(WeightedCluster.Builder clusters) {
    UnknownFieldSet yes =
        UnknownFieldSet.newBuilder()
            .addField(VALUE, UnknownFieldSet.Field.newBuilder().addVarint(1).build())
            .build();
    return clusters.setUnknownFields(
        UnknownFieldSet.newBuilder()
            .addField(
                USE_HASH_POLICY,
                UnknownFieldSet.Field.newBuilder().addLengthDelimited(yes.toByteString()).build())
            .build());
  }
}
