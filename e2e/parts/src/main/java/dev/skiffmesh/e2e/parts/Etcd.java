package dev.skiffmesh.e2e.parts;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A real etcd server of one member: a process of its own with its own ports and data folder, ended
 * by {@link #close()} or with this JVM. It listens on loopback only. Not thread-safe.
 */
public final class Etcd implements AutoCloseable {

  /** About a second is usual. */
  private static final Duration START_BOUND = Duration.ofSeconds(60);

  static final GoProgram PROGRAM = new GoProgram("etcd", "SKIFF_ETCD to the program");

  private final String program;
  private final String scheme;
  private final List<String> options;
  private final int port;
  private final int peerPort;
  private final int metricsPort;
  private final Path home;
  private ChildProcess process;

  private Etcd(String program, String scheme, List<String> options) {
    this.program = program;
    this.scheme = scheme;
    this.options = List.copyOf(options);
    this.port = FreePorts.next();
    this.peerPort = FreePorts.next();
    this.metricsPort = FreePorts.next();
    this.home = ScratchFolder.create("etcd");
    this.process = launch();
  }

  /**
   * Starts a server without TLS or users and waits until it is ready.
   *
   * @throws PartMissingException if there is none on this machine and none can be built
   * @throws IllegalStateException with the end of its log, if it does not become ready
   */
  public static Etcd start() {
    return start("http", List.of());
  }

  /**
   * Starts a server that speaks TLS with its clients and waits until it is ready.
   *
   * @param options {@code --cert-file} and {@code --key-file} at least; {@code --trusted-ca-file}
   *     and {@code --client-cert-auth} make it ask its clients for a certificate
   * @throws PartMissingException if there is none on this machine and none can be built
   * @throws IllegalStateException with the end of its log, if it does not become ready
   */
  public static Etcd startWithTls(List<String> options) {
    return start("https", options);
  }

  private static Etcd start(String scheme, List<String> options) {
    Etcd etcd = new Etcd(PROGRAM.path().toString(), scheme, options);
    try {
      etcd.awaitReady();
      return etcd;
    } catch (RuntimeException e) {
      etcd.close();
      throw e;
    }
  }

  /** Where clients connect: {@code http://127.0.0.1:PORT}; the same after {@link #restart()}. */
  public String endpoint() {
    return scheme + "://127.0.0.1:" + port;
  }

  /** The port of {@link #endpoint()}. */
  public int port() {
    return port;
  }

  /** The server's process id; another one after {@link #restart()}. */
  public long pid() {
    return process.pid();
  }

  /** What the server printed since its first start. */
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

  /** Ends the server if it runs, starts it again on the same ports and data, and waits for it. */
  public void restart() {
    process.close();
    process = launch();
    awaitReady();
  }

  /**
   * The same without its data: another cluster at the same address, whose revisions begin anew, as
   * after a restore from a backup.
   */
  public void restartEmpty() {
    process.close();
    ScratchFolder.delete(home.resolve("data"));
    process = launch();
    awaitReady();
  }

  /** Ends the server and deletes its data. */
  @Override
  public void close() {
    process.close();
    ScratchFolder.delete(home);
  }

  private ChildProcess launch() {
    String peer = "http://127.0.0.1:" + peerPort;
    List<String> command = new ArrayList<>(List.of(program));
    command.addAll(
        List.of(
            "--name=skiff",
            "--data-dir=" + home.resolve("data"),
            "--listen-client-urls=" + endpoint(),
            "--advertise-client-urls=" + endpoint(),
            "--listen-peer-urls=" + peer,
            "--initial-advertise-peer-urls=" + peer,
            "--initial-cluster=skiff=" + peer,
            "--listen-metrics-urls=http://127.0.0.1:" + metricsPort,
            "--log-level=warn"));
    command.addAll(options);
    return ChildProcess.start("etcd", new ProcessBuilder(command), home.resolve("etcd.log"));
  }

  private void awaitReady() {
    URI health = URI.create("http://127.0.0.1:" + metricsPort + "/health");
    try (HttpClient client =
        HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(1)).build()) {
      process.awaitReady(START_BOUND, () -> isHealthy(client, health));
    }
  }

  private static boolean isHealthy(HttpClient client, URI health) {
    try {
      HttpResponse<String> answer =
          client.send(
              HttpRequest.newBuilder(health).timeout(Duration.ofSeconds(2)).build(),
              HttpResponse.BodyHandlers.ofString());
      return answer.statusCode() == 200 && answer.body().contains("true");
    } catch (IOException notYet) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
