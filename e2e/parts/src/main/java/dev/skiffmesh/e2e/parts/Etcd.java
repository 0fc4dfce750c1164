package dev.skiffmesh.e2e.parts;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A real etcd server of one member, on loopback only. */
public final class Etcd extends ServerPart {

  /** About a second is usual. */
  private static final Duration START_BOUND = Duration.ofSeconds(60);

  static final GoProgram PROGRAM = new GoProgram("etcd", "SKIFF_ETCD to the program");

  private final String program;
  private final String scheme;
  private final List<String> options;
  private final int port = FreePorts.next();
  private final int peerPort = FreePorts.next();
  private final int metricsPort = FreePorts.next();

  private Etcd(String program, String scheme, List<String> options) {
    super("etcd", START_BOUND);
    this.program = program;
    this.scheme = scheme;
    this.options = List.copyOf(options);
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
    return started(new Etcd(PROGRAM.path().toString(), scheme, options));
  }

  /** Where clients connect: {@code http://127.0.0.1:PORT}. */
  public String endpoint() {
    return scheme + "://127.0.0.1:" + port;
  }

  /** The port of {@link #endpoint()}. */
  public int port() {
    return port;
  }

  /**
   * A restart without its data: another cluster at the same address, whose revisions begin anew, as
   * after a restore from a backup.
   */
  public void restartEmpty() {
    stop();
    ScratchFolder.delete(home().resolve("data"));
    launch();
  }

  @Override
  protected ProcessBuilder command() {
    String peer = "http://127.0.0.1:" + peerPort;
    List<String> command = new ArrayList<>(List.of(program));
    command.addAll(
        List.of(
            "--name=skiff",
            "--data-dir=" + home().resolve("data"),
            "--listen-client-urls=" + endpoint(),
            "--advertise-client-urls=" + endpoint(),
            "--listen-peer-urls=" + peer,
            "--initial-advertise-peer-urls=" + peer,
            "--initial-cluster=skiff=" + peer,
            "--listen-metrics-urls=http://127.0.0.1:" + metricsPort,
            "--log-level=warn"));
    command.addAll(options);
    return new ProcessBuilder(command);
  }

  /** It answers 503 until it is healthy, on a port without TLS and certificates. */
  @Override
  protected boolean answers() {
    return new HttpProbe(URI.create("http://127.0.0.1:" + metricsPort + "/health")).getAsBoolean();
  }
}
