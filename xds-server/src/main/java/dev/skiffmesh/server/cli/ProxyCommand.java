package dev.skiffmesh.server.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** What the connected proxies have. */
@Command(
    name = "proxy",
    description = "Shows what connected proxies have and were sent.",
    subcommands = {ProxyCommand.Status.class, ProxyCommand.Config.class},
    synopsisSubcommandLabel = "COMMAND",
    footer = {
      "",
      "Examples:",
      "  skiff proxy status",
      "  skiff proxy config trading/order/10.0.0.5:8080 cluster"
    })
final class ProxyCommand implements Callable<Integer> {

  @Mixin HelpOption help = new HelpOption();

  @Spec private CommandSpec command = CommandSpec.create();

  /** Without a command: says which there are. */
  @Override
  public Integer call() {
    command.commandLine().usage(command.commandLine().getErr());
    return Skiff.USAGE;
  }

  @Command(
      name = "status",
      description = "One row for each proxy and resource type that it asked for.",
      footer = {
        "",
        "STATE is SYNCED (all is acknowledged), STALE (something is on its way) or ERROR (the proxy",
        "rejected something, and its words are shown). Ends with 1 if a proxy rejects something.",
        "",
        "Example:",
        "  skiff proxy status -o wide"
      })
  static final class Status implements Callable<Integer> {
    @Mixin HelpOption help = new HelpOption();
    @Mixin private AdminClient server = new AdminClient();
    @Mixin private Output output = new Output();

    @Override
    public Integer call() {
      JsonNode answer = server.ask("/api/v1/proxies");
      Table table =
          Table.of("PROXY", "TYPE", "STATE", "HAS", "SENT", "NACKED", "ACKED")
              .wide("ASKED FOR", "WAITING", "REMOVED", "RESPONSES");
      boolean rejected = false;
      for (JsonNode proxy : answer.get("items")) {
        if (proxy.get("types").isEmpty()) {
          table.noted(
              "has asked for nothing yet",
              Tables.text(proxy, "id"),
              "-",
              "STALE",
              "0",
              "0",
              "0",
              "never",
              "0",
              "0",
              "0",
              "0");
        }
        String id = Tables.text(proxy, "id");
        for (JsonNode type : proxy.get("types")) {
          rejected |= row(table, id, type);
          id = "";
        }
      }
      output.print(answer, table, "No proxy is connected.");
      return rejected ? Skiff.FINDING : Skiff.OK;
    }

    private static boolean row(Table table, String id, JsonNode type) {
      List<String> words = new ArrayList<>();
      for (JsonNode rejection : type.get("rejected")) {
        words.add(Tables.text(rejection, "name") + ": " + Tables.text(rejection, "text"));
      }
      String acked = Tables.text(type, "lastAcked");
      table.noted(
          String.join("; ", words),
          id,
          Tables.text(type, "type"),
          Tables.text(type, "sync"),
          Tables.text(type, "accepted"),
          Tables.text(type, "resourcesSent"),
          Tables.text(type, "nacked"),
          acked.isEmpty() ? "never" : Tables.age(acked) + " ago",
          Tables.text(type, "names"),
          Tables.text(type, "waiting"),
          Tables.text(type, "removalsSent"),
          Tables.text(type, "responsesSent"));
      return !words.isEmpty();
    }
  }

  @Command(
      name = "config",
      description = "What one proxy is to have, with the policies that shaped it.",
      footer = {
        "",
        "Examples:",
        "  skiff proxy config trading/order/10.0.0.5:8080",
        "  skiff proxy config trading/order/10.0.0.5:8080 cluster -o json"
      })
  static final class Config implements Callable<Integer> {
    @Mixin HelpOption help = new HelpOption();
    @Mixin private AdminClient server = new AdminClient();
    @Mixin private Output output = new Output();

    @Parameters(
        index = "0",
        paramLabel = "NAME",
        description = "The proxy's id, as `skiff proxy status` shows it.")
    private String name = "";

    @Parameters(
        index = "1",
        arity = "0..1",
        paramLabel = "TYPE",
        description =
            "listener, route (virtual hosts, too), virtual-host, cluster, endpoint or runtime; all"
                + " if absent.")
    private @Nullable String type;

    @Override
    public Integer call() {
      JsonNode answer =
          server.ask(
              "/api/v1/proxies/"
                  + AdminClient.encoded(name)
                  + "/config"
                  + (type == null ? "" : "?type=" + AdminClient.encoded(type)));
      Table table = resources();
      for (JsonNode resource : answer.get("items")) {
        table.row(
            Tables.text(resource, "type"),
            Tables.text(resource, "name"),
            Tables.joined(resource.get("policies")),
            Tables.text(resource, "version"));
      }
      output.print(answer, table, "Nothing.");
      return Skiff.OK;
    }
  }

  /** A table of resources. */
  static Table resources() {
    return Table.of("TYPE", "NAME", "SHAPED BY").wide("VERSION");
  }
}
