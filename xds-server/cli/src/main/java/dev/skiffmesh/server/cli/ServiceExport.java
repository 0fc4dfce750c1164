package dev.skiffmesh.server.cli;

import dev.skiffmesh.bootstrap.YamlText;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A service of one registry in the form of another, for teams that move one by one. Pure.
 *
 * @param namespace where it is to be
 * @param item the service as the admin API has it
 */
record ServiceExport(String namespace, JsonNode item) {

  /**
   * So many endpoints Kubernetes' own controller puts into a slice ({@code
   * --max-endpoints-per-slice}).
   */
  private static final int ENDPOINTS_PER_SLICE = 100;

  private static final String SERVICE_LABEL = "kubernetes.io/service-name";

  /**
   * Keeps Kubernetes' own controllers away from the slice, see "Management" in
   * https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/.
   */
  private static final String MANAGER_LABEL = "endpointslice.kubernetes.io/managed-by";

  /** With another namespace, unless that is null. */
  static ServiceExport of(JsonNode item, @Nullable String namespace) {
    return new ServiceExport(namespace == null ? Tables.text(item, "namespace") : namespace, item);
  }

  /** A Service without a selector, and its EndpointSlices. */
  String kubernetes() {
    StringBuilder text = new StringBuilder(YamlText.of(kubernetesService()));
    int number = 1;
    for (Map.Entry<List<Object>, List<Object>> group : byPorts().entrySet()) {
      List<Object> endpoints = group.getValue();
      for (int from = 0; from < endpoints.size(); from += ENDPOINTS_PER_SLICE) {
        int to = Math.min(from + ENDPOINTS_PER_SLICE, endpoints.size());
        Map<String, Object> slice = new LinkedHashMap<>();
        slice.put("apiVersion", "discovery.k8s.io/v1");
        slice.put("kind", "EndpointSlice");
        Map<String, Object> metadata = metadata(name() + "-exported-" + number++);
        metadata.put(
            "labels", new TreeMap<>(Map.of(SERVICE_LABEL, name(), MANAGER_LABEL, "skiff-export")));
        slice.put("metadata", metadata);
        slice.put("addressType", group.getKey().getFirst());
        slice.put("ports", group.getKey().subList(1, group.getKey().size()));
        slice.put("endpoints", endpoints.subList(from, to));
        text.append("---\n").append(YamlText.of(slice));
      }
    }
    return text.toString();
  }

  private Map<String, Object> kubernetesService() {
    List<Object> ports = new ArrayList<>();
    for (JsonNode port : item.get("ports")) {
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("name", Tables.text(port, "name"));
      one.put("port", port.get("number").asInt());
      one.put("protocol", "TCP");
      one.put("appProtocol", appProtocol(Tables.text(port, "protocol")));
      ports.add(one);
    }
    Map<String, Object> service = new LinkedHashMap<>();
    service.put("apiVersion", "v1");
    service.put("kind", "Service");
    service.put("metadata", metadata(name()));
    Map<String, Object> spec = new LinkedHashMap<>();
    String externalName = Tables.text(item, "externalName");
    if (!externalName.isEmpty()) {
      spec.put("type", "ExternalName");
      spec.put("externalName", externalName);
    } else if (ports.isEmpty()) {
      // Without a port Kubernetes takes a headless service alone.
      spec.put("clusterIP", "None");
    }
    if (!ports.isEmpty()) {
      spec.put("ports", ports);
    }
    service.put("spec", spec);
    return service;
  }

  private Map<String, Object> metadata(String name) {
    Map<String, Object> metadata = new LinkedHashMap<>();
    metadata.put("name", name);
    metadata.put("namespace", namespace);
    return metadata;
  }

  /** Kubernetes has a name of its own for HTTP/2 in plaintext (KEP-3726). */
  private static String appProtocol(String protocol) {
    return protocol.equals("http2") ? "kubernetes.io/h2c" : protocol;
  }

  /** By address type and ports, since a slice has one of each. */
  private Map<List<Object>, List<Object>> byPorts() {
    Map<List<Object>, List<Object>> groups = new LinkedHashMap<>();
    for (JsonNode endpoint : item.get("endpoints")) {
      String address = Tables.text(endpoint, "address");
      List<Object> key = new ArrayList<>();
      key.add(address.contains(":") ? "IPv6" : "IPv4");
      for (JsonNode port : item.get("ports")) {
        JsonNode own = endpoint.get("ports").get(Tables.text(port, "name"));
        if (own != null) {
          Map<String, Object> one = new LinkedHashMap<>();
          one.put("name", Tables.text(port, "name"));
          one.put("port", own.asInt());
          one.put("protocol", "TCP");
          one.put("appProtocol", appProtocol(Tables.text(port, "protocol")));
          key.add(one);
        }
      }
      groups.computeIfAbsent(key, _ -> new ArrayList<>()).add(kubernetesEndpoint(endpoint));
    }
    return groups;
  }

  private static Map<String, Object> kubernetesEndpoint(JsonNode endpoint) {
    boolean ending = Tables.text(endpoint, "health").equals("Draining");
    boolean serving = !Tables.text(endpoint, "health").equals("Unhealthy");
    Map<String, Object> conditions = new LinkedHashMap<>();
    conditions.put("ready", serving && !ending && takesCalls(endpoint));
    conditions.put("serving", serving);
    conditions.put("terminating", ending);
    Map<String, Object> one = new LinkedHashMap<>();
    one.put("addresses", List.of(Tables.text(endpoint, "address")));
    one.put("conditions", conditions);
    zone(endpoint).ifPresent(zone -> one.put("zone", zone));
    return one;
  }

  private static boolean takesCalls(JsonNode endpoint) {
    return endpoint.get("enabled").asBoolean() && !Tables.text(endpoint, "weight").equals("0");
  }

  private static Optional<String> zone(JsonNode endpoint) {
    return Optional.of(Tables.text(endpoint, "zone")).filter(zone -> !zone.isEmpty());
  }

  /** A Service document, as file sources read it. */
  String file() {
    List<Object> aliases = new ArrayList<>();
    item.get("aliases").forEach(alias -> aliases.add(alias.asString()));
    List<Object> ports = new ArrayList<>();
    for (JsonNode port : item.get("ports")) {
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("name", Tables.text(port, "name"));
      one.put("port", port.get("number").asInt());
      one.put("protocol", Tables.text(port, "protocol"));
      ports.add(one);
    }
    List<Object> endpoints = new ArrayList<>();
    item.get("endpoints").forEach(endpoint -> endpoints.add(fileEndpoint(endpoint)));
    Map<String, Object> spec = new LinkedHashMap<>();
    if (!aliases.isEmpty()) {
      spec.put("aliases", aliases);
    }
    spec.put("ports", ports);
    String externalName = Tables.text(item, "externalName");
    if (externalName.isEmpty()) {
      spec.put("endpoints", endpoints);
    } else {
      spec.put("externalName", externalName);
    }
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("apiVersion", "skiffmesh.dev/v1alpha1");
    document.put("kind", "Service");
    document.put("metadata", metadata(name()));
    document.put("spec", spec);
    return YamlText.of(document);
  }

  private static Map<String, Object> fileEndpoint(JsonNode endpoint) {
    Map<String, Object> one = new LinkedHashMap<>();
    one.put("address", Tables.text(endpoint, "address"));
    List<Object> further = new ArrayList<>();
    endpoint.get("additionalAddresses").forEach(address -> further.add(address.asString()));
    if (!further.isEmpty()) {
      one.put("additionalAddresses", further);
    }
    Map<String, Object> ports = new TreeMap<>();
    endpoint
        .get("ports")
        .properties()
        .forEach(port -> ports.put(port.getKey(), port.getValue().asInt()));
    one.put("ports", ports);
    if (!Tables.text(endpoint, "weight").equals("1")) {
      one.put("weight", new BigDecimal(Tables.text(endpoint, "weight")));
    }
    if (!endpoint.get("labels").isEmpty()) {
      Map<String, Object> labels = new TreeMap<>();
      endpoint
          .get("labels")
          .properties()
          .forEach(label -> labels.put(label.getKey(), label.getValue().asString()));
      one.put("labels", labels);
    }
    zone(endpoint).ifPresent(zone -> one.put("zone", zone));
    if (!Tables.text(endpoint, "health").equals("Healthy")) {
      one.put("health", Tables.text(endpoint, "health"));
    }
    if (!endpoint.get("enabled").asBoolean()) {
      one.put("enabled", false);
    }
    return one;
  }

  /** What the other form has no room for, as sentences. */
  List<String> losses(RegistryCommand.Dialect dialect) {
    List<String> losses = new ArrayList<>();
    if (dialect == RegistryCommand.Dialect.KUBERNETES) {
      boolean weights = false;
      boolean labels = false;
      boolean addresses = false;
      for (JsonNode endpoint : item.get("endpoints")) {
        String weight = Tables.text(endpoint, "weight");
        weights |= !weight.equals("1") && !weight.equals("0");
        labels |= !endpoint.get("labels").isEmpty();
        addresses |= !endpoint.get("additionalAddresses").isEmpty();
      }
      if (weights) {
        losses.add("Weights are left out: an EndpointSlice has none.");
      }
      if (labels) {
        losses.add("Labels of instances are left out: an EndpointSlice has none.");
      }
      if (addresses) {
        losses.add(
            "Second addresses of instances are left out: in an EndpointSlice only a pod has two.");
      }
      if (!item.get("aliases").isEmpty()) {
        losses.add("Aliases are left out: " + Tables.joined(item.get("aliases")) + ".");
      }
    }
    return losses;
  }

  private String name() {
    return Tables.text(item, "name");
  }
}
