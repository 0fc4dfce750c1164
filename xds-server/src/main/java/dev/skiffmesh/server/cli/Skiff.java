package dev.skiffmesh.server.cli;

import java.io.PrintWriter;
import java.util.ServiceLoader;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.IVersionProvider;

/** The program. */
@Command(
    name = "skiff",
    description = "An Envoy service-mesh control plane built for stability assurance.",
    mixinStandardHelpOptions = true,
    versionProvider = Skiff.Version.class,
    synopsisSubcommandLabel = "COMMAND",
    footer = {
      "",
      "Exit codes: 0 fine, 1 a finding or a difference, 2 wrong usage, 3 the server cannot be"
          + " reached.",
      "Example:",
      "  skiff serve --config skiff.yaml"
    },
    subcommands = {
      ServeCommand.class,
      ValidateCommand.class,
      TranslateCommand.class,
      GetCommand.class,
      ProxyCommand.class,
      BootstrapCommand.class,
      CompletionCommand.class,
      HelpCommand.class
    })
public final class Skiff {

  /** Fine. */
  public static final int OK = 0;

  /** A finding or a difference. */
  public static final int FINDING = 1;

  /** Wrong usage, a configuration that cannot be used. */
  public static final int USAGE = 2;

  /** The server cannot be reached, or could not start. */
  public static final int UNREACHABLE = 3;

  private Skiff() {}

  /** Runs one command and ends the process with its exit code. */
  public static void main(String[] arguments) {
    System.exit(commandLine().execute(arguments));
  }

  /** The commands of this module and those that others add. */
  public static CommandLine commandLine() {
    CommandLine commandLine = new CommandLine(new Skiff());
    ServiceLoader.load(SkiffCommand.class).forEach(command -> commandLine.addSubcommand(command));
    // The program's own trouble is a sentence on stderr, never a stack trace.
    commandLine.setExecutionExceptionHandler(
        (exception, command, result) -> {
          PrintWriter err = command.getErr();
          if (exception instanceof CommandFailure failure) {
            err.println(failure.getMessage());
            err.flush();
            return failure.exitCode();
          }
          throw exception;
        });
    commandLine.setCaseInsensitiveEnumValuesAllowed(true);
    return commandLine;
  }

  /** The version, the JDK and the system. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Skiff.class.getPackage().getImplementationVersion();
      return new String[] {
        "skiff " + (version == null ? "development" : version),
        "java "
            + System.getProperty("java.version")
            + ", "
            + System.getProperty("os.name")
            + " "
            + System.getProperty("os.arch")
      };
    }
  }
}
