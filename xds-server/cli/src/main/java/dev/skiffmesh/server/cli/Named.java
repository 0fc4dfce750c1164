package dev.skiffmesh.server.cli;

import dev.skiffmesh.api.document.Wording;
import java.util.List;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/** The one of several items that a user named. Pure. */
final class Named {

  private Named() {}

  /** Tells whether items of that sort have names at all. */
  static boolean has(GetCommand.What what) {
    return switch (what) {
      case SERVICES, ENDPOINTS, PROXIES, POLICIES, SCOPE, REGISTRIES -> true;
      case FINDINGS, HISTORY -> false;
    };
  }

  /** Tells whether {@code item} is what {@code name} means; several may be. */
  static boolean is(GetCommand.What what, JsonNode item, String name) {
    if (names(what, item).contains(name)) {
      return true;
    }
    for (JsonNode alias : item.path("aliases")) {
      if (alias.asString().equals(name)) {
        return true;
      }
    }
    return false;
  }

  /** All ways to name it, the one that is shown first. */
  private static List<String> names(GetCommand.What what, JsonNode item) {
    String namespace = Tables.text(item, "namespace");
    return switch (what) {
      case SERVICES, POLICIES -> ofNamespace(namespace, Tables.text(item, "name"));
      case ENDPOINTS, SCOPE -> ofNamespace(namespace, Tables.text(item, "service"));
      case PROXIES -> {
        String service = Tables.text(item, "service");
        yield List.of(Tables.text(item, "id"), namespace + "/" + service, service);
      }
      case REGISTRIES -> List.of(Tables.text(item, "name"));
      case FINDINGS, HISTORY -> List.of();
    };
  }

  private static List<String> ofNamespace(String namespace, String name) {
    return List.of(namespace + "/" + name, name, name + "." + namespace);
  }

  /** Why there is no such item among {@code items}. */
  static CommandFailure missing(GetCommand.What what, JsonNode items, String name) {
    TreeSet<String> known = new TreeSet<>();
    items.forEach(item -> known.addAll(names(what, item)));
    return new CommandFailure(
        Skiff.FINDING,
        "%s '%s' does not exist%s%s"
            .formatted(
                one(what),
                name,
                Wording.didYouMean(name, known),
                items.isEmpty() ? "; there are no " + Words.of(what) : ""));
  }

  private static String one(GetCommand.What what) {
    return switch (what) {
      case SERVICES, ENDPOINTS -> "The service";
      case PROXIES -> "The proxy";
      case POLICIES -> "The policy";
      case SCOPE -> "The workload";
      case REGISTRIES -> "The registry";
      case FINDINGS, HISTORY -> "What is named";
    };
  }
}
