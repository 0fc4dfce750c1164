package dev.skiffmesh.e2e.parts;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A running Envoy of our own. What asks its admin interface is thread-safe. */
public final class Envoy extends ServerPart {

  private static final Duration ADMIN_BOUND = Duration.ofSeconds(30);

  private static final Pattern STAT = Pattern.compile("(?<name>[^:]+): (?<value>\\d+)");

  private static final AtomicInteger STARTED = new AtomicInteger();

  private static final HttpClient HTTP =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

  private final String bootstrap;
  private final Path executable;
  private final List<String> flags;

  private Envoy(Path executable, String bootstrap, List<String> flags) {
    super("envoy-" + STARTED.incrementAndGet(), ADMIN_BOUND);
    this.executable = executable;
    this.bootstrap = bootstrap;
    this.flags = List.copyOf(flags);
  }

  /**
   * Starts an Envoy and returns once its admin interface answers, which is before it is ready.
   *
   * @param bootstrap YAML, as {@code skiff bootstrap} writes it; port 0 is fine for its admin
   * @throws PartMissingException if there is no Envoy, saying how to get it
   * @throws IllegalStateException with the end of its log, if it does not start
   */
  public static Envoy start(String bootstrap) {
    return start(bootstrap, List.of());
  }

  /** As {@link #start(String)}, of one release. */
  public static Envoy start(EnvoyRelease release, String bootstrap) {
    return start(EnvoyBinary.require(release), bootstrap, List.of());
  }

  /**
   * As {@link #start(String)}, with further flags such as {@code --log-level debug}; a flag given
   * here wins over ours.
   */
  public static Envoy start(String bootstrap, List<String> flags) {
    return start(EnvoyBinary.require(), bootstrap, flags);
  }

  private static Envoy start(Path executable, String bootstrap, List<String> flags) {
    return started(new Envoy(executable, bootstrap, flags));
  }

  /**
   * Lets Envoy judge a bootstrap without starting to serve.
   *
   * @return what it has against it, if anything
   */
  public static Optional<String> validate(Path bootstrap) {
    try {
      Process process =
          new ProcessBuilder(
                  List.of(
                      EnvoyBinary.require().toString(),
                      "--mode",
                      "validate",
                      "--disable-hot-restart",
                      "--log-level",
                      "warning",
                      "-c",
                      bootstrap.toString()))
              .redirectErrorStream(true)
              .start();
      String output = new String(process.getInputStream().readAllBytes(), UTF_8);
      return process.waitFor() == 0 && !output.contains("[warning]")
          ? Optional.empty()
          : Optional.of(output);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  /**
   * Where its admin interface answers: {@code http://127.0.0.1:PORT}; another port after a restart,
   * if the bootstrap says 0.
   */
  public URI admin() {
    try {
      return URI.create("http://" + Files.readString(adminAddress()).strip());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Tells whether it has its listeners and clusters ({@code /ready} answers 200). */
  public boolean isReady() {
    return new HttpProbe(admin().resolve("/ready")).getAsBoolean();
  }

  /**
   * Waits until {@link #isReady()}.
   *
   * @throws IllegalStateException with the end of its log, if it ends or the bound passes
   */
  public void awaitReady(Duration bound) {
    await(bound, this::isReady);
  }

  /** {@code /clusters} as text, a line for each fact. */
  public String clusters() {
    return get("/clusters");
  }

  /** The endpoints of a cluster, {@code address:port} to what {@code /clusters} says of it. */
  public Map<String, Map<String, String>> endpoints(String cluster) {
    Map<String, Map<String, String>> endpoints = new TreeMap<>();
    String prefix = cluster + "::";
    clusters()
        .lines()
        .filter(line -> line.startsWith(prefix))
        .map(line -> line.substring(prefix.length()).split("::", 3))
        .filter(fact -> fact.length == 3 && fact[0].contains(":"))
        .forEach(
            fact -> endpoints.computeIfAbsent(fact[0], _ -> new TreeMap<>()).put(fact[1], fact[2]));
    return endpoints;
  }

  /** {@code /config_dump?include_eds} as JSON. */
  public String configDump() {
    return get("/config_dump?include_eds");
  }

  /**
   * Counters and gauges by name; histograms are left out.
   *
   * @param filter a regular expression (RE2) that part of the name matches; the fewer, the faster
   */
  public Map<String, Long> stats(String filter) {
    Map<String, Long> stats = new TreeMap<>();
    get("/stats?filter=" + URLEncoder.encode(filter, UTF_8))
        .lines()
        .map(STAT::matcher)
        .filter(Matcher::matches)
        .forEach(stat -> stats.put(stat.group("name"), Long.parseLong(stat.group("value"))));
    return stats;
  }

  /** GETs {@code path} of the admin interface. */
  public String get(String path) {
    try {
      HttpResponse<String> response =
          HTTP.send(
              HttpRequest.newBuilder(admin().resolve(path)).timeout(Duration.ofSeconds(10)).build(),
              HttpResponse.BodyHandlers.ofString());
      if (response.statusCode() != 200) {
        throw new IllegalStateException(
            "Envoy's admin answered " + response.statusCode() + " to " + path);
      }
      return response.body();
    } catch (IOException e) {
      throw new UncheckedIOException("Envoy's admin does not answer " + path, e);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private Path adminAddress() {
    return home().resolve("admin-address");
  }

  @Override
  protected ProcessBuilder command() {
    Path config = home().resolve("bootstrap.yaml");
    try {
      Files.writeString(config, bootstrap);
      Files.deleteIfExists(adminAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    List<String> command =
        new ArrayList<>(
            List.of(
                executable.toString(),
                // Its shared memory would be one for all Envoys of the machine.
                "--disable-hot-restart",
                "--admin-address-path",
                adminAddress().toString(),
                "-c",
                config.toString()));
    if (!flags.contains("--concurrency")) {
      command.addAll(List.of("--concurrency", "1"));
    }
    command.addAll(flags);
    return new ProcessBuilder(command);
  }

  @Override
  protected boolean answers() {
    try {
      Path address = adminAddress();
      return Files.exists(address)
          && Files.size(address) > 0
          && new HttpProbe(admin().resolve("/server_info")).getAsBoolean();
    } catch (IOException notYet) {
      return false;
    }
  }

  private static IllegalStateException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new IllegalStateException("Interrupted", e);
  }
}
