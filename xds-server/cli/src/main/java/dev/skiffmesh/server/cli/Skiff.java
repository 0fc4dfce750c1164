package dev.skiffmesh.server.cli;

import dev.skiffmesh.server.admin.SkiffVersion;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ServiceLoader;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** The program. */
@Command(
    name = "skiff",
    description = "An Envoy service-mesh control plane built for stability assurance.",
    versionProvider = Skiff.Version.class,
    synopsisSubcommandLabel = "COMMAND",
    footer = {
      "",
      "Exit codes: 0 fine, 1 a finding or a difference, 2 wrong usage, 3 the server cannot be"
          + " reached or cannot start, 70 a failure of Skiff itself.",
      "",
      "Environment:",
      "  SKIFF_LOG        what the log on stderr tells: ERROR, WARN, INFO (default) or",
      "                   DEBUG.",
      "  NO_COLOR         set to anything: help without colours.",
      "  HOSTNAME         what this replica is called; the system's own name if unset.",
      "  KUBECONFIG       the cluster of a Kubernetes source without `server`, as for",
      "                   kubectl.",
      "  SKIFF_JAVA_OPTS  further options of the JVM (the script ./skiff).",
      "  SKIFF_CACHE      where downloads and the class archive are kept (./skiff;",
      "                   default: $XDG_CACHE_HOME/skiff, else ~/.cache/skiff).",
      "  JAVA_HOME        the JDK to use (./skiff).",
      "Any other is read where the configuration names it, as in `password: ${NAME}`.",
      "",
      "Examples:",
      "  skiff serve --config skiff.yaml",
      "  skiff get policies"
    },
    subcommands = {
      ServeCommand.class,
      ValidateCommand.class,
      TranslateCommand.class,
      GetCommand.class,
      ProxyCommand.class,
      RegistryCommand.class,
      BootstrapCommand.class,
      CrdsCommand.class,
      CompletionCommand.class,
      HelpCommand.class
    })
public final class Skiff implements Callable<Integer> {

  /** Fine. */
  public static final int OK = 0;

  /** A finding or a difference. */
  public static final int FINDING = 1;

  /** Wrong usage, a configuration that cannot be used. */
  public static final int USAGE = 2;

  /** The server cannot be reached, or could not start. */
  public static final int UNREACHABLE = 3;

  /** A failure of Skiff itself: {@code EX_SOFTWARE} of BSD's sysexits. */
  public static final int BUG = 70;

  @Mixin HelpOption help = new HelpOption();

  @Option(
      names = {"-V", "--version"},
      versionHelp = true,
      description = "Shows the version and ends.")
  boolean version;

  @Spec private CommandSpec command = CommandSpec.create();

  private Skiff() {}

  /** Without a command: says which there are. */
  @Override
  public Integer call() {
    command.commandLine().usage(command.commandLine().getErr());
    return USAGE;
  }

  /** Runs one command and ends the process with its exit code. */
  public static void main(String[] arguments) {
    System.exit(run(utf8(FileDescriptor.out), utf8(FileDescriptor.err), arguments));
  }

  /**
   * Runs one command in this process.
   *
   * @param out for data
   * @param err for talk
   * @return the exit code
   */
  public static int run(PrintWriter out, PrintWriter err, String... arguments) {
    CommandLine commandLine = commandLine().setOut(out).setErr(err);
    try {
      return commandLine.execute(arguments);
    } finally {
      out.flush();
      err.flush();
    }
  }

  /** The commands of this module and those that others add. */
  public static CommandLine commandLine() {
    CommandLine commandLine = new CommandLine(new Skiff());
    ServiceLoader.load(SkiffCommand.class).forEach(command -> commandLine.addSubcommand(command));
    commandLine.registerConverter(GetCommand.What.class, new Words<>(GetCommand.What.class));
    commandLine.registerConverter(
        RegistryCommand.Dialect.class, new Words<>(RegistryCommand.Dialect.class));
    commandLine.registerConverter(Output.Form.class, new Words<>(Output.Form.class));
    commandLine.registerConverter(
        TranslateCommand.Target.class, new Words<>(TranslateCommand.Target.class));
    commandLine.setParameterExceptionHandler((wrong, _) -> explain(wrong));
    commandLine.setExecutionExceptionHandler((failure, command, _) -> explain(failure, command));
    return commandLine;
  }

  /** One sentence and where to read on, instead of the whole help. */
  private static int explain(ParameterException wrong) {
    CommandLine command = wrong.getCommandLine();
    PrintWriter err = command.getErr();
    err.println(wrong.getMessage());
    UnmatchedArgumentException.printSuggestions(wrong, err);
    err.println("`" + command.getCommandSpec().qualifiedName() + " --help` says more");
    err.flush();
    return USAGE;
  }

  private static int explain(Exception exception, CommandLine command) {
    PrintWriter err = command.getErr();
    if (exception instanceof CommandFailure failure) {
      err.println(Printable.of(String.valueOf(failure.getMessage())));
      err.flush();
      return failure.exitCode();
    }
    err.println("This is a failure of Skiff itself; please report it with what follows:");
    exception.printStackTrace(err);
    err.flush();
    return BUG;
  }

  /** What is printed is UTF-8 whatever the locale: it is data for files and pipes. */
  private static PrintWriter utf8(FileDescriptor descriptor) {
    return new PrintWriter(new FileOutputStream(descriptor), false, StandardCharsets.UTF_8);
  }

  /** The version, the JDK and the system. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {
        "skiff " + SkiffVersion.TEXT,
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
