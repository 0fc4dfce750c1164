package dev.skiffmesh.e2e.scenarios;

import dev.skiffmesh.server.app.SkiffServer;
import dev.skiffmesh.server.config.ConfigException;
import dev.skiffmesh.server.config.ConfigReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/** A control plane that knows {@link OutageKind}, as a process of its own that can be killed. */
final class OutageControlPlane {

  private OutageControlPlane() {}

  /** Takes what {@code skiff} takes: {@code serve --config FILE}. */
  public static void main(String[] args) throws IOException, ConfigException, InterruptedException {
    Path file = Path.of(args[2]);
    SkiffServer server =
        SkiffServer.start(
            ConfigReader.read(
                Files.readString(file), file.toString(), file.getParent(), System::getenv),
            OutageKind.amongAll());
    Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(server::close));
    new CountDownLatch(1).await();
  }
}
