package dev.skiffmesh.registry.eureka;

import dev.skiffmesh.api.model.Health;
import dev.skiffmesh.api.model.Immutable;
import dev.skiffmesh.registry.core.CloudInstance;
import java.math.BigDecimal;
import java.util.Locale;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/**
 * An {@code InstanceInfo} as Eureka's JSON has it. Pure.
 *
 * @param status one of {@code UP}, {@code DOWN}, {@code STARTING}, {@code OUT_OF_SERVICE} and
 *     {@code UNKNOWN}; an operator's override is in it already
 * @param vipAddresses what else its callers may call the application
 * @param instance what the mesh reads of it
 */
record EurekaInstance(String status, SortedSet<String> vipAddresses, CloudInstance instance) {

  /** Copies the names. */
  EurekaInstance {
    vipAddresses = Immutable.sortedSet(vipAddresses);
  }

  String id() {
    return instance.id();
  }

  static EurekaInstance read(JsonNode json) {
    String status = json.path("status").asString("UNKNOWN").toUpperCase(Locale.ROOT);
    return new EurekaInstance(
        status,
        vipAddresses(json),
        new CloudInstance(
            id(json),
            json.path("ipAddr").asString(""),
            port(json.path("port")),
            port(json.path("securePort")),
            BigDecimal.ONE,
            health(status),
            !status.equals("OUT_OF_SERVICE"),
            json.path("dataCenterInfo").path("metadata").path("availability-zone").asString(""),
            metadata(json.path("metadata"))));
  }

  /** Clients of Eureka before 1.1.151 have none and are told apart by their host. */
  private static String id(JsonNode json) {
    String id = json.path("instanceId").asString("");
    return id.isEmpty() ? json.path("hostName").asString("") : id;
  }

  /** Only one that is up is called; one that is taken out may be well. */
  private static Health health(String status) {
    return switch (status) {
      case "UP", "OUT_OF_SERVICE" -> Health.HEALTHY;
      default -> Health.UNHEALTHY;
    };
  }

  /** {@code {"$": 8080, "@enabled": "true"}}; 0 if it is not enabled. */
  private static int port(JsonNode port) {
    return port.path("@enabled").asString("false").equals("true") ? port.path("$").asInt(-1) : 0;
  }

  private static Set<String> split(JsonNode names) {
    Set<String> all = new TreeSet<>();
    for (String name : names.asString("").split(",", -1)) {
      // Clients may leave a placeholder that their server was to fill in.
      if (!name.isBlank() && !name.contains("$")) {
        all.add(name.strip());
      }
    }
    return all;
  }

  private static SortedSet<String> vipAddresses(JsonNode json) {
    Set<String> all = new TreeSet<>(split(json.path("vipAddress")));
    all.addAll(split(json.path("secureVipAddress")));
    return Immutable.sortedSet(all);
  }

  private static SortedMap<String, String> metadata(JsonNode json) {
    SortedMap<String, String> metadata = new TreeMap<>();
    json.properties()
        .forEach(
            entry -> {
              if (entry.getValue().isValueNode() && !entry.getValue().isNull()) {
                metadata.put(entry.getKey(), entry.getValue().asString());
              }
            });
    return metadata;
  }
}
