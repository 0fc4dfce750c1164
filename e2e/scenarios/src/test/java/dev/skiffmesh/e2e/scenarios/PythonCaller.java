package dev.skiffmesh.e2e.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.skiffmesh.e2e.parts.ChildProcess;
import dev.skiffmesh.e2e.parts.FreePorts;
import dev.skiffmesh.e2e.parts.HttpProbe;
import dev.skiffmesh.e2e.parts.PythonGrpc;
import dev.skiffmesh.server.cli.Skiff;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A Python program that calls {@code order.trading} with gRPC C-core's own xDS client, from the
 * bootstrap that {@code skiff bootstrap --grpc} writes.
 */
final class PythonCaller implements AutoCloseable {

  private static final Duration START_BOUND = Duration.ofSeconds(40);

  /** The program gives each call 20 s. */
  private static final Duration BOUND = Duration.ofSeconds(60);

  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient http = HttpClient.newHttpClient();
  private final int port;
  private final ChildProcess process;

  private PythonCaller(int port, ChildProcess process) {
    this.port = port;
    this.process = process;
  }

  /** Starts it as the service {@code gateway}; it connects to the control plane when it calls. */
  static PythonCaller start(PythonGrpc grpc, Path folder, int xdsPort) {
    int port = FreePorts.next();
    ProcessBuilder script =
        grpc.script(List.of(program().toString(), "xds:///order.trading", Integer.toString(port)));
    script.environment().put("GRPC_XDS_BOOTSTRAP", bootstrap(folder, xdsPort).toString());
    script.environment().put("GRPC_VERBOSITY", "INFO");
    PythonCaller caller =
        new PythonCaller(
            port, ChildProcess.start("grpc_caller.py", script, folder.resolve("grpc_caller.log")));
    try {
      caller.process.awaitReady(START_BOUND, new HttpProbe(caller.uri(0)));
      return caller;
    } catch (RuntimeException e) {
      caller.close();
      throw e;
    }
  }

  private static Path program() {
    try {
      return Path.of(PythonCaller.class.getResource("/grpc_caller.py").toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException("a resource has an address", e);
    }
  }

  private static Path bootstrap(Path folder, int xdsPort) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int exit =
        Skiff.run(
            new PrintWriter(out),
            new PrintWriter(err),
            "bootstrap",
            "--grpc",
            "--service=gateway",
            "--namespace=trading",
            "--xds=127.0.0.1:" + xdsPort);
    assertThat(exit).as(err.toString()).isEqualTo(Skiff.OK);
    try {
      return Files.writeString(folder.resolve("grpc-bootstrap.json"), out.toString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Makes that many calls, one after the other; fails if one of them does.
   *
   * @return for each instance how often it answered
   */
  SortedMap<String, Integer> call(int count) {
    HttpRequest request = HttpRequest.newBuilder(uri(count)).timeout(BOUND).build();
    try {
      JsonNode answer =
          JSON.readTree(http.send(request, HttpResponse.BodyHandlers.ofString()).body());
      assertThat(answer.get("failures")).as("failed calls").isEmpty();
      SortedMap<String, Integer> answers = new TreeMap<>();
      for (Map.Entry<String, JsonNode> one : answer.get("answers").properties()) {
        answers.put(one.getKey(), one.getValue().asInt());
      }
      return answers;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** What gRPC and the program have printed. */
  String logs() {
    return process.logs();
  }

  private URI uri(int count) {
    return URI.create("http://127.0.0.1:" + port + "/" + count);
  }

  @Override
  public void close() {
    process.close();
    http.close();
  }
}
