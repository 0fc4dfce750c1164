package dev.skiffmesh.e2e.scenarios.everywhere;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.model.Locality;
import dev.skiffmesh.api.model.ProxyIdentity;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.policy.scope.ScopeMode;
import dev.skiffmesh.api.policy.timeout.TimeoutSpec;
import dev.skiffmesh.api.status.Finding;
import dev.skiffmesh.api.status.FindingCode;
import dev.skiffmesh.bootstrap.BootstrapRequest;
import dev.skiffmesh.e2e.parts.FreePorts;
import dev.skiffmesh.e2e.parts.RequiresKubernetes;
import dev.skiffmesh.e2e.scenarios.Await;
import dev.skiffmesh.e2e.scenarios.everywhere.PolicyStores.Store;
import dev.skiffmesh.server.app.SkiffServer;
import dev.skiffmesh.server.config.ConfigReader;
import dev.skiffmesh.server.status.MeshReport;
import dev.skiffmesh.translator.Translation;
import dev.skiffmesh.translator.Translator;
import dev.skiffmesh.translator.policy.PolicyKinds;
import dev.skiffmesh.translator.reference.CustomResources;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A document is the same wherever it is kept: in a file, in etcd, in Nacos's configuration, in
 * Kubernetes. All of them are real.
 */
@RequiresKubernetes
@Timeout(180)
class SameDocumentEverywhereTest {

  private static final Duration BOUND = Duration.ofSeconds(90);

  private static final String SERVICES =
      """
      apiVersion: skiffmesh.dev/v1alpha1
      kind: Service
      metadata: {name: order, namespace: trading}
      spec:
        aliases: [ORDER_SERVICE]
        ports: [{name: http, port: 8080, protocol: http}]
        endpoints: [{address: 10.0.0.1, port: 9001, labels: {version: v1}}]
      """;

  /** What is easily read differently: texts that look like numbers, decimals, lines, durations. */
  private static final Map<String, String> DOCUMENTS = documents();

  private static final DocumentKey PATIENCE =
      new DocumentKey("TimeoutPolicy", "trading", "patience");

  @TempDir static Path folder;

  private static @Nullable PolicyStores stores;

  @BeforeAll
  static void start() throws IOException {
    stores = new PolicyStores(folder);
  }

  @AfterAll
  static void end() {
    if (stores != null) {
      stores.close();
    }
  }

  @Test
  void givesTheSameBytes() throws Exception {
    Map<Store, SortedMap<String, String>> resources = new LinkedHashMap<>();
    for (Store store : Store.values()) {
      for (Map.Entry<String, String> document : DOCUMENTS.entrySet()) {
        stores().write(store, document.getKey(), document.getValue());
      }
      try (SkiffServer server = server("alone-" + store, List.of(store))) {
        MeshReport report =
            await(
                server,
                now ->
                    now.policies().size() == DOCUMENTS.size()
                        && now.policies().stream()
                            .allMatch(policy -> policy.status().accepted().status()));
        resources.put(store, resources(report));
      }
      for (Map.Entry<String, String> document : DOCUMENTS.entrySet()) {
        stores().delete(store, document.getKey(), document.getValue());
      }
    }

    SortedMap<String, String> files = requireNonNull(resources.get(Store.FILE));
    assertThat(files.keySet()).anyMatch(name -> name.contains("order"));
    assertThat(resources.values()).allSatisfy(found -> assertThat(found).isEqualTo(files));
  }

  @Test
  void inTwoStoresIsAFindingAndTheConfiguredOrderDecides() throws Exception {
    List<Store> order = List.of(Store.KUBERNETES, Store.ETCD, Store.NACOS, Store.FILE);
    for (int i = 0; i < order.size(); i++) {
      stores().write(order.get(i), "patience", patience(i + 1));
    }
    try (SkiffServer server = server("all", order)) {
      for (int i = 0; i < order.size(); i++) {
        int seconds = i + 1;
        MeshReport report =
            await(
                server,
                now ->
                    request(now).equals(Duration.ofSeconds(seconds))
                        && duplicates(now) == order.size() - seconds);
        assertThat(report.findings())
            .filteredOn(finding -> finding.code() == FindingCode.DUPLICATE_DOCUMENT)
            .extracting(Finding::subject)
            .containsOnly(
                Collections.nCopies(order.size() - seconds, PATIENCE.toString())
                    .toArray(String[]::new));
        if (i < order.size() - 1) {
          stores().delete(order.get(i), "patience", patience(seconds));
        }
      }

      // One that comes to a store of lower priority says in the cluster itself that it does not
      // count.
    }
    try (SkiffServer server = server("last", List.of(Store.FILE, Store.KUBERNETES))) {
      stores().write(Store.KUBERNETES, "patience", patience(9));
      await(server, now -> duplicates(now) == 1);
      Await.until(BOUND, "the status", () -> reason().equals("Conflicted"));
      stores().delete(Store.FILE, "patience", "");
      await(server, now -> request(now).equals(Duration.ofSeconds(9)));
      Await.until(BOUND, "the status", () -> reason().equals("Accepted"));
      stores().delete(Store.KUBERNETES, "patience", patience(9));
    }
  }

  private static long duplicates(MeshReport report) {
    return report.findings().stream()
        .filter(finding -> finding.code() == FindingCode.DUPLICATE_DOCUMENT)
        .count();
  }

  private static Duration request(MeshReport report) {
    return report
        .policy(PATIENCE)
        .flatMap(policy -> policy.inForce())
        .map(policy -> policy.spec() instanceof TimeoutSpec spec ? spec.request() : null)
        .orElse(Duration.ZERO);
  }

  /** Of the condition Accepted, as the API server has it. */
  private static String reason() {
    var resource =
        stores()
            .cluster()
            .genericKubernetesResources(
                new ResourceDefinitionContext.Builder()
                    .withGroup(CustomResources.GROUP)
                    .withVersion(CustomResources.VERSION)
                    .withKind(PATIENCE.kind())
                    .withPlural("timeoutpolicies")
                    .withNamespaced(true)
                    .build())
            .inNamespace(PATIENCE.namespace())
            .withName(PATIENCE.name())
            .get();
    return resource == null
        ? ""
        : String.valueOf(resource.<Object>get("status", "conditions", 0, "reason"));
  }

  private static MeshReport await(SkiffServer server, Predicate<MeshReport> expected) {
    return Await.value(BOUND, server::report, now -> now.readiness().ready() && expected.test(now));
  }

  /** What a proxy beside {@code gateway} would be sent, byte by byte. */
  private static SortedMap<String, String> resources(MeshReport report) {
    Translator translator = new Translator("skiff-system", PolicyKinds.ALL, ScopeMode.ALL);
    ProxyIdentity identity =
        BootstrapRequest.sidecar(
            new ServiceId("trading", "gateway"),
            "127.0.0.1",
            1,
            Map.of(),
            List.of(),
            2,
            Locality.UNKNOWN);
    Translation translation =
        translator.translate(translator.view(translator.evaluate(report.world()), identity));
    SortedMap<String, String> resources = new TreeMap<>();
    translation
        .resources()
        .byKind()
        .forEach(
            (kind, byName) ->
                byName.forEach(
                    (name, resource) ->
                        resources.put(
                            kind + " " + name,
                            HexFormat.of().formatHex(resource.any().toByteArray()))));
    return resources;
  }

  private static SkiffServer server(String name, List<Store> order) throws Exception {
    Path home = Files.createDirectory(folder.resolve(name));
    Files.writeString(
        Files.createDirectory(home.resolve("services")).resolve("order.yaml"), SERVICES);
    StringBuilder policies = new StringBuilder();
    order.forEach(
        store -> policies.append("  - ").append(stores().configuration(store)).append('\n'));
    return SkiffServer.start(
        ConfigReader.read(
            """
            xds: {port: %d}
            admin: {port: 0}
            registries: [{type: file, name: local, path: services/}]
            scope: All
            policies:
            """
                    .formatted(FreePorts.next())
                + policies,
            "skiff.yaml",
            home,
            _ -> null));
  }

  private static PolicyStores stores() {
    return requireNonNull(stores);
  }

  private static String patience(int seconds) {
    return """
    apiVersion: skiffmesh.dev/v1alpha1
    kind: TimeoutPolicy
    metadata: {name: patience, namespace: trading}
    spec: {targetRefs: [{kind: Service, name: order}], request: %ds}
    """
        .formatted(seconds);
  }

  private static Map<String, String> documents() {
    Map<String, String> documents = new LinkedHashMap<>();
    documents.put("patience", patience(3));
    documents.put(
        "canary",
        """
        apiVersion: skiffmesh.dev/v1alpha1
        kind: TrafficRoute
        metadata:
          name: canary
          namespace: trading
          labels: {team: "007"}
          annotations: {note: "first\\nsecond"}
        spec:
          targetRefs: [{kind: Service, name: ORDER_SERVICE, port: 8080}]
          order: -3
          rules:
            # A comment, which only some stores keep.
            - name: exact
              matches:
                - headers: [{name: x-version, exact: "1.10"}, {name: x-flag, exact: "on"}]
                - path: {regex: "/v[0-9]+/.*"}
                  methods: [POST]
              destinations: [{labels: {version: v1}, weight: 95}, {labels: {version: "2"}, weight: 0}]
              stickyBy: {header: x-user-id}
              mirror: {labels: {version: v3}, percent: 0.5}
              requestHeaders: {set: {x-text: "täglich: #1"}}
            - name: reply
              matches: [{path: {prefix: /gone}}]
              reply:
                status: 410
                body: |
                  {"code": "GONE"}
                  second line
        """);
    documents.put(
        "scope",
        """
        apiVersion: skiffmesh.dev/v1alpha1
        kind: ScopePolicy
        metadata: {name: scope, namespace: trading}
        spec: {targetRefs: [{kind: Service, name: gateway}], mode: All}
        """);
    documents.put(
        "grant",
        """
        apiVersion: skiffmesh.dev/v1alpha1
        kind: PolicyGrant
        metadata: {name: grant, namespace: trading}
        spec: {from: [{namespace: sre}]}
        """);
    return Map.copyOf(documents);
  }
}
