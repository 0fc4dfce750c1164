package dev.skiffmesh.server.delivery;

import com.google.protobuf.Any;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import dev.skiffmesh.translator.resource.Resource;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * What a packed resource refers to, read from its bytes without building the message; thread-safe.
 * Answers are kept by content hash, since every stream asks about the same resources.
 */
final class References {

  /** When more answers are kept than this, all are dropped: old contents never come back. */
  private static final int REMEMBERED = 50_000;

  private final Map<String, Optional<String>> assignments = new ConcurrentHashMap<>();
  private final Map<String, Boolean> onDemand = new ConcurrentHashMap<>();

  /** The assignment that a cluster asks for: its service name, or else its own name. */
  Optional<String> assignmentOf(Resource cluster) {
    return remembered(assignments, cluster, References::readAssignment);
  }

  /** Tells whether a route configuration takes virtual hosts as resources of their own. */
  boolean takesVirtualHosts(Resource routes) {
    return remembered(
        onDemand, routes, of -> find(of, RouteConfiguration.VHDS_FIELD_NUMBER).isPresent());
  }

  private static <T> T remembered(
      Map<String, T> answers, Resource resource, Function<Resource, T> read) {
    if (answers.size() > REMEMBERED) {
      answers.clear();
    }
    return answers.computeIfAbsent(resource.version(), version -> read.apply(resource));
  }

  private static Optional<String> readAssignment(Resource cluster) {
    Optional<byte[]> eds = find(cluster, Cluster.EDS_CLUSTER_CONFIG_FIELD_NUMBER);
    if (eds.isEmpty()) {
      return Optional.empty();
    }
    try {
      String service = Cluster.EdsClusterConfig.parseFrom(eds.get()).getServiceName();
      return Optional.of(service.isEmpty() ? cluster.name() : service);
    } catch (IOException e) {
      throw new UncheckedIOException("a packed cluster of ours does not parse", e);
    }
  }

  /** The bytes of a field of the packed message, the last if there are several. */
  private static Optional<byte[]> find(Resource resource, int field) {
    try {
      Any any = Any.parseFrom(resource.any());
      CodedInputStream in = any.getValue().newCodedInput();
      byte[] found = null;
      for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
        if (WireFormat.getTagFieldNumber(tag) == field
            && WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_LENGTH_DELIMITED) {
          found = in.readByteArray();
        } else {
          in.skipField(tag);
        }
      }
      return Optional.ofNullable(found);
    } catch (IOException e) {
      throw new UncheckedIOException("a packed resource of ours does not parse", e);
    }
  }
}
