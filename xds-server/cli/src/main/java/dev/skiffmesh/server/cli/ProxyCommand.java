package dev.skiffmesh.server.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** What the connected proxies have. */
@Command(
    name = "proxy",
    description = "Shows what connected proxies have and were sent.",
    subcommands = {ProxyCommand.Status.class, ProxyCommand.Diff.class, ProxyCommand.Config.class},
    synopsisSubcommandLabel = "COMMAND",
    footer = {
      "",
      "Examples:",
      "  skiff proxy status",
      "  skiff proxy diff trading/order/10.0.0.5:8080",
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
        "STATE is SYNCED (all is acknowledged), STALE (something is on its way) or ERROR (the"
            + " proxy",
        "rejected something, and its words are shown). Ends with 1 if a proxy rejects something.",
        "",
        "Examples:",
        "  skiff proxy status -o wide",
        "  skiff proxy status trading/order/10.0.0.5:8080"
      })
  static final class Status implements Callable<Integer> {
    @Mixin HelpOption help = new HelpOption();
    @Mixin private AdminClient server = new AdminClient();
    @Mixin private Output output = new Output();

    @Parameters(
        index = "0",
        arity = "0..1",
        paramLabel = "NAME",
        description = "One proxy's id, as this command shows it; all if absent.")
    private @Nullable String name;

    @Override
    public Integer call() {
      JsonNode answer =
          server.ask("/api/v1/proxies" + (name == null ? "" : "/" + AdminClient.encoded(name)));
      Table table =
          Table.of("PROXY", "TYPE", "STATE", "HAS", "SENT", "NACKED", "ACKED")
              .wide(
                  "ASKED FOR",
                  "WAITING",
                  "REMOVED",
                  "RESPONSES",
                  "LAST NACK",
                  "CLIENT",
                  "CONNECTED",
                  "REPLICA");
      boolean rejected = false;
      for (JsonNode proxy : name == null ? answer.get("items") : List.of(answer)) {
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
              "0",
              "never",
              Tables.text(proxy, "dialect"),
              Tables.age(Tables.text(proxy, "connectedSince")) + " ago",
              Tables.text(proxy, "replica"));
        }
        String id = Tables.text(proxy, "id");
        for (JsonNode type : proxy.get("types")) {
          rejected |= row(table, id, proxy, type);
          id = "";
        }
      }
      output.print(answer, table, "No proxy is connected.");
      return rejected ? Skiff.FINDING : Skiff.OK;
    }

    private static boolean row(Table table, String id, JsonNode proxy, JsonNode type) {
      List<String> words = new ArrayList<>();
      for (JsonNode rejection : type.get("rejected")) {
        words.add(Tables.text(rejection, "name") + ": " + Tables.text(rejection, "text"));
      }
      table.noted(
          String.join("; ", words),
          id,
          Tables.text(type, "type"),
          Tables.text(type, "sync"),
          Tables.text(type, "accepted"),
          Tables.text(type, "resourcesSent"),
          Tables.text(type, "nacked"),
          ago(type, "lastAcked"),
          Tables.text(type, "names"),
          Tables.text(type, "waiting"),
          Tables.text(type, "removalsSent"),
          Tables.text(type, "responsesSent"),
          ago(type, "lastNacked"),
          Tables.text(proxy, "dialect"),
          Tables.age(Tables.text(proxy, "connectedSince")) + " ago",
          Tables.text(proxy, "replica"));
      return !words.isEmpty();
    }

    private static String ago(JsonNode type, String field) {
      String when = Tables.text(type, field);
      return when.isEmpty() ? "never" : Tables.age(when) + " ago";
    }
  }

  @Command(
      name = "diff",
      description = "What one proxy is to have and has not, as far as it said so.",
      footer = {
        "",
        "STATE is Unsent, Sent (and not yet answered) or Rejected, with the proxy's words. With",
        "--envoy the contents are compared, too: what Envoy has is Missing, Extra, Warming (not yet"
            + " in",
        "use), or Differs, with a unified diff. Ends with 1 if there is a difference.",
        "",
        "Examples:",
        "  skiff proxy diff trading/order/10.0.0.5:8080",
        "  skiff proxy diff trading/order/10.0.0.5:8080 --envoy http://10.0.0.5:15000",
        "  curl 'http://10.0.0.5:15000/config_dump?include_eds' > dump.json",
        "  skiff proxy diff trading/order/10.0.0.5:8080 --envoy dump.json"
      })
  static final class Diff implements Callable<Integer> {
    @Mixin HelpOption help = new HelpOption();
    @Mixin private AdminClient server = new AdminClient();
    @Mixin private Output output = new Output();

    @Parameters(
        index = "0",
        paramLabel = "NAME",
        description = "The proxy's id, as `skiff proxy status` shows it.")
    private String name = "";

    @Option(
        names = "--envoy",
        paramLabel = "URL|FILE",
        description =
            "Compares with what Envoy says that it runs: the address of its admin interface, or a"
                + " file with its /config_dump?include_eds.")
    private @Nullable String envoy;

    @Override
    public Integer call() {
      return envoy == null ? delivered() : compared(envoy);
    }

    private int compared(String where) {
      JsonNode intended = server.ask("/api/v1/proxies/" + AdminClient.encoded(name) + "/config");
      EnvoyDump dump = EnvoyDump.read(where);
      if (!dump.node().equals(name)) {
        throw new CommandFailure(
            Skiff.USAGE,
            "`--envoy` must lead to the Envoy of '"
                + name
                + "', found that of '"
                + dump.node()
                + "'");
      }
      List<EnvoyComparison.Difference> differences =
          EnvoyComparison.of(intended.get("items"), dump);
      Table table = differences();
      for (EnvoyComparison.Difference one : differences) {
        table.row(
            one.type(),
            one.name(),
            one.state(),
            one.intended().isEmpty() ? "nothing" : one.intended(),
            one.envoy().isEmpty() ? "-" : one.envoy(),
            String.join(", ", one.policies()));
      }
      output.print(Map.of("items", differences), table, "Envoy runs what it is to have.");
      if (!output.isData()) {
        differences.stream()
            .filter(one -> !one.lines().isEmpty())
            .forEach(one -> output.text("\n" + String.join("\n", one.lines()) + "\n"));
      }
      return differences.isEmpty() ? Skiff.OK : Skiff.FINDING;
    }

    private int delivered() {
      JsonNode answer = server.ask("/api/v1/proxies/" + AdminClient.encoded(name) + "/diff");
      Table table = differences();
      for (JsonNode one : answer.get("items")) {
        table.noted(
            Tables.text(one, "text"),
            Tables.text(one, "type"),
            Tables.text(one, "name"),
            Tables.text(one, "state"),
            orNothing(one, "intended"),
            orNothing(one, "accepted"),
            Tables.joined(one.get("policies")));
      }
      output.print(answer, table, "The proxy has all that it is to have.");
      return answer.get("items").isEmpty() ? Skiff.OK : Skiff.FINDING;
    }

    private static Table differences() {
      return Table.of("TYPE", "NAME", "STATE", "IS TO HAVE", "HAS").wide("SHAPED BY");
    }

    private static String orNothing(JsonNode one, String version) {
      String text = Tables.text(one, version);
      return text.isEmpty() ? "nothing" : text;
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
