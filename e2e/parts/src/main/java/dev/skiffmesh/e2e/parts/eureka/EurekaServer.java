package dev.skiffmesh.e2e.parts.eureka;

import dev.skiffmesh.e2e.parts.ChildProcess;
import dev.skiffmesh.e2e.parts.FreePorts;
import dev.skiffmesh.e2e.parts.HttpProbe;
import dev.skiffmesh.e2e.parts.JavaProgram;
import dev.skiffmesh.e2e.parts.PartMissingException;
import dev.skiffmesh.e2e.parts.ScratchFolder;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A real Eureka server of Spring Cloud without peers: a process of its own, ended by {@link
 * #close()} or with this JVM. It keeps its registry in memory alone, as Eureka does. Loopback only;
 * not thread-safe.
 */
public final class EurekaServer implements AutoCloseable {

  private static final JavaProgram PROGRAM =
      new JavaProgram("A Eureka server", "e2e/eureka-server", 60);
  private static final String MAIN = "dev.skiffmesh.e2e.eurekaserver.EurekaServerLauncher";

  /** About six seconds are usual. */
  private static final Duration START_BOUND = Duration.ofSeconds(100);

  private final String classpath;
  private final int port = FreePorts.next();
  private final Path home;
  private final List<String> options;
  private ChildProcess process;

  private EurekaServer(String classpath, List<String> options) {
    this.classpath = classpath;
    this.options = List.copyOf(options);
    this.home = ScratchFolder.create("eureka");
    this.process = launch();
  }

  /**
   * Starts a server and waits until it answers.
   *
   * @param options {@code --key=value} beside those that make it quick
   * @throws PartMissingException if its jars are not on this machine
   */
  public static EurekaServer start(String... options) {
    EurekaServer server = new EurekaServer(PROGRAM.classpath(), List.of(options));
    try {
      server.awaitReady();
      return server;
    } catch (RuntimeException e) {
      server.close();
      throw e;
    }
  }

  /** What clients are given: {@code http://127.0.0.1:PORT/eureka}. */
  public String url() {
    return "http://127.0.0.1:" + port + "/eureka";
  }

  /** The port of {@link #url()}; the same after {@link #restart()}. */
  public int port() {
    return port;
  }

  /** What it printed. */
  public String logs() {
    return process.logs();
  }

  /** Ends it as a crash would; what was registered is lost. */
  public void kill() {
    process.kill();
  }

  /** Stops it in its tracks: connections stay open and nobody answers. */
  public void pause() {
    process.pause();
  }

  /** Lets it go on. */
  public void resume() {
    process.resume();
  }

  /** Ends it if it runs and starts it again, with nothing registered. */
  public void restart() {
    process.close();
    process = launch();
    awaitReady();
  }

  private ChildProcess launch() {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-Xmx192m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xshare:auto",
            "-cp",
            classpath,
            MAIN,
            "--server.address=127.0.0.1",
            "--server.port=" + port,
            "--spring.application.name=registry",
            "--eureka.instance.hostname=127.0.0.1",
            "--eureka.client.register-with-eureka=false",
            "--eureka.client.fetch-registry=false",
            "--eureka.client.service-url.defaultZone=" + url() + "/",
            "--eureka.server.enable-self-preservation=false",
            "--eureka.server.wait-time-in-ms-when-sync-empty=0",
            // What a change waits for in the server's caches, half a minute by default.
            "--eureka.server.use-read-only-response-cache=false"));
    command.addAll(options);
    return ChildProcess.start(
        "Eureka server",
        new ProcessBuilder(command).directory(home.toFile()),
        home.resolve("console.log"));
  }

  private void awaitReady() {
    process.awaitReady(START_BOUND, new HttpProbe(URI.create(url() + "/apps/")));
  }

  /** Ends it and deletes what it wrote. */
  @Override
  public void close() {
    process.close();
    ScratchFolder.delete(home);
  }
}
