package dev.skiffmesh.e2e.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.e2e.parts.Envoy;
import dev.skiffmesh.e2e.parts.Repository;
import dev.skiffmesh.e2e.parts.RequiresEnvoy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real Envoy takes what the golden cases of policy-translator hold, word for word: what passes
 * our own last check and not Envoy's would be rejected with its whole response.
 */
@RequiresEnvoy
class GoldensValidateTest {

  /** {@code --- # for trading/gateway (envoy 1.40), shaped by [...]} and what follows. */
  private static final Pattern DOCUMENT =
      Pattern.compile("(?m)^--- # for (\\S+) \\((\\w+)[^\\n]*\\n((?:(?!---).*\\n)*)");

  private static final Pattern NAME = Pattern.compile("(?m)^name: (.*)$");

  /** How the golden text writes {@code use_hash_policy}, which its classes do not know. */
  private static final String STICKY = "unknown_5: 0x0801";

  private static final String FRAME =
      """
      node: {id: golden, cluster: golden}
      layered_runtime:
        layers: [{name: skiff, static_layer: {re2.max_program_size.error_level: 65536}}]
      dynamic_resources:
        ads_config:
          api_type: DELTA_GRPC
          transport_api_version: V3
          grpc_services: [{envoy_grpc: {cluster_name: control-plane}}]
      static_resources:
        clusters:
          - {name: control-plane, type: STATIC, load_assignment: {cluster_name: control-plane}}
      """;

  private static final String LISTENER =
      """
          - name: golden-NUMBER
            address: {socket_address: {address: 127.0.0.1, port_value: PORT}}
            filter_chains:
              - filters:
                  - name: envoy.filters.network.http_connection_manager
                    typed_config:
                      "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                      stat_prefix: golden
                      http_filters:
                        - name: envoy.filters.http.router
                          typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}
                      route_config:
                        validate_clusters: false
      """;

  /** A resource of a golden file, for one proxy. */
  private record Golden(String proxy, String dialect, String text) {

    String name() {
      Matcher name = NAME.matcher(text);
      return name.find() ? name.group(1) : "";
    }
  }

  @TestFactory
  Stream<DynamicTest> envoyTakesEveryCase(@TempDir Path folder) throws IOException {
    Path goldens = goldens();
    List<Path> cases;
    try (Stream<Path> files = Files.walk(goldens)) {
      cases = files.filter(file -> file.endsWith("input.yaml")).map(Path::getParent).toList();
    }
    assertThat(cases).hasSizeGreaterThan(20);
    return cases.stream()
        .sorted()
        .filter(GoldensValidateTest::isForEnvoy)
        .map(
            golden ->
                DynamicTest.dynamicTest(
                    goldens.relativize(golden).toString(),
                    () ->
                        assertThat(validate(folder, bootstrap(golden)))
                            .as("what Envoy has against it")
                            .isEmpty()));
  }

  @Test
  void envoyRefusesWhatIsWrong(@TempDir Path folder) throws IOException {
    Path golden = goldens().resolve("trafficroute/accepted-canary");

    String broken = bootstrap(golden).replaceFirst("cluster: \"order", "clusterr: \"order");

    assertThat(validate(folder, broken))
        .hasValueSatisfying(said -> assertThat(said).contains("clusterr"));
  }

  private static Path goldens() {
    return Repository.root().orElseThrow().resolve("policy-translator/src/test/resources/goldens");
  }

  private static java.util.Optional<String> validate(Path folder, String bootstrap)
      throws IOException {
    return Envoy.validate(
        Files.writeString(Files.createTempFile(folder, "golden", ".yaml"), bootstrap));
  }

  private static boolean isForEnvoy(Path golden) {
    return Stream.of("virtual-hosts", "clusters", "routes", "listeners")
        .anyMatch(kind -> !read(golden, kind).isEmpty());
  }

  private static String bootstrap(Path golden) {
    StringBuilder bootstrap = new StringBuilder(FRAME);
    for (String cluster : once(read(golden, "clusters")).values()) {
      bootstrap.append(item(cluster, 4));
    }
    bootstrap.append("  listeners:\n");
    for (String listener : once(read(golden, "listeners")).values()) {
      bootstrap.append(item(listener, 4));
    }
    Map<String, List<Golden>> hosts = new LinkedHashMap<>();
    read(golden, "virtual-hosts")
        .forEach(host -> hosts.computeIfAbsent(host.proxy(), p -> new ArrayList<>()).add(host));
    int listeners = 0;
    for (List<Golden> ofProxy : hosts.values()) {
      bootstrap.append(listener(listeners++)).append(indent("name: golden\nvirtual_hosts:\n", 18));
      ofProxy.forEach(host -> bootstrap.append(item(host.text(), 20)));
    }
    for (Golden routes : read(golden, "routes")) {
      bootstrap.append(listener(listeners++)).append(indent(routes.text(), 18));
    }
    return bootstrap.toString();
  }

  /** The ports are never bound: Envoy only judges. */
  private static String listener(int number) {
    return LISTENER
        .replace("NUMBER", Integer.toString(number))
        .replace("PORT", Integer.toString(20_000 + number));
  }

  /** One name has one content, whoever gets it. */
  private static Map<String, String> once(List<Golden> resources) {
    Map<String, String> once = new LinkedHashMap<>();
    resources.forEach(resource -> once.put(resource.name(), resource.text()));
    return once;
  }

  private static List<Golden> read(Path golden, String kind) {
    Path file = golden.resolve(kind + ".yaml");
    if (!Files.exists(file)) {
      return List.of();
    }
    try {
      Matcher documents =
          DOCUMENT.matcher(Files.readString(file).replace(STICKY, "use_hash_policy: true"));
      List<Golden> resources = new ArrayList<>();
      while (documents.find()) {
        if (documents.group(2).equals("envoy")) {
          resources.add(new Golden(documents.group(1), documents.group(2), documents.group(3)));
        }
      }
      return resources;
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static String item(String text, int spaces) {
    String indented = indent(text, spaces + 2);
    return " ".repeat(spaces) + "- " + indented.substring(spaces + 2);
  }

  private static String indent(String text, int spaces) {
    String margin = " ".repeat(spaces);
    StringBuilder indented = new StringBuilder();
    text.lines().forEach(line -> indented.append(margin).append(line).append('\n'));
    return indented.toString();
  }
}
