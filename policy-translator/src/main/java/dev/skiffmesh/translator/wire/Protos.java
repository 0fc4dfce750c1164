package dev.skiffmesh.translator.wire;

import com.google.protobuf.Any;
import com.google.protobuf.BoolValue;
import com.google.protobuf.Duration;
import com.google.protobuf.Message;
import dev.skiffmesh.api.model.Locality;
import io.envoyproxy.envoy.config.core.v3.AggregatedConfigSource;
import io.envoyproxy.envoy.config.core.v3.ApiVersion;
import io.envoyproxy.envoy.config.core.v3.ConfigSource;
import io.envoyproxy.envoy.config.core.v3.Http1ProtocolOptions;
import io.envoyproxy.envoy.config.core.v3.SelfConfigSource;
import io.envoyproxy.envoy.config.core.v3.TypedExtensionConfig;
import io.envoyproxy.envoy.extensions.http.header_formatters.preserve_case.v3.PreserveCaseFormatterConfig;

/** Small pieces of Envoy's API that several resources are made of. */
public final class Protos {

  /** The server that this resource came from. */
  public static final ConfigSource SELF =
      ConfigSource.newBuilder()
          .setSelf(SelfConfigSource.getDefaultInstance())
          .setResourceApiVersion(ApiVersion.V3)
          .build();

  /** All resources come on the one ADS stream. */
  public static final ConfigSource ADS =
      ConfigSource.newBuilder()
          .setAds(AggregatedConfigSource.getDefaultInstance())
          .setResourceApiVersion(ApiVersion.V3)
          .build();

  /** Headers keep the case in which they were written, and answers their reason phrase. */
  public static final Http1ProtocolOptions.HeaderKeyFormat PRESERVE_CASE =
      Http1ProtocolOptions.HeaderKeyFormat.newBuilder()
          .setStatefulFormatter(
              extension(
                  "envoy.http.stateful_header_formatters.preserve_case",
                  PreserveCaseFormatterConfig.newBuilder().setForwardReasonPhrase(true).build()))
          .build();

  /** Said, not absent. */
  public static final BoolValue FALSE = BoolValue.of(false);

  private Protos() {}

  /** An extension under its name. */
  public static TypedExtensionConfig extension(String name, Message config) {
    return TypedExtensionConfig.newBuilder().setName(name).setTypedConfig(any(config)).build();
  }

  /** Packs one of {@link PackedTypes}. */
  public static Any any(Message message) {
    return PackedTypes.pack(message);
  }

  /** Whole seconds and the rest in nanoseconds. */
  public static Duration duration(java.time.Duration duration) {
    return Duration.newBuilder()
        .setSeconds(duration.toSeconds())
        .setNanos(duration.toNanosPart())
        .build();
  }

  /** As Envoy writes it. */
  public static io.envoyproxy.envoy.config.core.v3.Locality locality(Locality locality) {
    return io.envoyproxy.envoy.config.core.v3.Locality.newBuilder()
        .setRegion(locality.region())
        .setZone(locality.zone())
        .setSubZone(locality.subZone())
        .build();
  }
}
