package dev.skiffmesh.registry.kubernetes;

import dev.skiffmesh.api.model.Immutable;
import java.util.List;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * An object of the API server, without all that a mesh has no use for: equal if nothing that counts
 * has changed.
 */
sealed interface ClusterObject {

  /** Which it is. */
  Kind kind();

  /** Empty for what is in no namespace. */
  String namespace();

  /** Unique in its namespace. */
  String name();

  /** A namespace. */
  record Namespace(String name, SortedMap<String, String> labels) implements ClusterObject {
    /** Copies what it is given. */
    public Namespace {
      labels = Immutable.sortedMap(labels);
    }

    @Override
    public Kind kind() {
      return Kind.NAMESPACES;
    }

    @Override
    public String namespace() {
      return "";
    }
  }

  /** A machine and where it stands. */
  record Node(String name, String region, String zone) implements ClusterObject {
    @Override
    public Kind kind() {
      return Kind.NODES;
    }

    @Override
    public String namespace() {
      return "";
    }
  }

  /** A pod; its addresses are in the slices. */
  record Pod(String namespace, String name, SortedMap<String, String> labels)
      implements ClusterObject {
    @Override
    public Kind kind() {
      return Kind.PODS;
    }
  }

  /**
   * A service.
   *
   * @param addresses its cluster IPs; none if it is headless
   * @param isIpv6First whether its first family is IPv6
   * @param externalName where an ExternalName leads to; null for all other types
   */
  record Service(
      String namespace,
      String name,
      List<String> addresses,
      boolean isIpv6First,
      @Nullable String externalName,
      List<Port> ports)
      implements ClusterObject {
    /** Copies what it is given. */
    public Service {
      addresses = List.copyOf(addresses);
      ports = List.copyOf(ports);
    }

    @Override
    public Kind kind() {
      return Kind.SERVICES;
    }
  }

  /**
   * A port of a service or of a slice.
   *
   * @param name may be empty where there is one port alone
   * @param protocol {@code TCP}, {@code UDP} or {@code SCTP}
   * @param appProtocol what the user says is spoken there, or empty
   */
  record Port(String name, int number, String protocol, String appProtocol) {}

  /**
   * Some endpoints of a service.
   *
   * @param service whose they are; empty for nobody's
   * @param addressType {@code IPv4}, {@code IPv6} or {@code FQDN}
   */
  record Slice(
      String namespace,
      String name,
      String service,
      String addressType,
      List<Port> ports,
      List<Backend> backends)
      implements ClusterObject {
    /** Copies what it is given. */
    public Slice {
      ports = List.copyOf(ports);
      backends = List.copyOf(backends);
    }

    @Override
    public Kind kind() {
      return Kind.ENDPOINTSLICES;
    }
  }

  /**
   * One endpoint of a slice.
   *
   * @param address the first; Kubernetes calls all others of one endpoint interchangeable
   * @param ready takes calls, as far as its controller knows
   * @param serving would answer calls, whether or not it is ending
   * @param terminating is ending
   * @param pod the name of the pod behind it, or empty
   * @param node the machine that it runs on, or empty
   * @param zone as the slice has it, or empty
   */
  record Backend(
      String address,
      boolean ready,
      boolean serving,
      boolean terminating,
      String pod,
      String node,
      String zone) {}
}
