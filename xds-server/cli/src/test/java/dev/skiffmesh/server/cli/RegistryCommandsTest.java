package dev.skiffmesh.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.server.app.ServerFolder;
import dev.skiffmesh.server.app.SkiffServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Two registries that know the same service, as an operator sees them. */
class RegistryCommandsTest {

  private static final String OLD =
      """
      apiVersion: skiffmesh.dev/v1alpha1
      kind: Service
      metadata: {name: order, namespace: trading}
      spec:
        aliases: [ORDER_SERVICE]
        ports: [{name: http, port: 80, protocol: http}, {name: grpc, port: 9090, protocol: grpc}]
        endpoints:
          - {address: 127.0.0.1, ports: {http: 9001}, weight: 9}
          - {address: 10.1.0.1, additionalAddresses: ["fd00::1"], ports: {http: 8080, grpc: 9090}, labels: {version: v1}, zone: a}
          - {address: 10.1.0.2, ports: {http: 8080}, weight: 2.5, zone: b}
          - {address: 10.1.0.3, ports: {http: 8080}, enabled: false}
          - {address: 10.1.0.4, ports: {http: 8080}, health: Unhealthy}
          - {address: 10.1.0.5, ports: {http: 8080}, health: Draining}
          - {address: 10.1.0.6, ports: {http: 8080}, weight: 0}
          - {address: "fd00::9", ports: {http: 8080}}
      """;

  private static SkiffServer start(Path folder) throws Exception {
    Path old = Files.createDirectories(folder.resolve("old"));
    Files.writeString(old.resolve("order.yaml"), OLD);
    return started(ServerFolder.in(folder), old);
  }

  private static SkiffServer started(ServerFolder mesh, Path old) throws Exception {
    SkiffServer server = SkiffServer.start(mesh.withRegistry("old", old));
    ServerFolder.await("a ready server", () -> server.report().readiness().ready());
    return server;
  }

  private static Run run(SkiffServer server, String... arguments) {
    String[] all = java.util.Arrays.copyOf(arguments, arguments.length + 2);
    all[arguments.length] = "--server";
    all[arguments.length + 1] = "http://127.0.0.1:" + server.adminPort();
    return Run.of(all);
  }

  @Test
  void wideSaysWhereEachEndpointComesFromAndWhyItIsUsedOrNot(@TempDir Path folder)
      throws Exception {
    try (SkiffServer server = start(folder)) {
      Run wide = run(server, "get", "endpoints", "order", "-o", "wide");

      assertThat(wide.code()).isEqualTo(Skiff.OK);
      assertThat(wide.out().lines().map(line -> line.strip().replaceAll(" {2,}", " | ")))
          .satisfiesExactly(
              head ->
                  assertThat(head)
                      .isEqualTo(
                          "SERVICE | ADDRESS | WEIGHT | HEALTH | IN USE | LABELS | REGISTRY |"
                              + " CLUSTER | ZONE | AGE | WHY"),
              one ->
                  assertThat(one)
                      .matches(
                          "trading/order \\| 127.0.0.1:9001 \\| 1 \\| Healthy \\| yes \\|"
                              + " .*version=v1 \\| local .*s"),
              one ->
                  assertThat(one).contains("10.1.0.1 grpc:9090 http:8080", "| yes |", "old | a |"),
              one -> assertThat(one).contains("10.1.0.2:8080 | 2.5 | Healthy | yes |"),
              one -> assertThat(one).contains("Disabled | no |").endsWith("it is disabled"),
              one -> assertThat(one).contains("Unhealthy | no |").endsWith("it is unhealthy"),
              one -> assertThat(one).contains("Draining | no |").endsWith("it is ending"),
              one -> assertThat(one).contains("| 0 | Healthy | no |").endsWith("its weight is 0"),
              one ->
                  assertThat(one)
                      .contains("127.0.0.1:9001", "| no |", "old")
                      .endsWith("the same address and port stand in 'local', which counts"),
              one -> assertThat(one).contains("[fd00::9]:8080"));
    }
  }

  @Test
  void yamlSaysWhatJsonSays(@TempDir Path folder) throws Exception {
    try (SkiffServer server = start(folder)) {
      for (String what : new String[] {"services", "endpoints", "registries", "findings"}) {
        JsonNode json = JsonMapper.shared().readTree(run(server, "get", what, "-o", "json").out());
        String yaml = run(server, "get", what, "-o", "yaml").out();

        assertThat(yaml).as(what).startsWith("items:");
        assertThat(new Load(LoadSettings.builder().build()).loadFromString(yaml))
            .as(what)
            .isEqualTo(JsonMapper.shared().convertValue(json, Object.class));
      }
    }
  }

  @Test
  void aFileThatWasExportedIsTheSameServiceElsewhere(@TempDir Path folder, @TempDir Path other)
      throws Exception {
    String exported;
    String before;
    try (SkiffServer server = start(folder)) {
      Run run = run(server, "registry", "export", "old/trading/order", "--as", "file");
      assertThat(run.code()).isEqualTo(Skiff.OK);
      assertThat(run.err()).isEmpty();
      exported = run.out();
      before = said(server);
    }
    Files.writeString(other.resolve("order.yaml"), exported);
    Path empty = Files.createDirectories(folder.resolve("second"));
    try (SkiffServer server = started(ServerFolder.in(empty), other)) {
      assertThat(said(server)).isEqualTo(before);
    }
  }

  private static String said(SkiffServer server) throws IOException {
    Run json = run(server, "registry", "export", "old/order", "--as", "file");
    assertThat(json.code()).as(json.err()).isEqualTo(Skiff.OK);
    return json.out();
  }

  @Test
  void aServiceAsKubernetesWouldHaveIt(@TempDir Path folder) throws Exception {
    try (SkiffServer server = start(folder)) {
      Run run = run(server, "registry", "export", "old/order", "-n", "shop");

      assertThat(run.code()).isEqualTo(Skiff.OK);
      assertThat(run.err().lines())
          .containsExactly(
              "Weights are left out: an EndpointSlice has none.",
              "Labels of instances are left out: an EndpointSlice has none.",
              "Second addresses of instances are left out: in an EndpointSlice only a pod has two.",
              "Aliases are left out: ORDER_SERVICE.");
      assertThat(run.out())
          .startsWith("apiVersion: v1\nkind: Service\n")
          .contains("namespace: shop", "kubernetes.io/service-name: order")
          .doesNotContain("trading");
      // One slice for each set of ports and each family.
      assertThat(run.out().split("kind: EndpointSlice", -1)).hasSize(1 + 4);
    }
  }

  /** U+202E turns a line around, and ESC moves a terminal's cursor. */
  @Test
  void whatATerminalWouldObeyIsPrintedAsTextThatIsStillTheSame(@TempDir Path folder)
      throws Exception {
    String odd = "v\u001b[2J\u202e1";
    Path old = Files.createDirectories(folder.resolve("old"));
    Files.writeString(
        old.resolve("order.yaml"),
        OLD.replace("version: v1", "version: \"v\\e[2J\\u202e1\"")
            .replace("[ORDER_SERVICE]", "[\"a\\e[2J\"]"));
    try (SkiffServer server = started(ServerFolder.in(folder), old)) {
      Run file = run(server, "registry", "export", "old/order", "--as", "file");
      assertThat(file.code()).as(file.err()).isEqualTo(Skiff.OK);
      assertThat(file.out()).doesNotContain("\u001b", "\u202e");
      assertThat(
              String.valueOf(new Load(LoadSettings.builder().build()).loadFromString(file.out())))
          .contains("version=" + odd);

      Run kubernetes = run(server, "registry", "export", "old/order");
      assertThat(kubernetes.err()).contains("Aliases are left out").doesNotContain("\u001b");
    }
  }

  @Test
  void whatCannotBeNamedIsSaid(@TempDir Path folder) throws Exception {
    try (SkiffServer server = start(folder)) {
      Run nobody = run(server, "registry", "export", "old/quote");
      assertThat(nobody.code()).isEqualTo(Skiff.FINDING);
      assertThat(nobody.err()).contains("'old' has no service 'quote'");
      Run nowhere = run(server, "registry", "export", "new/order");
      assertThat(nowhere.code()).isNotEqualTo(Skiff.OK);
      assertThat(nowhere.err()).contains("new").contains("local", "old");
      Run whole = run(server, "registry", "export", "old");
      assertThat(whole.code()).isEqualTo(Skiff.USAGE);
      assertThat(whole.err()).contains("must be named as REGISTRY/SERVICE, found 'old'");
      Run believed = run(server, "registry", "accept", "old/order");
      assertThat(believed.code()).isEqualTo(Skiff.FINDING);
      assertThat(believed.err()).contains("Nothing is held back of 'old/order'.");
      assertThat(run(server, "registry", "accept", "new").err()).contains("local", "old");
    }
  }
}
