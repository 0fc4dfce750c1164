package dev.skiffmesh.e2e.demo;

import dev.skiffmesh.e2e.parts.PartMissingException;
import dev.skiffmesh.server.cli.CommandFailure;
import dev.skiffmesh.server.cli.Skiff;
import dev.skiffmesh.server.cli.SkiffCommand;
import dev.skiffmesh.server.cli.Words;
import java.io.Console;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code skiff demo}. */
@Command(
    name = "demo",
    description =
        "Starts a control plane and a small broker behind real Envoys, and shows the calls.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Ends by itself after the first round when stdout is not a terminal.",
      "Example:",
      "  skiff demo --registry nacos"
    })
public final class DemoCommand implements SkiffCommand, Callable<Integer> {

  /** Where services are registered. */
  enum Registry {
    /** The files of {@code examples/demo}. */
    FILE,
    /** A Nacos server that the demo starts. */
    NACOS
  }

  /** As users write them. */
  static final class RegistryWords extends Words<Registry> {
    RegistryWords() {
      super(Registry.class);
    }
  }

  @Option(
      names = "--registry",
      defaultValue = "file",
      converter = RegistryWords.class,
      paramLabel = "file|nacos",
      description = "Where the services are registered (default: ${DEFAULT-VALUE}).")
  private Registry registry = Registry.FILE;

  @Option(
      names = {"--once", "--no-wait"},
      description = "Ends after the first round, with exit code 1 if a call failed.")
  private boolean once;

  /** Made by the command line. */
  public DemoCommand() {}

  @Override
  public Integer call() throws InterruptedException {
    // The demo shows what happens itself; the log would tell it a second time.
    if (System.getenv("SKIFF_LOG") == null && System.getProperty("SKIFF_LOG") == null) {
      System.setProperty("SKIFF_LOG", "WARN");
    }
    Demo demo = new Demo(System.out, System.err, registry == Registry.NACOS, once || !isAttended());
    try {
      return demo.run() ? Skiff.OK : Skiff.FINDING;
    } catch (PartMissingException | IOException e) {
      throw new CommandFailure(Skiff.UNREACHABLE, "skiff demo cannot start: " + e.getMessage());
    }
  }

  /** JDK 22 to 24 give a console that is no terminal, JDK 25 gives none. */
  @SuppressWarnings("SystemConsoleNull")
  private static boolean isAttended() {
    Console console = System.console();
    return console != null && console.isTerminal();
  }
}
