package dev.skiffmesh.e2e.parts.nacos;

import dev.skiffmesh.e2e.parts.ChildProcess;
import dev.skiffmesh.e2e.parts.FreePorts;
import dev.skiffmesh.e2e.parts.HttpProbe;
import dev.skiffmesh.e2e.parts.PartMissingException;
import dev.skiffmesh.e2e.parts.ScratchFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A real Nacos server in standalone mode: a process of its own with its own classpath, ports and
 * data folder, ended by {@link #close()} or with this JVM.
 *
 * <p>The HTTP port listens on the loopback interface; the gRPC ports (+1000, +1001) and Raft's
 * (-1000) listen everywhere, because Nacos has no setting for them. Not thread-safe.
 */
public final class NacosServer implements AutoCloseable {

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

  /** The serial collector and the first compiler halve the start and a third of the memory. */
  private static final List<String> SMALL_JVM =
      List.of(
          "-Xms64m",
          "-Xmx160m",
          "-Xss512k",
          "-XX:+UseSerialGC",
          "-XX:TieredStopAtLevel=1",
          "-Xshare:auto");

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
  private final int port;
  private final Path home;
  private ChildProcess process;

  private NacosServer(
      NacosVersion version, String classpath, List<String> extraOptions, int port, Path home) {
    this.version = version;
    this.classpath = classpath;
    this.extraOptions = List.copyOf(extraOptions);
    this.port = port;
    this.home = home;
    this.process = launch();
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
      NacosServer server =
          new NacosServer(
              version, classpath, options, FreePorts.nextWithOffsets(DERIVED_PORTS), newHome());
      try {
        server.awaitReady();
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

  /** {@code 127.0.0.1:PORT}, as clients take it; the same after {@link #restart()}. */
  public String address() {
    return "127.0.0.1:" + port;
  }

  /** The HTTP port; gRPC is spoken at this + 1000. */
  public int port() {
    return port;
  }

  /** The server's process id; another one after {@link #restart()}. */
  public long pid() {
    return process.pid();
  }

  /** What the server printed since its first start: its warnings and errors. */
  public String logs() {
    return process.logs();
  }

  /** Ends the server as an operator would; its data stays. */
  public void stop() {
    process.close();
  }

  /** Ends the server as a crash would (SIGKILL); its data stays. */
  public void kill() {
    process.kill();
  }

  /** Stops the server in its tracks: connections stay open and nobody answers. */
  public void pause() {
    process.pause();
  }

  /** Lets a paused server go on. */
  public void resume() {
    process.resume();
  }

  /**
   * Ends the server if it runs, starts it again on the same ports and data, and waits until it is
   * ready. It keeps what it stored; ephemeral instances come back when their clients reconnect.
   */
  public void restart() {
    process.close();
    process = launch();
    awaitReady();
  }

  /** Ends the server and deletes its data. */
  @Override
  public void close() {
    process.close();
    ScratchFolder.delete(home);
  }

  private void awaitReady() {
    URI readiness = version.readiness(address());
    process.awaitReady(START_BOUND, new HttpProbe(readiness));
  }

  private ChildProcess launch() {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(SMALL_JVM);
    command.add("-Duser.home=" + home);
    command.add("-Dnacos.home=" + home);
    command.add("-Dnacos.standalone=true");
    command.add("-Dnacos.server.ip=127.0.0.1");
    command.add("-Dserver.address=127.0.0.1");
    command.add("-Dlogging.config=" + home.resolve("logback.xml").toUri());
    command.add("-Dderby.stream.error.file=" + home.resolve("derby.log"));
    command.addAll(version.properties(port));
    command.addAll(extraOptions);
    command.add("-cp");
    command.add(classpath);
    command.add(version.mainClass());
    return ChildProcess.start(
        "Nacos " + version.number(),
        new ProcessBuilder(command).directory(home.toFile()),
        home.resolve("console.log"));
  }

  private static Path newHome() {
    Path home = ScratchFolder.create("nacos");
    try {
      Files.writeString(home.resolve("logback.xml"), LOGBACK);
      return home;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
