package dev.skiffmesh.registry.kubernetes;

import dev.skiffmesh.api.status.Finding;
import dev.skiffmesh.api.status.FindingCode;
import dev.skiffmesh.registry.core.EntryValues;
import dev.skiffmesh.registry.core.PortKind;
import dev.skiffmesh.registry.kubernetes.ClusterObject.Slice;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** What users are told of a cluster, in words. Pure. */
final class ClusterFindings {

  private ClusterFindings() {}

  /** What is said of a service, whatever else is known. */
  static List<Finding> of(ClusterObject.Service service) {
    List<Finding> findings = new ArrayList<>(unknownProtocols(service));
    if (!ServiceMapper.isCallable(service)) {
      findings.add(notCallable(service));
    }
    return List.copyOf(findings);
  }

  /** What is said of a service that has no TCP port. */
  private static Finding notCallable(ClusterObject.Service service) {
    return Finding.of(
        FindingCode.NOT_CALLABLE,
        "Service " + service.namespace() + "/" + service.name(),
        "A service must have a TCP port to be in the mesh, found "
            + (service.ports().isEmpty()
                ? "none"
                : service.ports().stream()
                    .map(port -> port.number() + "/" + port.protocol())
                    .collect(Collectors.joining(", "))));
  }

  /** What is said of ports whose protocol nobody here knows. */
  private static List<Finding> unknownProtocols(ClusterObject.Service service) {
    return service.ports().stream()
        .filter(PortProtocols::isUnknown)
        .map(
            port ->
                Finding.of(
                    FindingCode.MALFORMED_ENTRY,
                    "Service " + service.namespace() + "/" + service.name(),
                    ("The `appProtocol` of port %d must be one that Skiff knows (%s), found '%s';"
                            + " the port is passed on as bytes (tcp)")
                        .formatted(
                            port.number(),
                            PortKind.words(),
                            EntryValues.shown(port.appProtocol()))))
        .toList();
  }

  /** Why a slice is left out; empty if it is not. */
  static Optional<Finding> fault(Slice slice) {
    return ServiceMapper.fault(slice)
        .map(
            fault ->
                Finding.of(
                    FindingCode.MALFORMED_ENTRY,
                    "EndpointSlice " + slice.namespace() + "/" + slice.name(),
                    "A slice " + fault + "; it is left out"));
  }

  /**
   * What must be allowed, and what is missed without it.
   *
   * @param portion a namespace; empty for all
   * @param words the server's own
   */
  static Finding forbidden(String portion, Kind kind, String words) {
    return Finding.of(
        FindingCode.NOT_READABLE,
        portion.isEmpty() ? "the cluster" : "namespace " + portion,
        "The verbs 'list' and 'watch' must be allowed on `%s`%s, found %s; %s"
            .formatted(
                kind.plural(),
                kind.group().isEmpty() ? "" : " of `" + kind.group() + "`",
                words,
                switch (kind) {
                  case NAMESPACES -> "no namespace is selected by its labels";
                  case NODES -> "regions are not known, and zones only where a slice has them";
                  case PODS -> "endpoints have no labels";
                  case SERVICES, ENDPOINTSLICES -> "what is known of the namespace stays";
                }));
  }
}
