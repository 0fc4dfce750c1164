package dev.skiffmesh.server.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** What operators say to a registry's source, and take from it. */
@Command(
    name = "registry",
    description = "Believes a registry that is doubted; prints services for another registry.",
    subcommands = {RegistryCommand.Accept.class, RegistryCommand.Export.class},
    synopsisSubcommandLabel = "COMMAND",
    footer = {
      "",
      "Examples:",
      "  skiff registry accept nacos/trading/order",
      "  skiff registry export nacos/trading/order --as kubernetes | kubectl apply -f -"
    })
final class RegistryCommand implements Callable<Integer> {

  /** Whose form a service is printed in. */
  enum Dialect {
    KUBERNETES,
    FILE
  }

  @Mixin HelpOption help = new HelpOption();

  @Spec private CommandSpec command = CommandSpec.create();

  /** Without a command: says which there are. */
  @Override
  public Integer call() {
    command.commandLine().usage(command.commandLine().getErr());
    return Skiff.USAGE;
  }

  /**
   * {@code nacos/order} or {@code nacos/trading/order}.
   *
   * @param service null for all
   */
  private record Place(String registry, @Nullable String service) {
    static Place read(String text) {
      int slash = text.indexOf('/');
      return slash < 0
          ? new Place(text, null)
          : new Place(text.substring(0, slash), text.substring(slash + 1));
    }
  }

  @Command(
      name = "accept",
      description = "Believes a registry that lists much less than before.",
      footer = {
        "",
        "`skiff get findings` (SKF1209) says what is held back, why, and for how long. Ends with 1",
        "if nothing is.",
        "",
        "Examples:",
        "  skiff registry accept nacos/trading/order",
        "  skiff registry accept nacos"
      })
  static final class Accept implements Callable<Integer> {
    @Mixin HelpOption help = new HelpOption();
    @Mixin private AdminClient server = new AdminClient();
    @Mixin private Output output = new Output();

    @Parameters(
        paramLabel = "REGISTRY[/SERVICE]",
        description =
            "The registry's name in the configuration, and a service: NAME or NAMESPACE/NAME.")
    private String what = "";

    @Override
    public Integer call() {
      Place place = Place.read(what);
      JsonNode answer =
          server.post(
              "/api/v1/registries/"
                  + AdminClient.encoded(place.registry())
                  + "/accept"
                  + (place.service() == null
                      ? ""
                      : "?service=" + AdminClient.encoded(place.service())));
      Table table = Table.of("ACCEPTED");
      for (JsonNode one : answer.get("items")) {
        table.row(Tables.text(one, "namespace") + "/" + Tables.text(one, "name"));
      }
      output.print(answer, table, "Nothing is held back of '" + what + "'.");
      return answer.get("items").isEmpty() ? Skiff.FINDING : Skiff.OK;
    }
  }

  @Command(
      name = "export",
      description = "Prints a service of one registry as another would have it.",
      footer = {
        "",
        "What the other registry has no room for is said on stderr.",
        "",
        "Examples:",
        "  skiff registry export nacos/trading/order --as kubernetes | kubectl apply -f -",
        "  skiff registry export nacos/trading/order --as file > services/order.yaml"
      })
  static final class Export implements Callable<Integer> {
    @Mixin HelpOption help = new HelpOption();
    @Mixin private AdminClient server = new AdminClient();

    @Parameters(
        paramLabel = "REGISTRY/SERVICE",
        description =
            "The registry's name in the configuration, and a service: NAME or NAMESPACE/NAME.")
    private String what = "";

    @Option(
        names = "--as",
        paramLabel = "FORM",
        defaultValue = "kubernetes",
        description =
            "kubernetes (Service and EndpointSlices) or file (a Service document) (default:"
                + " ${DEFAULT-VALUE}).")
    private Dialect dialect = Dialect.KUBERNETES;

    @Option(
        names = {"-n", "--namespace"},
        paramLabel = "NAMESPACE",
        description = "The namespace to write; the service's own in the mesh if absent.")
    private @Nullable String namespace;

    @Spec private CommandSpec command = CommandSpec.create();

    @Override
    public Integer call() {
      Place place = Place.read(what);
      String service = place.service();
      if (service == null) {
        throw new CommandFailure(
            Skiff.USAGE, "A service must be named as REGISTRY/SERVICE, found '" + what + "'");
      }
      JsonNode answer =
          server.ask(
              "/api/v1/registries/"
                  + AdminClient.encoded(place.registry())
                  + "/services?service="
                  + AdminClient.encoded(service));
      if (answer.get("items").size() != 1) {
        throw new CommandFailure(Skiff.FINDING, notOne(place.registry(), service, answer));
      }
      ServiceExport export = ServiceExport.of(answer.get("items").get(0), namespace);
      String text =
          switch (dialect) {
            case KUBERNETES -> export.kubernetes();
            case FILE -> export.file();
          };
      command.commandLine().getOut().print(Printable.of(text));
      command.commandLine().getOut().flush();
      export
          .losses(dialect)
          .forEach(loss -> command.commandLine().getErr().println(Printable.of(loss)));
      command.commandLine().getErr().flush();
      return Skiff.OK;
    }

    private static String notOne(String registry, String service, JsonNode answer) {
      List<String> found = new ArrayList<>();
      answer
          .get("items")
          .forEach(
              one -> found.add(Tables.text(one, "namespace") + "/" + Tables.text(one, "name")));
      return found.isEmpty()
          ? "'" + registry + "' has no service '" + service + "'"
          : "A service must be named as NAMESPACE/NAME where several have the name, found "
              + String.join(", ", found);
    }
  }
}
