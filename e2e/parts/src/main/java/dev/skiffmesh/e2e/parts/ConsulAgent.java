package dev.skiffmesh.e2e.parts;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A real Consul agent in development mode: one server that keeps nothing on disk, a process of its
 * own, ended by {@link #close()} or with this JVM. Loopback only; not thread-safe.
 */
public final class ConsulAgent implements AutoCloseable {

  /** About three seconds are usual; building it takes three minutes, once. */
  private static final Duration START_BOUND = Duration.ofSeconds(90);

  private static final GoProgram PROGRAM = new GoProgram("consul", "SKIFF_CONSUL to the program");

  private final Path program;
  private final Path home;
  private final int port = FreePorts.next();
  private final List<String> command = new ArrayList<>();
  private ChildProcess process;

  private ConsulAgent(Path program, String configuration) {
    this.program = program;
    this.home = ScratchFolder.create("consul");
    command();
    if (!configuration.isEmpty()) {
      Path file = home.resolve("agent.hcl");
      try {
        Files.writeString(file, configuration);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      command.add("-config-file=" + file);
    }
    this.process = launch();
  }

  private void command() {
    command.addAll(
        List.of(
            program.toString(),
            "agent",
            "-dev",
            "-node=agent",
            "-bind=127.0.0.1",
            "-client=127.0.0.1",
            "-http-port=" + port,
            "-dns-port=-1",
            "-grpc-port=-1",
            "-server-port=" + FreePorts.next(),
            "-serf-lan-port=" + FreePorts.next(),
            "-serf-wan-port=-1",
            "-log-level=warn"));
  }

  /**
   * Starts an agent and waits until it leads itself.
   *
   * @throws PartMissingException if there is none on this machine and none can be built
   * @throws IllegalStateException with the end of its log, if it does not become ready
   */
  public static ConsulAgent start() {
    return start("");
  }

  /**
   * The same with a configuration.
   *
   * @param configuration in HCL
   */
  public static ConsulAgent start(String configuration) {
    ConsulAgent agent = new ConsulAgent(PROGRAM.path(), configuration);
    try {
      agent.awaitReady();
      return agent;
    } catch (RuntimeException e) {
      agent.close();
      throw e;
    }
  }

  /** Where clients connect; the same after {@link #restart()}. */
  public String url() {
    return "http://127.0.0.1:" + port;
  }

  /** The port of {@link #url()}. */
  public int port() {
    return port;
  }

  /** What it printed. */
  public String logs() {
    return process.logs();
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
    return ChildProcess.start("consul", new ProcessBuilder(command), home.resolve("consul.log"));
  }

  private void awaitReady() {
    // Its own node is in the catalog once it leads.
    process.awaitReady(
        START_BOUND, new HttpProbe(URI.create(url() + "/v1/health/node/agent?consistent")));
  }

  /** Ends it and deletes what it wrote. */
  @Override
  public void close() {
    process.close();
    ScratchFolder.delete(home);
  }
}
