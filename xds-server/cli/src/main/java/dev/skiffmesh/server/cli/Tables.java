package dev.skiffmesh.server.cli;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** The admin API's answers as tables. */
final class Tables {

  private Tables() {}

  /** The columns. */
  static Table empty(GetCommand.What what) {
    return switch (what) {
      case SERVICES ->
          Table.of("SERVICE", "PORTS", "IN USE", "REGISTRIES").wide("ALIASES", "EXTERNAL NAME");
      case ENDPOINTS ->
          Table.of("SERVICE", "ADDRESS", "WEIGHT", "HEALTH", "IN USE", "LABELS")
              .wide("REGISTRY", "CLUSTER", "ZONE", "AGE", "WHY");
      case PROXIES -> Table.of("PROXY", "DIALECT", "IN SYNC", "SINCE").wide("PEER");
      case POLICIES ->
          Table.of("KIND", "NAME", "ACCEPTED", "PROGRAMMED", "PROXIES").wide("GENERATION", "WHERE");
      case FINDINGS -> Table.of("CODE", "SEVERITY", "ABOUT").wide("TURN", "WHERE");
      case SCOPE ->
          Table.of("WORKLOAD", "MODE", "USES", "SINCE", "LAST USED", "WHY").wide("PROXIES");
      case HISTORY -> Table.of("AGO", "CHANGED", "PROXIES", "PUSHED").wide("TO");
      case REGISTRIES ->
          Table.of("NAME", "TYPE", "STATE", "SINCE", "SERVICES", "POLICIES")
              .wide("ENDPOINTS", "HELD BACK", "LAST EVENT");
    };
  }

  /** One item as a row. */
  static void add(GetCommand.What what, Table table, JsonNode item) {
    switch (what) {
      case SERVICES ->
          table.row(
              name(item),
              ports(item.get("ports")),
              text(item, "healthy") + "/" + text(item, "endpoints"),
              joined(item.get("registries")),
              joined(item.get("aliases")),
              text(item, "externalName"));
      case ENDPOINTS ->
          table.row(
              text(item, "namespace") + "/" + text(item, "service"),
              addresses(item),
              text(item, "weight"),
              item.get("enabled").asBoolean() ? text(item, "health") : "Disabled",
              yes(item.get("used")),
              pairs(item.get("labels")),
              text(item, "registry"),
              text(item, "cluster"),
              text(item, "zone"),
              text(item, "since").isEmpty() ? "" : age(text(item, "since")),
              text(item, "why"));
      case PROXIES ->
          table.row(
              text(item, "id"),
              text(item, "dialect"),
              yes(item.get("inSync")),
              age(text(item, "connectedSince")),
              text(item, "peer"));
      case POLICIES -> policy(table, item);
      case FINDINGS -> {
        String field = text(item, "field");
        String sentence = (field.isEmpty() ? "" : "`" + field + "` ") + text(item, "message");
        String where = text(item, "location");
        table.noted(
            (where.isEmpty() ? "" : where + ": ") + sentence,
            text(item, "code"),
            text(item, "severity"),
            text(item, "subject"),
            text(item, "turn"),
            where);
      }
      case SCOPE -> scope(table, item);
      case HISTORY ->
          table.row(
              age(text(item, "at")),
              text(item, "cause"),
              text(item, "proxies"),
              pushed(item.get("types")),
              joined(item.get("someProxies")));
      case REGISTRIES ->
          table.noted(
              text(item, "reason"),
              text(item, "name"),
              text(item, "type"),
              text(item, "state"),
              age(text(item, "since")),
              text(item, "services"),
              text(item, "policies"),
              text(item, "endpoints"),
              text(item, "heldBack"),
              text(item, "lastEventAt").isEmpty() ? "never" : age(text(item, "lastEventAt")));
    }
  }

  /** {@code 1 cluster, 2 virtual-host (1 removed)}. */
  private static String pushed(JsonNode types) {
    List<String> shown = new ArrayList<>();
    for (JsonNode type : types) {
      int removed = type.get("removed").asInt();
      shown.add(
          (type.get("changed").asInt() + removed)
              + " "
              + text(type, "type")
              + (removed == 0 ? "" : " (" + removed + " removed)"));
    }
    return String.join(", ", shown);
  }

  /** A row for each use; a workload without any has one, too. */
  private static void scope(Table table, JsonNode item) {
    String version = text(item, "version");
    String workload = name(item, "service") + (version.isEmpty() ? "" : " " + version);
    JsonNode uses = item.get("uses");
    for (JsonNode used : uses) {
      table.row(
          workload,
          text(item, "mode"),
          name(used, "service"),
          text(used, "first").isEmpty() ? "" : age(text(used, "first")),
          text(used, "last").isEmpty() ? "" : age(text(used, "last")),
          text(used, "how"),
          text(item, "proxies"));
    }
    if (uses.isEmpty()) {
      table.row(workload, text(item, "mode"), "", "", "", "", text(item, "proxies"));
    }
  }

  private static void policy(Table table, JsonNode item) {
    List<String> words = new ArrayList<>();
    List<String> messages = new ArrayList<>();
    for (JsonNode condition : item.get("conditions")) {
      words.add(text(condition, "status").equals("True") ? "True" : text(condition, "reason"));
      if (!text(condition, "message").isEmpty()) {
        messages.add(text(condition, "message"));
      }
    }
    JsonNode proxies = item.get("proxies");
    table.noted(
        String.join("; ", messages),
        text(item, "kind"),
        name(item),
        words.getFirst(),
        words.getLast(),
        text(proxies, "acked") + "/" + text(proxies, "targeted"),
        text(item, "generation"),
        text(item, "location"));
  }

  /** A field's text; empty where it is null or absent. */
  static String text(JsonNode item, String field) {
    return item.path(field).asString("");
  }

  private static String name(JsonNode item) {
    return name(item, "name");
  }

  private static String name(JsonNode item, String field) {
    return text(item, "namespace") + "/" + text(item, field);
  }

  private static String yes(JsonNode truth) {
    return truth.asBoolean() ? "yes" : "no";
  }

  private static String ports(JsonNode ports) {
    List<String> shown = new ArrayList<>();
    ports.forEach(port -> shown.add(text(port, "number") + " " + text(port, "protocol")));
    return String.join(", ", shown);
  }

  /** {@code 10.0.0.5:8080}, or with several ports {@code 10.0.0.5 grpc:9090 http:8080}. */
  private static String addresses(JsonNode endpoint) {
    JsonNode ports = endpoint.get("ports");
    String address = text(endpoint, "address");
    if (ports.size() == 1) {
      boolean six = address.contains(":");
      return (six ? "[" + address + "]" : address) + ":" + ports.iterator().next().asString();
    }
    List<String> shown = new ArrayList<>(List.of(address));
    for (Map.Entry<String, JsonNode> port : ports.properties()) {
      shown.add(port.getKey() + ":" + port.getValue().asString());
    }
    return String.join(" ", shown);
  }

  private static String pairs(JsonNode map) {
    List<String> shown = new ArrayList<>();
    for (Map.Entry<String, JsonNode> pair : map.properties()) {
      shown.add(pair.getKey() + "=" + pair.getValue().asString());
    }
    return String.join(" ", shown);
  }

  /** A list's texts. */
  static String joined(JsonNode list) {
    List<String> shown = new ArrayList<>();
    list.forEach(item -> shown.add(item.asString()));
    return String.join(", ", shown);
  }

  /** How long ago, in the largest unit that says something. */
  static String age(String since) {
    Duration age = Duration.between(Instant.parse(since), Instant.now());
    if (age.toDays() > 0) {
      return age.toDays() + "d";
    }
    if (age.toHours() > 0) {
      return age.toHours() + "h";
    }
    return age.toMinutes() > 0 ? age.toMinutes() + "m" : Math.max(0, age.toSeconds()) + "s";
  }
}
