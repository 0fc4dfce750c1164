package dev.skiffmesh.server.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What a running control plane knows. */
@Command(
    name = "get",
    description =
        "Shows services, endpoints, proxies, policies, findings, scope, history or registries.",
    footer = {
      "",
      "Ends with 1 if `findings` shows an error or a warning.",
      "",
      "Examples:",
      "  skiff get policies",
      "  skiff get policies trading/order-canary",
      "  skiff get endpoints trading/order -o wide",
      "  skiff get scope",
      "  skiff get history -o wide",
      "  skiff get findings -o json"
    })
final class GetCommand implements Callable<Integer> {

  /** What can be shown. */
  enum What {
    SERVICES,
    ENDPOINTS,
    PROXIES,
    POLICIES,
    FINDINGS,
    SCOPE,
    HISTORY,
    REGISTRIES
  }

  @Mixin HelpOption help = new HelpOption();
  @Mixin private AdminClient server = new AdminClient();
  @Mixin private Output output = new Output();

  @Parameters(
      index = "0",
      paramLabel = "WHAT",
      description =
          "services, endpoints, proxies, policies, findings, scope, history or registries.")
  private What what = What.SERVICES;

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "NAME",
      description =
          "This one alone: NAME or NAMESPACE/NAME of a service, policy or workload (with endpoints"
              + " and proxies: of their service), the id of a proxy, the name of a registry. Ends"
              + " with 1 if it does not exist.")
  private @Nullable String name;

  @Override
  public Integer call() {
    String path = "/api/v1/" + Words.of(what);
    String wanted = name;
    if (wanted != null && !Named.has(what)) {
      throw new CommandFailure(
          Skiff.USAGE, "A NAME cannot stand with " + Words.of(what) + ", found '" + wanted + "'");
    }
    boolean ofService = wanted != null && what == What.ENDPOINTS;
    JsonNode answer =
        server.ask(ofService ? path + "?service=" + AdminClient.encoded(wanted) : path);
    String nothing = "No " + Words.of(what) + ".";
    if (ofService && answer.get("items").isEmpty()) {
      // No service of that name, or one that has nobody: only the list of services tells.
      only(What.SERVICES, server.ask("/api/v1/services"), wanted);
      nothing = "The service '" + wanted + "' exists, and has no endpoints.";
    } else if (wanted != null && !ofService) {
      answer = only(what, answer, wanted);
    }
    Table table = Tables.empty(what);
    answer.get("items").forEach(item -> Tables.add(what, table, item));
    output.print(answer, table, nothing);
    return what == What.FINDINGS && hasTrouble(answer.get("items")) ? Skiff.FINDING : Skiff.OK;
  }

  /** The answer with those items alone that {@code name} means; there is at least one. */
  private static JsonNode only(What what, JsonNode answer, String name) {
    ObjectNode chosen = JsonMapper.shared().createObjectNode();
    ArrayNode items = chosen.putArray("items");
    for (JsonNode item : answer.get("items")) {
      if (Named.is(what, item, name)) {
        items.add(item);
      }
    }
    if (items.isEmpty()) {
      throw Named.missing(what, answer.get("items"), name);
    }
    return chosen;
  }

  private static boolean hasTrouble(JsonNode findings) {
    for (JsonNode finding : findings) {
      if (!finding.get("severity").asString().equals("Info")) {
        return true;
      }
    }
    return false;
  }
}
