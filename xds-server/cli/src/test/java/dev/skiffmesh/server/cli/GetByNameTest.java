package dev.skiffmesh.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.server.app.ServerFolder;
import dev.skiffmesh.server.app.SkiffServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code skiff get WHAT NAME}: the one that is meant, or why there is none. */
class GetByNameTest {

  private static SkiffServer server;

  @BeforeAll
  static void start(@TempDir Path folder) throws Exception {
    ServerFolder mesh =
        ServerFolder.in(folder)
            .withPolicy("trading.yaml", policy("trading"))
            .withPolicy("research.yaml", policy("research"));
    write(folder, "research", "order", "[ORDER_SERVICE]", "[{address: 127.0.0.1, port: 9002}]");
    write(folder, "trading", "quote", "[]", "[]");
    server = SkiffServer.start(mesh.config());
    ServerFolder.await("a ready server", () -> server.report().readiness().ready());
  }

  @AfterAll
  static void close() {
    server.close();
  }

  private static void write(
      Path folder, String namespace, String name, String aliases, String endpoints)
      throws IOException {
    Files.writeString(
        folder.resolve("services/" + namespace + "-" + name + ".yaml"),
        """
        apiVersion: skiffmesh.dev/v1alpha1
        kind: Service
        metadata: {name: %s, namespace: %s}
        spec:
          aliases: %s
          ports: [{name: http, port: 80, protocol: http}]
          endpoints: %s
        """
            .formatted(name, namespace, aliases, endpoints));
  }

  private static String policy(String namespace) {
    return """
    apiVersion: skiffmesh.dev/v1alpha1
    kind: TimeoutPolicy
    metadata: {name: patience, namespace: %s}
    spec: {targetRefs: [{kind: Service, name: order}], request: 1s}
    """
        .formatted(namespace);
  }

  private static Run get(String... arguments) {
    List<String> all = new ArrayList<>(List.of("get"));
    all.addAll(List.of(arguments));
    all.addAll(List.of("--server", "http://127.0.0.1:" + server.adminPort()));
    return Run.of(all.toArray(String[]::new));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          services   | trading/order     | trading/order
          services   | order.research    | research/order
          services   | ORDER_SERVICE     | research/order
          services   | order             | research/order, trading/order
          services   | quote             | trading/quote
          endpoints  | trading/order     | trading/order
          endpoints  | order.research    | research/order
          endpoints  | order             | research/order, trading/order
          policies   | trading/patience  | trading/patience
          policies   | patience          | research/patience, trading/patience
          registries | local             | local
          """)
  void aNameMeansWhatItsFormSays(String what, String name, String shown) {
    Run run = get(what, name);

    assertThat(run.code()).as(run.err()).isEqualTo(Skiff.OK);
    assertThat(run.err()).isEmpty();
    int column = what.equals("policies") ? 1 : 0;
    assertThat(
            run.out()
                .lines()
                .skip(1)
                .filter(line -> !line.startsWith(" "))
                .map(line -> line.strip().split(" {2,}", -1)[column]))
        .containsExactly(shown.split(", ", -1));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          services   | trading/ordre    | The service 'trading/ordre' does not exist; did you mean 'trading/order'?
          services   | quote.research   | The service 'quote.research' does not exist
          endpoints  | ordre            | The service 'ordre' does not exist; did you mean 'order'?
          endpoints  | a&b=c d/%2F?#é   | The service 'a&b=c d/%2F?#é' does not exist
          policies   | trading/patienc  | The policy 'trading/patienc' does not exist; did you mean 'trading/patience'?
          policies   | order            | The policy 'order' does not exist
          proxies    | trading/order    | The proxy 'trading/order' does not exist; there are no proxies
          registries | locl             | The registry 'locl' does not exist; did you mean 'local'?
          """)
  void whatDoesNotExistIs1WithTheNameThatMayBeMeant(String what, String name, String message) {
    Run run = get(what, name);

    assertThat(run.err().strip()).startsWith(message);
    assertThat(run.out()).isEmpty();
    assertThat(run.code()).isEqualTo(Skiff.FINDING);
  }

  @Test
  void aServiceThatExistsAndHasNobodyIsSaidToBeThat() {
    Run run = get("endpoints", "quote");

    assertThat(run.err()).contains("The service 'quote' exists, and has no endpoints.");
    assertThat(run.out()).isEmpty();
    assertThat(run.code()).isEqualTo(Skiff.OK);
  }

  @Test
  void programsGetTheSameOnes() {
    assertThat(get("services", "order.research", "-o", "json").out())
        .contains("\"research\"")
        .doesNotContain("\"trading\"");
    assertThat(get("endpoints", "quote", "-o", "yaml").out()).isEqualTo("items: []\n");
  }
}
