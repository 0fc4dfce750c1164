package dev.skiffmesh.e2e.parts;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * A real Consul agent in development mode, on loopback only: one server that keeps nothing on disk,
 * so that nothing is registered after a restart.
 */
public final class ConsulAgent extends ServerPart {

  /** About three seconds are usual. */
  private static final Duration START_BOUND = Duration.ofSeconds(90);

  private static final GoProgram PROGRAM = new GoProgram("consul", "SKIFF_CONSUL to the program");

  private final Path program;
  private final String configuration;
  private final int port = FreePorts.next();
  private final int serverPort = FreePorts.next();
  private final int serfPort = FreePorts.next();

  private ConsulAgent(Path program, String configuration) {
    super("consul", START_BOUND);
    this.program = program;
    this.configuration = configuration;
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
    return started(new ConsulAgent(PROGRAM.path(), configuration));
  }

  /** Where clients connect. */
  public String url() {
    return "http://127.0.0.1:" + port;
  }

  /** The port of {@link #url()}. */
  public int port() {
    return port;
  }

  @Override
  protected ProcessBuilder command() {
    Path file = home().resolve("agent.hcl");
    try {
      Files.writeString(file, configuration);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new ProcessBuilder(
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
            "-server-port=" + serverPort,
            "-serf-lan-port=" + serfPort,
            "-serf-wan-port=-1",
            "-log-level=warn",
            "-config-file=" + file));
  }

  /** Its own node is in the catalog once it leads. */
  @Override
  protected boolean answers() {
    return new HttpProbe(URI.create(url() + "/v1/health/node/agent?consistent")).getAsBoolean();
  }
}
