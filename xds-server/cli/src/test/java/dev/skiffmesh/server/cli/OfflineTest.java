package dev.skiffmesh.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is said of files alone. */
class OfflineTest {

  private static final String MESH =
      """
      apiVersion: skiffmesh.dev/v1alpha1
      kind: Service
      metadata: {name: order, namespace: trading}
      spec:
        ports: [{name: http, port: 80, protocol: http}]
        endpoints:
          - {address: 10.1.0.1, port: 8080, labels: {version: v1}}
          - {address: 10.1.0.2, port: 8080, labels: {version: v2}}
      ---
      apiVersion: skiffmesh.dev/v1alpha1
      kind: TrafficRoute
      metadata: {name: order-gray, namespace: trading}
      spec:
        targetRefs: [{kind: Service, name: order}]
        rules:
          - name: gray
            matches: [{headers: [{name: x-lane, exact: gray}]}]
            destinations: [{labels: {version: v9}}]
      """;

  @TempDir Path folder;

  @Test
  void labels_that_no_instance_has_are_a_warning() throws IOException {
    Path file = Files.writeString(folder.resolve("mesh.yaml"), MESH);
    String warning =
        file
            + ":10: no instance of trading/order has version=v9, which rule gray sends calls to;"
            + " labels there: version=v1, version=v2 [SKF1107]";

    Run validated = Run.of("validate", "-f", file.toString());
    Run translated =
        Run.of("translate", "-f", file.toString(), "--proxy", "trading/order", "--to", "status");

    assertThat(validated.out()).contains(warning);
    assertThat(validated.err()).contains("2 documents, 1 to be looked at");
    assertThat(validated.code()).isEqualTo(Skiff.FINDING);
    assertThat(translated.err()).contains(warning);
    assertThat(translated.code()).isEqualTo(Skiff.FINDING);
  }

  @Test
  void nothing_is_said_where_the_instances_are_there_or_elsewhere() throws IOException {
    Path file = folder.resolve("mesh.yaml");
    Files.writeString(file, MESH.replace("v9", "v2"));
    assertThat(Run.of("validate", "-f", file.toString()).code()).isEqualTo(Skiff.OK);

    Files.writeString(
        file, MESH.replaceAll("(?m)^ +- \\{address.*\n", "").replace("endpoints:", ""));
    assertThat(Run.of("validate", "-f", file.toString()).code()).isEqualTo(Skiff.OK);
  }
}
