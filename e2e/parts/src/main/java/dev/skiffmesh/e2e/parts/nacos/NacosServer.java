package dev.skiffmesh.e2e.parts.nacos;

import dev.skiffmesh.e2e.parts.FreePorts;
import dev.skiffmesh.e2e.parts.HttpProbe;
import dev.skiffmesh.e2e.parts.JavaProgram;
import dev.skiffmesh.e2e.parts.PartMissingException;
import dev.skiffmesh.e2e.parts.ServerPart;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A real Nacos server in standalone mode. It keeps what it stored over restarts; ephemeral
 * instances come back when their clients reconnect.
 *
 * <p>The HTTP port listens on the loopback interface; the gRPC ports (+1000, +1001) and Raft's
 * (-1000) listen everywhere, because Nacos has no setting for them.
 */
public final class NacosServer extends ServerPart {

  /** How long a start may take; about 5 s is usual, a busy machine needs several times that. */
  private static final Duration START_BOUND = Duration.ofSeconds(100);

  /** The SDK's gRPC port, the cluster's gRPC port and Raft's, as Nacos derives them. */
  private static final int[] DERIVED_PORTS = {1000, 1001, -1000};

  /**
   * A Nacos that waits some seconds for its embedded database, as it does on a busy machine, ends
   * itself with these words.
   */
  private static final String TOO_SLOW_FOR_ITSELF = "Login timeout exceeded";

  private static final int MOST_STARTS = 3;

  private static final List<String> SMALL_JVM = List.of("-Xms64m", "-Xmx160m", "-Xss512k");

  private static final String LOGBACK =
      """
      <configuration>
        <appender name="CONSOLE" class="ch.qos.logback.core.ConsoleAppender">
          <encoder><pattern>%d{HH:mm:ss.SSS} %-5level %logger{30} %msg%n</pattern></encoder>
        </appender>
        <logger name="com.alibaba.nacos.istio" level="ERROR"/>
        <root level="WARN"><appender-ref ref="CONSOLE"/></root>
      </configuration>
      """;

  private final NacosVersion version;
  private final String classpath;
  private final List<String> extraOptions;
  private final int port = FreePorts.nextWithOffsets(DERIVED_PORTS);

  private NacosServer(NacosVersion version, String classpath, List<String> extraOptions) {
    super("nacos-" + version.number(), START_BOUND);
    this.version = version;
    this.classpath = classpath;
    this.extraOptions = List.copyOf(extraOptions);
  }

  /**
   * Starts a server and waits until it is ready.
   *
   * @throws PartMissingException if its jars are not on this machine
   * @throws IllegalStateException with the end of its log, if it does not become ready
   */
  public static NacosServer start(NacosVersion version) {
    return start(version, List.of());
  }

  /**
   * Starts a server with further JVM options, for example {@code -Dnacos.core.auth.enabled=true},
   * and waits until it is ready.
   *
   * @throws PartMissingException if its jars are not on this machine
   * @throws IllegalStateException with the end of its log, if it does not become ready
   */
  public static NacosServer start(NacosVersion version, List<String> options) {
    String classpath = version.classpath();
    for (int attempt = 1; ; attempt++) {
      NacosServer server = new NacosServer(version, classpath, options);
      try {
        server.launch();
        return server;
      } catch (RuntimeException e) {
        boolean again = attempt < MOST_STARTS && server.logs().contains(TOO_SLOW_FOR_ITSELF);
        server.close();
        if (!again) {
          throw e;
        }
        System.err.println(
            "skiff: Nacos waited too long for its own database, it is started again");
      }
    }
  }

  /** Which server this is. */
  public NacosVersion version() {
    return version;
  }

  /** {@code 127.0.0.1:PORT}, as clients take it. */
  public String address() {
    return "127.0.0.1:" + port;
  }

  /** The HTTP port; gRPC is spoken at this + 1000. */
  public int port() {
    return port;
  }

  @Override
  protected ProcessBuilder command() {
    Path logging = home().resolve("logback.xml");
    try {
      Files.writeString(logging, LOGBACK);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    List<String> options = new ArrayList<>(SMALL_JVM);
    options.add("-Dnacos.home=" + home());
    options.add("-Dnacos.standalone=true");
    options.add("-Dnacos.server.ip=127.0.0.1");
    options.add("-Dserver.address=127.0.0.1");
    options.add("-Dlogging.config=" + logging.toUri());
    options.add("-Dderby.stream.error.file=" + home().resolve("derby.log"));
    options.addAll(version.properties(port));
    options.addAll(extraOptions);
    return new ProcessBuilder(JavaProgram.command(home(), options, classpath, version.mainClass()));
  }

  @Override
  protected boolean answers() {
    return new HttpProbe(version.readiness(address())).getAsBoolean();
  }
}
