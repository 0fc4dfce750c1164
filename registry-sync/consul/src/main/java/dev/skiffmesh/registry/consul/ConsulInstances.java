package dev.skiffmesh.registry.consul;

import dev.skiffmesh.api.model.Health;
import dev.skiffmesh.registry.core.CloudInstance;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/** Reads what {@code /v1/health/service/NAME} answers. Pure. */
final class ConsulInstances {

  private static final String CRITICAL = "critical";
  private static final String WARNING = "warning";

  /** Checks that an operator's {@code consul maint} registers. */
  private static final String NODE_MAINTENANCE = "_node_maintenance";

  private static final String SERVICE_MAINTENANCE = "_service_maintenance:";

  private ConsulInstances() {}

  /** All instances; empty if the name is one of proxies and gateways alone. */
  static Optional<List<CloudInstance>> read(JsonNode entries) {
    List<CloudInstance> instances = new ArrayList<>();
    boolean hasOthers = false;
    for (JsonNode entry : entries) {
      if (entry.path("Service").path("Kind").asString("").isEmpty()) {
        instances.add(instance(entry));
      } else {
        hasOthers = true;
      }
    }
    return instances.isEmpty() && hasOthers ? Optional.empty() : Optional.of(instances);
  }

  private static CloudInstance instance(JsonNode entry) {
    JsonNode node = entry.path("Node");
    JsonNode service = entry.path("Service");
    boolean inMaintenance = false;
    String worst = "passing";
    for (JsonNode check : entry.path("Checks")) {
      String id = check.path("CheckID").asString("");
      String status = check.path("Status").asString("");
      if (id.equals(NODE_MAINTENANCE) || id.startsWith(SERVICE_MAINTENANCE)) {
        inMaintenance = true;
      } else if (status.equals(CRITICAL) || (status.equals(WARNING) && !worst.equals(CRITICAL))) {
        worst = status;
      }
    }
    String own = service.path("Address").asString("");
    JsonNode weights = service.path("Weights");
    JsonNode weight = weights.path(worst.equals(WARNING) ? "Warning" : "Passing");
    return new CloudInstance(
        // A service's id is unique on its node alone.
        node.path("Node").asString("") + "/" + service.path("ID").asString(""),
        own.isEmpty() ? node.path("Address").asString("") : own,
        service.path("Port").asInt(0),
        0,
        BigDecimal.valueOf(Math.max(0, weight.asInt(1))),
        worst.equals(CRITICAL) ? Health.UNHEALTHY : Health.HEALTHY,
        !inMaintenance,
        node.path("Meta").path("zone").asString(""),
        metadata(service));
  }

  /**
   * The service's metadata, and what older Spring Cloud writes as tags {@code key=value}; other
   * tags are one label.
   */
  private static SortedMap<String, String> metadata(JsonNode service) {
    SortedMap<String, String> metadata = new TreeMap<>();
    List<String> plain = new ArrayList<>();
    for (JsonNode tag : service.path("Tags")) {
      String text = tag.asString("");
      int equals = text.indexOf('=');
      if (equals > 0) {
        metadata.put(text.substring(0, equals), text.substring(equals + 1));
      } else if (!text.isBlank()) {
        plain.add(text);
      }
    }
    if (!plain.isEmpty()) {
      metadata.put("tags", String.join(",", plain.stream().sorted().toList()));
    }
    JsonNode locality = service.path("Locality");
    locality.path("Region").asStringOpt().ifPresent(region -> metadata.put("region", region));
    locality.path("Zone").asStringOpt().ifPresent(zone -> metadata.put("zone", zone));
    service
        .path("Meta")
        .properties()
        .forEach(entry -> metadata.put(entry.getKey(), entry.getValue().asString("")));
    return metadata;
  }
}
