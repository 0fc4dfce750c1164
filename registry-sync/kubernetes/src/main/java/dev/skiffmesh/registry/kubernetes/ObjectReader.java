package dev.skiffmesh.registry.kubernetes;

import dev.skiffmesh.api.model.Immutable;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.ServiceSpec;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointConditions;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointPort;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** From the client's objects to those of this module, which keep what counts alone. Pure. */
final class ObjectReader {

  private static final String SERVICE_NAME = "kubernetes.io/service-name";
  private static final String REGION = "topology.kubernetes.io/region";
  private static final String ZONE = "topology.kubernetes.io/zone";
  private static final String HEADLESS = "None";
  private static final String EXTERNAL_NAME = "ExternalName";

  private ObjectReader() {}

  static ClusterObject read(HasMetadata object) {
    return switch (object) {
      case Namespace found -> new ClusterObject.Namespace(name(found), labels(found));
      case Node found ->
          new ClusterObject.Node(
              name(found),
              labels(found).getOrDefault(REGION, ""),
              labels(found).getOrDefault(ZONE, ""));
      case Pod found -> new ClusterObject.Pod(namespace(found), name(found), labels(found));
      case Service found -> service(found);
      case EndpointSlice found -> slice(found);
      default -> throw new IllegalStateException("not watched: " + object.getKind());
    };
  }

  private static ClusterObject service(Service found) {
    ServiceSpec spec = found.getSpec();
    List<String> addresses =
        all(spec.getClusterIPs()).isEmpty() ? one(spec.getClusterIP()) : spec.getClusterIPs();
    List<ClusterObject.Port> ports = new ArrayList<>();
    for (ServicePort port : all(spec.getPorts())) {
      ports.add(
          new ClusterObject.Port(
              text(port.getName()),
              port.getPort(),
              protocol(port.getProtocol()),
              text(port.getAppProtocol())));
    }
    return new ClusterObject.Service(
        namespace(found),
        name(found),
        addresses.stream().filter(address -> !address.equals(HEADLESS)).toList(),
        all(spec.getIpFamilies()).stream().findFirst().filter("IPv6"::equals).isPresent(),
        EXTERNAL_NAME.equals(spec.getType()) ? text(spec.getExternalName()) : null,
        ports);
  }

  private static ClusterObject slice(EndpointSlice found) {
    List<ClusterObject.Port> ports = new ArrayList<>();
    for (EndpointPort port : all(found.getPorts())) {
      // Without a number it stands for all ports, which only a policy of networks can mean.
      if (port.getPort() != null) {
        ports.add(
            new ClusterObject.Port(
                text(port.getName()),
                port.getPort(),
                protocol(port.getProtocol()),
                text(port.getAppProtocol())));
      }
    }
    return new ClusterObject.Slice(
        namespace(found),
        name(found),
        labels(found).getOrDefault(SERVICE_NAME, ""),
        text(found.getAddressType()),
        ports,
        all(found.getEndpoints()).stream()
            .filter(endpoint -> !all(endpoint.getAddresses()).isEmpty())
            .map(ObjectReader::backend)
            .toList());
  }

  /**
   * What is not said of readiness counts as ready (API reference, EndpointConditions), and what
   * servers before 1.20 do not say of serving is what they say of readiness.
   */
  private static ClusterObject.Backend backend(Endpoint endpoint) {
    EndpointConditions conditions = endpoint.getConditions();
    var target = endpoint.getTargetRef();
    boolean isReady = conditions == null || !Boolean.FALSE.equals(conditions.getReady());
    return new ClusterObject.Backend(
        endpoint.getAddresses().getFirst(),
        isReady,
        (conditions == null || conditions.getServing() == null) ? isReady : conditions.getServing(),
        conditions != null && Boolean.TRUE.equals(conditions.getTerminating()),
        target != null && "Pod".equals(target.getKind()) ? shared(target.getName()) : "",
        shared(endpoint.getNodeName()),
        shared(endpoint.getZone()));
  }

  /** The API server writes null for an empty list in some places. */
  private static <T> List<T> all(@Nullable List<T> list) {
    return list == null ? List.of() : list;
  }

  private static List<String> one(@Nullable String text) {
    return text == null || text.isEmpty() ? List.of() : List.of(text);
  }

  private static String text(@Nullable String text) {
    return text == null ? "" : text.intern();
  }

  /** Names of machines and zones stand in thousands of endpoints. */
  private static String shared(@Nullable String text) {
    return text(text);
  }

  private static String protocol(@Nullable String protocol) {
    return protocol == null || protocol.isEmpty() ? "TCP" : protocol.intern();
  }

  private static String name(HasMetadata object) {
    return object.getMetadata().getName();
  }

  private static String namespace(HasMetadata object) {
    return text(object.getMetadata().getNamespace());
  }

  private static SortedMap<String, String> labels(HasMetadata object) {
    Map<String, String> labels = object.getMetadata().getLabels();
    return labels == null ? Immutable.sortedMap(new TreeMap<>()) : Immutable.sortedMap(labels);
  }
}
