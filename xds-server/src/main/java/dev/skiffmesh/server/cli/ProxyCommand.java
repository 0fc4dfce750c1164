package dev.skiffmesh.server.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What the connected proxies have. */
@Command(
    name = "proxy",
    description = "Shows what connected proxies have and were sent.",
    mixinStandardHelpOptions = true,
    subcommands = {ProxyCommand.Status.class, ProxyCommand.Config.class},
    synopsisSubcommandLabel = "COMMAND",
    footer = {"", "Example:", "  skiff proxy status"})
final class ProxyCommand {

  @Command(
      name = "status",
      description = "One row for each proxy and resource type that it asked for.",
      mixinStandardHelpOptions = true,
      footer = {"", "Example:", "  skiff proxy status -o wide"})
  static final class Status implements Callable<Integer> {
    @Mixin private AdminClient server = new AdminClient();
    @Mixin private Output output = new Output();

    @Override
    public Integer call() {
      if (output.isJson()) {
        System.out.println(server.text("/api/v1/proxies"));
        return Skiff.OK;
      }
      Table table =
          new Table("PROXY", "TYPE", "STATE", "HAS", "SENT", "NACKED", "LAST ACK", "REJECTED");
      boolean rejected = false;
      for (JsonNode proxy : server.items("/api/v1/proxies")) {
        String id = proxy.get("id").asString();
        for (JsonNode type : proxy.get("types")) {
          List<String> texts = new ArrayList<>();
          type.get("rejected")
              .forEach(r -> texts.add(r.get("name").asString() + ": " + r.get("text").asString()));
          rejected |= !texts.isEmpty();
          JsonNode lastAcked = type.get("lastAcked");
          table.row(
              id,
              type.get("type").asString(),
              type.get("sync").asString(),
              type.get("accepted").asString(),
              type.get("resourcesSent").asString(),
              type.get("nacked").asString(),
              lastAcked.isNull() ? "never" : GetCommand.age(lastAcked.asString()) + " ago",
              String.join("; ", texts));
          id = "";
        }
      }
      System.out.print(table.text(output.isWide()));
      return rejected ? Skiff.FINDING : Skiff.OK;
    }
  }

  @Command(
      name = "config",
      description = "What one proxy is to have, with the policies that shaped it.",
      mixinStandardHelpOptions = true,
      footer = {"", "Example:", "  skiff proxy config trading/order/10.0.0.5:8080 cluster -o json"})
  static final class Config implements Callable<Integer> {
    @Mixin private AdminClient server = new AdminClient();
    @Mixin private Output output = new Output();

    @Parameters(index = "0", paramLabel = "NAME", description = "The proxy's id.")
    private String name = "";

    @Parameters(
        index = "1",
        arity = "0..1",
        paramLabel = "TYPE",
        description = "listener, route, virtual-host, cluster, endpoint or runtime; all if absent.")
    private @Nullable String type;

    @Override
    public Integer call() {
      String path =
          "/api/v1/proxies/"
              + AdminClient.segment(name)
              + "/config"
              + (type == null ? "" : "?type=" + AdminClient.segment(type));
      if (output.isJson()) {
        System.out.println(
            JsonMapper.shared()
                .writerWithDefaultPrettyPrinter()
                .writeValueAsString(JsonMapper.shared().readTree(server.text(path))));
        return Skiff.OK;
      }
      Table table = new Table("TYPE", "NAME", "VERSION", "SHAPED BY");
      for (JsonNode resource : server.items(path)) {
        List<String> policies = new ArrayList<>();
        resource.get("policies").forEach(policy -> policies.add(policy.asString()));
        table.row(
            resource.get("type").asString(),
            resource.get("name").asString(),
            resource.get("version").asString(),
            String.join(", ", policies));
      }
      System.out.print(table.text(output.isWide()));
      return Skiff.OK;
    }
  }
}
