package dev.skiffmesh.e2e.scenarios;

import dev.skiffmesh.e2e.parts.HttpService;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Documents that scenarios write. */
final class MeshFiles {

  private MeshFiles() {}

  /** A service in namespace {@code trading} with one HTTP port, 80, and these instances. */
  static String service(String name, List<HttpService> instances) {
    String endpoints =
        instances.stream()
            .map(
                instance ->
                    "    - {address: 127.0.0.1, port: %d, labels: %s}"
                        .formatted(instance.port(), labels(instance.labels())))
            .collect(Collectors.joining("\n"));
    return """
    apiVersion: skiffmesh.dev/v1alpha1
    kind: Service
    metadata: {name: %s, namespace: trading}
    spec:
      ports: [{name: http, port: 80, protocol: http}]
      endpoints:
    %s
    """
        .formatted(name, endpoints);
  }

  /** A TrafficRoute in namespace {@code trading} that splits {@code order} into v1 and v2. */
  static String split(String name, int v1, int v2) {
    return """
    apiVersion: skiffmesh.dev/v1alpha1
    kind: TrafficRoute
    metadata: {name: %s, namespace: trading}
    spec:
      targetRefs: [{kind: Service, name: order}]
      rules:
        - name: split
          destinations:
            - {labels: {version: v1}, weight: %d}
            - {labels: {version: v2}, weight: %d}
    """
        .formatted(name, v1, v2);
  }

  /** A TrafficRoute in namespace {@code trading} that answers all calls of {@code order} itself. */
  static String closed() {
    return """
    apiVersion: skiffmesh.dev/v1alpha1
    kind: TrafficRoute
    metadata: {name: closed, namespace: trading}
    spec:
      order: -1
      targetRefs: [{kind: Service, name: order}]
      rules: [{name: closed, reply: {status: 403}}]
    """;
  }

  /** A TimeoutPolicy in namespace {@code trading}. */
  static String timeout(String name, String service, String request) {
    return """
    apiVersion: skiffmesh.dev/v1alpha1
    kind: TimeoutPolicy
    metadata: {name: %s, namespace: trading}
    spec: {targetRefs: [{kind: Service, name: %s}], request: %s}
    """
        .formatted(name, service, request);
  }

  private static String labels(Map<String, String> labels) {
    return labels.entrySet().stream()
        .map(label -> label.getKey() + ": " + label.getValue())
        .collect(Collectors.joining(", ", "{", "}"));
  }
}
