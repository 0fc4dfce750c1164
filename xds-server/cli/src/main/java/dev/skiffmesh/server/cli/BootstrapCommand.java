package dev.skiffmesh.server.cli;

import dev.skiffmesh.bootstrap.BootstrapFlags;
import dev.skiffmesh.bootstrap.BootstrapRequest;
import dev.skiffmesh.bootstrap.Rendered;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** A proxy's bootstrap. */
@Command(
    name = "bootstrap",
    description = "Writes a proxy's bootstrap to stdout, ready for `envoy -c`.",
    footer = {
      "",
      "Example:",
      "  skiff bootstrap --service order --namespace trading --address 10.0.0.5 \\",
      "    --inbound-port 8080 --app-port 18080 --xds 10.0.0.2:18000 > envoy.yaml"
    })
final class BootstrapCommand implements Callable<Integer> {

  @Mixin HelpOption help = new HelpOption();

  @Spec private CommandSpec command = CommandSpec.create();

  @Option(
      names = "--service",
      required = true,
      paramLabel = "NAME",
      description = "The service that runs beside the proxy.")
  private String service = "";

  @Option(
      names = "--namespace",
      defaultValue = "default",
      paramLabel = "NAME",
      description = "Its namespace (default: ${DEFAULT-VALUE}).")
  private String namespace = "";

  @Option(
      names = "--address",
      defaultValue = BootstrapFlags.DEFAULT_ADDRESS,
      paramLabel = "IP",
      description = "The registered address; callers reach the proxy there.")
  private String address = "";

  @Option(names = "--zone", defaultValue = "", paramLabel = "ZONE", description = "Where it runs.")
  private String zone = "";

  @Option(
      names = "--label",
      paramLabel = "KEY=VALUE",
      description = "A label of the instance; may be repeated.")
  private List<String> labels = new ArrayList<>();

  @Option(
      names = "--app-port",
      paramLabel = "[NAME=]PORT",
      description = "The application's own port on loopback; may be repeated with names.")
  private List<String> appPorts = new ArrayList<>();

  @Option(
      names = "--xds",
      paramLabel = "HOST:PORT",
      description = "A control plane; may be repeated, the first that answers wins.")
  private List<String> xds = new ArrayList<>();

  @Option(
      names = "--egress-port",
      defaultValue = "" + BootstrapRequest.DEFAULT_EGRESS_PORT,
      paramLabel = "PORT",
      description = "Where the application reaches the mesh (default: ${DEFAULT-VALUE}).")
  private int egressPort;

  @Option(
      names = "--inbound-port",
      defaultValue = "" + BootstrapRequest.DEFAULT_INBOUND_PORT,
      paramLabel = "PORT",
      description = "The registered port (default: ${DEFAULT-VALUE}).")
  private int inboundPort;

  @Option(
      names = "--admin-port",
      defaultValue = "" + BootstrapRequest.DEFAULT_ADMIN_PORT,
      paramLabel = "PORT",
      description = "Envoy's own admin interface, on loopback (default: ${DEFAULT-VALUE}).")
  private int adminPort;

  @Option(names = "--grpc", description = "Writes the JSON bootstrap of a gRPC xDS client instead.")
  private boolean grpc;

  @Override
  public Integer call() {
    BootstrapFlags flags =
        new BootstrapFlags(
            service,
            namespace,
            address,
            zone,
            labels,
            appPorts,
            xds,
            new BootstrapFlags.ListenerPorts(egressPort, inboundPort, adminPort));
    return switch (flags.render(grpc ? BootstrapFlags.Format.GRPC : BootstrapFlags.Format.ENVOY)) {
      case Rendered.Written(String text) -> {
        PrintWriter out = command.commandLine().getOut();
        out.print(text);
        out.flush();
        yield Skiff.OK;
      }
      case Rendered.Refused(List<String> problems) -> {
        PrintWriter err = command.commandLine().getErr();
        problems.forEach(err::println);
        err.flush();
        yield Skiff.USAGE;
      }
    };
  }
}
