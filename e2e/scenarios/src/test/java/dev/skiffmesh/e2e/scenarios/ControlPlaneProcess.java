package dev.skiffmesh.e2e.scenarios;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.skiffmesh.e2e.parts.ChildProcess;
import dev.skiffmesh.e2e.parts.FreePorts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * The control plane as users run it: a process of its own with a {@code skiff.yaml}, so that it can
 * be killed. It keeps its ports and its state folder over restarts.
 */
public final class ControlPlaneProcess implements AutoCloseable {

  private static final String FILES = "- {type: file, name: local, path: services/}";
  private static final String SKIFF = "dev.skiffmesh.server.cli.Skiff";
  private static final Duration START_BOUND = Duration.ofMinutes(2);
  private static final Duration BOUND = Duration.ofMinutes(1);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
  private final Path folder;
  private final String main;
  private final String registries;
  private final String connectionAge;
  private final String more;
  private final int handles;
  private final int xdsPort = FreePorts.next();
  private final int adminPort = FreePorts.next();
  private ChildProcess process;

  private ControlPlaneProcess(
      Path folder,
      String registries,
      String scope,
      String connectionAge,
      String more,
      String main,
      int handles) {
    this.folder = folder;
    this.more = more;
    this.handles = handles;
    this.main = main;
    this.registries = registries;
    this.connectionAge = connectionAge;
    scope(scope);
    this.process = launch();
  }

  /** Says what proxies are sent, for the next start. */
  public void scope(String scope) {
    write(
        "skiff.yaml",
        """
        xds: {host: 127.0.0.1, port: %d, load-report-interval: 1s, connection-age: %s}
        admin: {host: 127.0.0.1, port: %d}
        registries:
        %s
        policies:
          - {type: file, path: policies/}
        state: {path: state/}
        scope: %s
        %s
        """
            .formatted(
                xdsPort,
                connectionAge,
                adminPort,
                registries.strip().indent(2).stripTrailing(),
                scope,
                more));
  }

  /**
   * Starts a control plane that sends everything to everybody, and waits until it is ready.
   *
   * @param folder holds {@code skiff.yaml}, {@code services/}, {@code policies/} and the state
   * @param registries the list items of the {@code registries} key
   */
  public static ControlPlaneProcess start(Path folder, String registries) {
    return start(folder, registries, "");
  }

  /**
   * The same with more keys of {@code skiff.yaml}.
   *
   * @param more one line
   */
  public static ControlPlaneProcess start(Path folder, String registries, String more) {
    return start(folder, registries, "All", "30m", more, SKIFF);
  }

  private static ControlPlaneProcess start(
      Path folder,
      String registries,
      String scope,
      String connectionAge,
      String more,
      String main) {
    return start(folder, registries, scope, connectionAge, more, main, 0);
  }

  private static ControlPlaneProcess start(
      Path folder,
      String registries,
      String scope,
      String connectionAge,
      String more,
      String main,
      int handles) {
    try {
      Files.createDirectories(folder.resolve("services"));
      Files.createDirectories(folder.resolve("policies"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    ControlPlaneProcess controlPlane =
        new ControlPlaneProcess(folder, registries, scope, connectionAge, more, main, handles);
    controlPlane.awaitReady();
    return controlPlane;
  }

  /** The same with the file registry alone. */
  public static ControlPlaneProcess withFiles(Path folder) {
    return start(folder, FILES);
  }

  /** The same that may have so many file handles. */
  static ControlPlaneProcess withHandles(Path folder, int handles) {
    return start(folder, FILES, "All", "30m", "", SKIFF, handles);
  }

  /** The same as a user has it by default: proxies are sent what they use. */
  public static ControlPlaneProcess onDemand(Path folder) {
    return onDemand(folder, "30m");
  }

  /** The same with connections that come again after so long. */
  public static ControlPlaneProcess onDemand(Path folder, String connectionAge) {
    return start(folder, FILES, "OnDemand", connectionAge, "", SKIFF);
  }

  /** The same with files and everything for everybody, and with a kind that harms. */
  static ControlPlaneProcess withOutages(Path folder) {
    return start(folder, FILES, "All", "30m", "", OutageControlPlane.class.getName());
  }

  /** Where proxies connect. */
  public int xdsPort() {
    return xdsPort;
  }

  /** Where the admin API answers. */
  public int adminPort() {
    return adminPort;
  }

  /** The process id. */
  public long pid() {
    return process.pid();
  }

  /** Ends it as a crash would. */
  public void kill() {
    process.kill();
  }

  /** Stops it in its tracks; connections stay open. */
  void freeze() {
    process.pause();
  }

  /** Lets it go on after {@link #freeze()}. */
  void thaw() {
    process.resume();
  }

  /** Starts it again after {@link #kill()} with all that it had, and waits until it is ready. */
  public void startAgain() {
    process = launch();
    awaitReady();
  }

  /** Writes a file below the folder as an editor does: whole, then renamed. */
  public void write(String name, String text) {
    write(name, text.getBytes(StandardCharsets.UTF_8));
  }

  /** The same with a file's bytes. */
  void write(String name, byte[] bytes) {
    try {
      Path target = folder.resolve(name);
      Files.createDirectories(target.getParent());
      Path temporary = Files.createTempFile(folder, "edit", ".tmp");
      Files.write(temporary, bytes);
      Files.move(
          temporary,
          target,
          java.nio.file.StandardCopyOption.ATOMIC_MOVE,
          java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Deletes a file below the folder. */
  public void delete(String name) {
    try {
      Files.delete(folder.resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** One answer of the admin API. */
  public JsonNode get(String path) {
    return read(text(HttpRequest.newBuilder(uri(path)).build()));
  }

  /** Has the admin API do something. */
  public JsonNode post(String path) {
    return read(
        text(
            HttpRequest.newBuilder(uri(path))
                .header("Skiff-Change", "yes")
                .POST(BodyPublishers.noBody())
                .build()));
  }

  /** The line of that beginning among the metrics; empty if there is none. */
  public String metric(String beginning) {
    return text(HttpRequest.newBuilder(uri("/metrics")).build())
        .lines()
        .filter(line -> line.startsWith(beginning))
        .findFirst()
        .orElse("");
  }

  private URI uri(String path) {
    return URI.create("http://127.0.0.1:" + adminPort + path);
  }

  private static JsonNode read(String text) {
    try {
      return JSON.readTree(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String text(HttpRequest request) {
    try {
      HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
      if (response.statusCode() != 200) {
        throw new IllegalStateException(
            request.uri() + " answered " + response.statusCode() + ": " + response.body());
      }
      return response.body();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Asks again until the answer is as expected; fails with the last answer. */
  public JsonNode await(String path, Predicate<JsonNode> expected) {
    return Await.value(BOUND, () -> get(path), expected);
  }

  /** All that it has printed. */
  public String logs() {
    return process.logs();
  }

  @Override
  public void close() {
    process.close();
    http.close();
  }

  private void awaitReady() {
    process.awaitReady(START_BOUND, this::isReady);
  }

  private boolean isReady() {
    try {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + adminPort + "/health/readiness"))
              .timeout(Duration.ofSeconds(10))
              .build();
      return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
    } catch (IOException notYet) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private ChildProcess launch() {
    List<String> command = new ArrayList<>();
    if (handles > 0) {
      command.addAll(List.of("sh", "-c", "ulimit -n " + handles + "; exec \"$@\"", "sh"));
    }
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xmx256m",
            // What users see, and not what tests of this module print.
            "-Dlogback.configurationFile=logback.xml",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-cp",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            main,
            "serve",
            "--config",
            folder.resolve("skiff.yaml").toString()));
    return ChildProcess.start(
        "skiff serve", new ProcessBuilder(command), folder.resolve("skiff.log"));
  }
}
