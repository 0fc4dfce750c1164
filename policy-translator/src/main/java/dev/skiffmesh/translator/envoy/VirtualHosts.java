package dev.skiffmesh.translator.envoy;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UInt32Value;
import com.google.protobuf.UnknownFieldSet;
import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.translator.plan.PortPlan;
import dev.skiffmesh.translator.resource.Provenance;
import dev.skiffmesh.translator.resource.Resource;
import dev.skiffmesh.translator.resource.ResourceKind;
import dev.skiffmesh.translator.wire.Protos;
import io.envoyproxy.envoy.config.route.v3.RetryPolicy;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.Vhds;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.envoyproxy.envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate;
import java.time.Duration;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/** Virtual hosts, and the route configurations that hold them. */
final class VirtualHosts {

  /** The route configuration whose virtual hosts are resources of their own. */
  static final String EGRESS = "egress";

  /**
   * The route configuration that carries all virtual hosts itself, for who cannot have the other.
   */
  static final String EGRESS_WHOLE = "egress-whole";

  /** Waiting for virtual hosts must not hold a listener back when there is none. */
  private static final Duration FIRST_FETCH = Duration.ofSeconds(2);

  private static final RetryPolicy ON_CONNECT_FAILURE =
      RetryPolicy.newBuilder()
          .setRetryOn("connect-failure")
          .setNumRetries(UInt32Value.of(1))
          .addRetryHostPredicate(
              RetryPolicy.RetryHostPredicate.newBuilder()
                  .setName("envoy.retry_host_predicates.previous_hosts")
                  .setTypedConfig(Protos.any(PreviousHostsPredicate.getDefaultInstance())))
          // With two hosts a random pick finds the other one in five tries in 31 of 32 cases.
          .setHostSelectionRetryMaxAttempts(5)
          .build();

  private VirtualHosts() {}

  static String resourceName(PortPlan port, boolean isWithin) {
    return EGRESS + "/" + port.name(isWithin);
  }

  /**
   * As callers of the service's own namespace have it. The virtual host's name equals the
   * resource's, or Envoy would ignore its removal.
   */
  static VirtualHost of(PortPlan port) {
    VirtualHost.Builder host =
        VirtualHost.newBuilder()
            .setName(resourceName(port, true))
            .addAllDomains(port.hosts().within())
            .addAllRoutes(Routes.of(port))
            .setRetryPolicy(ON_CONNECT_FAILURE);
    port.options().host().values().forEach(placed -> placed.apply(option -> option.applyTo(host)));
    return host.build();
  }

  /** The same for callers of all other namespaces, who call it by fewer names. */
  static VirtualHost elsewhere(PortPlan port, VirtualHost within) {
    return within.toBuilder()
        .setName(resourceName(port, false))
        .clearDomains()
        .addAllDomains(port.hosts().elsewhere())
        .build();
  }

  static RouteConfiguration discovered() {
    return RouteConfiguration.newBuilder()
        .setName(EGRESS)
        .setVhds(
            Vhds.newBuilder()
                .setConfigSource(
                    Protos.ADS.toBuilder().setInitialFetchTimeout(Protos.duration(FIRST_FETCH))))
        .build();
  }

  /**
   * The route configuration that carries all virtual hosts itself. They are put into it as they
   * are, in the order of their names, without being read.
   */
  static Resource packedWhole(Map<String, Resource> virtualHosts) {
    SortedSet<DocumentKey> policies = new TreeSet<>();
    UnknownFieldSet.Field.Builder hosts = UnknownFieldSet.Field.newBuilder();
    for (Resource resource : virtualHosts.values()) {
      hosts.addLengthDelimited(packed(resource));
      policies.addAll(resource.provenance().policies());
    }
    return Resource.pack(
        ResourceKind.ROUTE,
        EGRESS_WHOLE,
        RouteConfiguration.newBuilder()
            .setName(EGRESS_WHOLE)
            // A field that the builder does not read is written behind those that it knows, of
            // which there is only the name, the first.
            .setUnknownFields(
                UnknownFieldSet.newBuilder()
                    .addField(RouteConfiguration.VIRTUAL_HOSTS_FIELD_NUMBER, hosts.build())
                    .build())
            .build(),
        new Provenance(policies));
  }

  private static ByteString packed(Resource resource) {
    try {
      return Any.parseFrom(resource.any()).getValue();
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("Skiff packed " + resource + " itself", e);
    }
  }
}
