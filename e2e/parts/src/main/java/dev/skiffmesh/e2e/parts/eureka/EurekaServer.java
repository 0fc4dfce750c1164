package dev.skiffmesh.e2e.parts.eureka;

import dev.skiffmesh.e2e.parts.FreePorts;
import dev.skiffmesh.e2e.parts.HttpProbe;
import dev.skiffmesh.e2e.parts.JavaProgram;
import dev.skiffmesh.e2e.parts.PartMissingException;
import dev.skiffmesh.e2e.parts.ServerPart;
import java.net.URI;
import java.time.Duration;
import java.util.List;

/**
 * A real Eureka server of Spring Cloud without peers, on loopback only. It keeps its registry in
 * memory alone, as Eureka does, so that nothing is registered after a restart.
 */
public final class EurekaServer extends ServerPart {

  private static final JavaProgram PROGRAM =
      new JavaProgram("A Eureka server", "e2e/eureka-server", 60);
  private static final String MAIN = "dev.skiffmesh.e2e.eurekaserver.EurekaServerLauncher";

  /** About six seconds are usual. */
  private static final Duration START_BOUND = Duration.ofSeconds(100);

  private final String classpath;
  private final int port = FreePorts.next();
  private final List<String> options;

  private EurekaServer(String classpath, List<String> options) {
    super("eureka", START_BOUND);
    this.classpath = classpath;
    this.options = List.copyOf(options);
  }

  /**
   * Starts a server and waits until it answers.
   *
   * @param options {@code --key=value} beside those that make it quick
   * @throws PartMissingException if its jars are not on this machine
   */
  public static EurekaServer start(String... options) {
    return started(new EurekaServer(PROGRAM.classpath(), List.of(options)));
  }

  /** What clients are given: {@code http://127.0.0.1:PORT/eureka}. */
  public String url() {
    return "http://127.0.0.1:" + port + "/eureka";
  }

  /** The port of {@link #url()}. */
  public int port() {
    return port;
  }

  @Override
  protected ProcessBuilder command() {
    List<String> command = JavaProgram.command(home(), List.of("-Xmx192m"), classpath, MAIN);
    command.addAll(
        List.of(
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
            "--eureka.server.use-read-only-response-cache=false",
            // An answer that is put together while an instance registers may stay without it for so
            // long (google/guava#1881).
            "--eureka.server.response-cache-auto-expiration-in-seconds=5"));
    command.addAll(options);
    return new ProcessBuilder(command);
  }

  @Override
  protected boolean answers() {
    return new HttpProbe(URI.create(url() + "/apps/")).getAsBoolean();
  }
}
