package dev.skiffmesh.server.cli;

import dev.skiffmesh.server.app.SkiffServer;
import dev.skiffmesh.server.config.ConfigException;
import dev.skiffmesh.server.config.ConfigReader;
import dev.skiffmesh.server.config.LoadedConfig;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs the control plane. */
@Command(
    name = "serve",
    description = "Runs the control plane until it is told to stop (SIGTERM, SIGHUP, Ctrl-C).",
    footer = {
      "",
      "Examples:",
      "  skiff serve --config skiff.yaml",
      "  skiff serve --config skiff.yaml --print-config"
    })
final class ServeCommand implements Callable<Integer> {

  private static final String DEFAULT_FILE = "skiff.yaml";

  @Mixin HelpOption help = new HelpOption();

  @Spec private CommandSpec command = CommandSpec.create();

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "The configuration; ./skiff.yaml if it is there, else defaults.")
  private @Nullable Path config;

  @Option(
      names = "--print-config",
      description = "Shows the configuration in force and where each value came from, and ends.")
  private boolean print;

  @Override
  public Integer call() throws InterruptedException {
    LoadedConfig loaded = load();
    if (print) {
      PrintWriter out = command.commandLine().getOut();
      out.print(loaded.print());
      out.flush();
      return Skiff.OK;
    }
    SkiffServer server;
    try {
      server = SkiffServer.start(loaded.config());
    } catch (IOException e) {
      throw new CommandFailure(Skiff.UNREACHABLE, "skiff cannot start: " + e.getMessage());
    }
    // Only a signal ends this command; the JVM ends once its hooks have run.
    Runtime.getRuntime()
        .addShutdownHook(Thread.ofPlatform().name("skiff-stop").unstarted(server::close));
    new CountDownLatch(1).await();
    return Skiff.OK;
  }

  private LoadedConfig load() {
    Path file = config == null ? Path.of(DEFAULT_FILE) : config;
    Path folder = file.toAbsolutePath().normalize().getParent();
    if (folder == null) {
      throw new CommandFailure(Skiff.USAGE, "`--config` must be a file, found '" + file + "'");
    }
    try {
      return ConfigReader.load(text(file), file.toString(), folder, System::getenv);
    } catch (ConfigException refused) {
      throw new CommandFailure(Skiff.USAGE, refused.getMessage());
    }
  }

  private String text(Path file) {
    try {
      return Files.readString(file);
    } catch (NoSuchFileException missing) {
      if (config == null) {
        return "";
      }
      throw new CommandFailure(
          Skiff.USAGE, "`--config` must be a file, found nothing at '" + file + "'");
    } catch (CharacterCodingException binary) {
      throw new CommandFailure(
          Skiff.USAGE,
          "`--config` must be a file of UTF-8 text, found other bytes in '" + file + "'");
    } catch (IOException unreadable) {
      throw new CommandFailure(
          Skiff.USAGE,
          "`--config` must be a readable file, found '"
              + file
              + "': "
              + (Files.isDirectory(file) ? "a folder" : unreadable.getMessage()));
    }
  }
}
