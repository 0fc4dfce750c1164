package dev.skiffmesh.server.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

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
      paramLabel = "SERVICE",
      description = "With endpoints: those of this service alone.")
  private @Nullable String service;

  @Override
  public Integer call() {
    String path = "/api/v1/" + Words.of(what);
    if (service != null) {
      if (what != What.ENDPOINTS) {
        throw new CommandFailure(
            Skiff.USAGE, "A SERVICE can be named with endpoints alone, found '" + service + "'");
      }
      path += "?service=" + AdminClient.encoded(service);
    }
    JsonNode answer = server.ask(path);
    Table table = Tables.empty(what);
    answer.get("items").forEach(item -> Tables.add(what, table, item));
    output.print(answer, table, "No " + Words.of(what) + ".");
    return what == What.FINDINGS && hasTrouble(answer.get("items")) ? Skiff.FINDING : Skiff.OK;
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
