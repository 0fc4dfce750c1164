package dev.skiffmesh.server.cli;

import dev.skiffmesh.server.app.SkiffServer;
import dev.skiffmesh.server.config.ConfigException;
import dev.skiffmesh.server.config.ConfigPrinter;
import dev.skiffmesh.server.config.ConfigReader;
import dev.skiffmesh.server.config.SkiffConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Runs the control plane. */
@Command(
    name = "serve",
    description = "Runs the control plane until it is told to stop.",
    mixinStandardHelpOptions = true,
    footer = {"", "Example:", "  skiff serve --config skiff.yaml"})
final class ServeCommand implements Callable<Integer> {

  private static final String DEFAULT_FILE = "skiff.yaml";

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
    SkiffConfig effective = read();
    if (print) {
      System.out.print(ConfigPrinter.print(effective));
      return Skiff.OK;
    }
    SkiffServer server;
    try {
      server = SkiffServer.start(effective);
    } catch (IOException e) {
      throw new CommandFailure(Skiff.UNREACHABLE, "skiff cannot start: " + e.getMessage());
    }
    CountDownLatch stopped = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(
            Thread.ofPlatform()
                .name("skiff-stop")
                .unstarted(
                    () -> {
                      server.close();
                      stopped.countDown();
                    }));
    stopped.await();
    return Skiff.OK;
  }

  private SkiffConfig read() {
    Path file = config == null ? Path.of(DEFAULT_FILE) : config;
    Path folder = file.toAbsolutePath().getParent();
    try {
      String text = Files.readString(file);
      return ConfigReader.read(text, file.toString(), folder, System::getenv);
    } catch (NoSuchFileException missing) {
      if (config == null) {
        return ConfigReader.defaults(folder);
      }
      throw new CommandFailure(
          Skiff.USAGE, "`--config` must be a file, found nothing at '" + file + "'");
    } catch (IOException unreadable) {
      throw new CommandFailure(
          Skiff.USAGE, "`--config` must be a readable file: " + unreadable.getMessage());
    } catch (ConfigException refused) {
      throw new CommandFailure(Skiff.USAGE, refused.getMessage());
    }
  }
}
