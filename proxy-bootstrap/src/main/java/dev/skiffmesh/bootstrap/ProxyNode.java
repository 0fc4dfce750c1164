package dev.skiffmesh.bootstrap;

import com.google.protobuf.ListValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import com.google.protobuf.util.Values;
import dev.skiffmesh.api.model.ProxyIdentity;
import dev.skiffmesh.api.model.ProxyIdentity.ProxyPort;
import io.envoyproxy.envoy.config.core.v3.Locality;
import io.envoyproxy.envoy.config.core.v3.Node;

/**
 * A proxy's identity as an xDS node. The form is a contract: bootstraps live for years, so keys are
 * added and never renamed, and {@code v} changes only when an old reader would misread.
 */
public final class ProxyNode {

  /** The metadata key under which everything of Skiff's stands. */
  public static final String METADATA_KEY = "skiff";

  private static final int METADATA_VERSION = 1;

  private ProxyNode() {}

  /** The node of {@code proxy}. */
  public static Node of(ProxyIdentity proxy) {
    return Node.newBuilder()
        .setId(proxy.id())
        .setCluster(proxy.workload().service().host())
        .setMetadata(
            Struct.newBuilder().putFields(METADATA_KEY, Values.of(metadata(proxy))).build())
        .setLocality(
            Locality.newBuilder()
                .setRegion(proxy.locality().region())
                .setZone(proxy.locality().zone())
                .setSubZone(proxy.locality().subZone()))
        .build();
  }

  private static Struct metadata(ProxyIdentity proxy) {
    Struct.Builder labels = Struct.newBuilder();
    proxy.workload().labels().forEach((key, value) -> labels.putFields(key, Values.of(value)));
    ListValue.Builder ports = ListValue.newBuilder();
    proxy.ports().forEach(port -> ports.addValues(port(port)));
    return Struct.newBuilder()
        .putFields("v", Values.of(METADATA_VERSION))
        .putFields("service", Values.of(proxy.workload().service().name()))
        .putFields("namespace", Values.of(proxy.workload().service().namespace()))
        .putFields("labels", Values.of(labels.build()))
        .putFields("address", Values.of(proxy.address()))
        .putFields("ports", Value.newBuilder().setListValue(ports).build())
        .putFields("egress", Values.of(proxy.egressPort()))
        .putFields("engine", Values.of(proxy.engine()))
        .build();
  }

  private static Value port(ProxyPort port) {
    return Values.of(
        Struct.newBuilder()
            .putFields("name", Values.of(port.name()))
            .putFields("inbound", Values.of(port.inbound()))
            .putFields("app", Values.of(port.app()))
            .putFields("protocol", Values.of(port.protocol().wireName()))
            .build());
  }
}
