package dev.skiffmesh.e2e.scenarios.kubernetes;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skiffmesh.api.document.Decoded;
import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.document.RawDocument;
import dev.skiffmesh.api.status.Condition;
import dev.skiffmesh.api.status.Finding;
import dev.skiffmesh.api.status.FindingCode;
import dev.skiffmesh.api.status.KeptStatus;
import dev.skiffmesh.api.status.PolicyStatus;
import dev.skiffmesh.e2e.parts.KubeApiServer;
import dev.skiffmesh.e2e.parts.RequiresKubernetes;
import dev.skiffmesh.e2e.scenarios.Await;
import dev.skiffmesh.registry.core.Backoff;
import dev.skiffmesh.registry.core.TestingSink;
import dev.skiffmesh.registry.core.TestingSink.Seen;
import dev.skiffmesh.registry.kubernetes.KubernetesPolicySettings;
import dev.skiffmesh.registry.kubernetes.KubernetesPolicySource;
import dev.skiffmesh.registry.kubernetes.KubernetesSettings;
import dev.skiffmesh.registry.kubernetes.Selection;
import dev.skiffmesh.translator.Translator;
import dev.skiffmesh.translator.policy.PolicyDescriptor;
import dev.skiffmesh.translator.policy.PolicyKind;
import dev.skiffmesh.translator.policy.PolicyKinds;
import dev.skiffmesh.translator.reference.CustomResources;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Policies as custom resources, on a real API server, which checks what it is given. */
@RequiresKubernetes
@Timeout(180)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class KubernetesPolicyTest {

  private static final Duration BOUND = Duration.ofSeconds(90);
  private static final Path ROOT = Path.of("../..");

  private static @Nullable KubeApiServer server;
  private static @Nullable Cluster cluster;

  @BeforeAll
  static void startServer() {
    server = KubeApiServer.start();
    cluster = new Cluster(server);
    for (String name : List.of("trading", "skiff-system")) {
      cluster.apply(new NamespaceBuilder().withNewMetadata().withName(name).endMetadata().build());
    }
  }

  @AfterAll
  static void closeServer() {
    if (cluster != null) {
      cluster.close();
    }
    if (server != null) {
      server.close();
    }
  }

  /** First, since no test after it can see a cluster without definitions. */
  @Test
  @Order(1)
  void aMissingDefinitionIsAFindingAndNoLoss() throws Exception {
    TestingSink sink = new TestingSink();
    try (KubernetesPolicySource source = source("early", false)) {
      source.start(sink);
      Seen seen = sink.await("the sync", Seen::isSynced);

      assertThat(seen.allFindings())
          .extracting(Finding::code)
          .hasSize(PolicyKinds.ALL.size())
          .containsOnly(FindingCode.DEFINITION_MISSING);
      assertThat(seen.allFindings().getFirst().message())
          .contains("skiff crds | kubectl apply --server-side -f -");
      assertThat(seen.lost()).isNull();

      install();
      apply("timeoutpolicy");
      sink.await(
          "the first policy", now -> now.policies().size() == 1 && now.allFindings().isEmpty());
    }
  }

  @Test
  @Order(2)
  void everyDefinitionIsStructuralAndEveryExampleIsTaken() throws Exception {
    install();
    for (PolicyDescriptor<?> kind : kinds()) {
      CustomResourceDefinition definition =
          cluster()
              .client()
              .apiextensions()
              .v1()
              .customResourceDefinitions()
              .withName(CustomResources.name(kind))
              .get();
      assertThat(definition.getStatus().getConditions())
          .noneMatch(condition -> condition.getType().equals("NonStructuralSchema"))
          .anyMatch(
              condition ->
                  condition.getType().equals("Established")
                      && condition.getStatus().equals("True"));
      apply(kind.kind().toLowerCase(java.util.Locale.ROOT));
    }
  }

  @ParameterizedTest
  @Order(3)
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          TimeoutPolicy | {targetRefs: [{kind: Service, name: a}]} | must have at least one of `connect`, `request` and `idle`
          TimeoutPolicy | {targetRefs: [{kind: Service}], idle: 1m} | must have a `name` if its `kind` is 'Service'
          TimeoutPolicy | {targetRefs: [{kind: Mesh, name: a}], idle: 1m} | must not have a `name` unless its `kind` is 'Service' or 'Namespace'
          TimeoutPolicy | {targetRefs: [{kind: Mesh, namespace: a}], idle: 1m} | must not have a `namespace` unless its `kind` is 'Service'
          TimeoutPolicy | {targetRefs: [{kind: Mesh}], connect: 2h} | must be from 1ms to 1h
          TimeoutPolicy | {targetRefs: [{kind: Mesh}], connect: 2 hours} | spec.connect
          TimeoutPolicy | {targetRefs: [{kind: Mesh}], idle: 1m, expiresAfter: 1h, expiresAt: "2030-01-01T00:00:00Z"} | must have at most one of `expiresAfter` and `expiresAt`
          TimeoutPolicy | {targetRefs: [{kind: Everything}], idle: 1m} | Unsupported value
          TimeoutPolicy | {idle: 1m} | spec.targetRefs: Required value
          TrafficRoute  | {targetRefs: [{kind: Mesh}], rules: [{matches: [{path: {exact: /a, prefix: /b}}]}]} | must have exactly one of `exact`, `prefix`, `template` and `regex`
          TrafficRoute  | {targetRefs: [{kind: Mesh}], rules: [{redirect: {host: a}, reply: {status: 200}}]} | must have at most one of `destinations`, `redirect` and `reply`
          TrafficRoute  | {targetRefs: [{kind: Mesh}], rules: [{mirror: {percent: 101}}]} | should be less than or equal to 100
          TrafficRoute  | {targetRefs: [{kind: Mesh}], rules: [{destinations: [{namespace: b}]}]} | must not have a `namespace` without a `service`
          TrafficRoute  | {targetRefs: [{kind: Mesh}], rules: [{mirror: {namespace: b}}]} | must not have a `namespace` without a `service`
          ScopePolicy   | {targetRefs: [{kind: Mesh}], uses: []} | must have at least one of `mode` and `uses`
          ScopePolicy   | {targetRefs: [{kind: Mesh}], uses: [{}]} | must have at least one of `service` and `namespace`
          """)
  void whatSkiffWouldRefuseIsRefusedAtOnce(String kind, String spec, String message) {
    assertThatThrownBy(() -> cluster().apply(document(kind, "wrong", spec)))
        .isInstanceOf(KubernetesClientException.class)
        .hasMessageContaining(message);
  }

  /**
   * 64 rules with 16 matches each are as many as one policy may have; a mark doubles what it stands
   * in.
   */
  @Test
  @Order(3)
  void aPolicyIsTakenUpToTheBoundOfItsRoutes() throws Exception {
    cluster().apply(document("TrafficRoute", "bound", routes(64, 16, "")));
    assertThatThrownBy(
            () ->
                cluster()
                    .apply(
                        document(
                            "TrafficRoute", "beyond", routes(64, 16, ", marks: {a: b, c: d}"))))
        .isInstanceOf(KubernetesClientException.class)
        .hasMessageContaining("must be at most 1024 routes");
    cluster().apply(document("TrafficRoute", "marked", routes(32, 16, ", marks: {a: b}")));
  }

  private static String routes(int rules, int matches, String more) {
    String match = "{headers: [{name: x-user, exact: a}]" + more + "}";
    String rule = "{matches: [" + String.join(", ", Collections.nCopies(matches, match)) + "]}";
    return "{targetRefs: [{kind: Service, name: a}], rules: ["
        + String.join(", ", Collections.nCopies(rules, rule))
        + "]}";
  }

  @Test
  @Order(4)
  void aMisspeltFieldReachesSkiffWhichNamesIt() throws Exception {
    TestingSink sink = new TestingSink();
    try (KubernetesPolicySource source = source("names", false)) {
      source.start(sink);
      cluster()
          .apply(
              document(
                  "TrafficRoute",
                  "misspelt",
                  "{targetRefs: [{kind: Service, name: a}], rules: [{destinations: [{wieght:"
                      + " 3}]}]}"));
      DocumentKey key = new DocumentKey("TrafficRoute", "trading", "misspelt");
      Seen seen = sink.await("the document", now -> now.policies().containsKey(key));

      RawDocument document = requireNonNull(seen.policies().get(key));
      assertThat(document.origin().toString()).isEqualTo("TrafficRoute trading/misspelt");
      Decoded<?> decoded = new Translator("skiff-system").decode(document, 1);
      assertThat(decoded.toString())
          .contains("spec.rules[0].destinations[0].wieght")
          .contains("did you mean `weight`?");
    }
  }

  @Test
  @Order(5)
  void statusIsWrittenOnceByOneReplica() throws Exception {
    cluster()
        .apply(
            document(
                "TimeoutPolicy", "kept", "{targetRefs: [{kind: Service, name: a}], idle: 1m}"));
    DocumentKey key = new DocumentKey("TimeoutPolicy", "trading", "kept");
    TestingSink sink = new TestingSink();
    TestingSink other = new TestingSink();
    try (KubernetesPolicySource one = source("one", true);
        KubernetesPolicySource two = source("one", true)) {
      one.start(sink);
      two.start(other);
      String text = text(sink, key);
      assertThat(text(other, key)).isEqualTo(text).doesNotContain("managedFields");
      keep(one, key, text, 1, false);
      keep(two, key, text, 1, false);

      GenericKubernetesResource first = awaitStatus("kept", "Programmed", "False");
      assertThat(condition(first, "Accepted"))
          .containsEntry("status", "True")
          .containsEntry("reason", "Accepted")
          .containsEntry("observedGeneration", 1);
      assertThat(status(first)).containsEntry("target", "Service a");
      assertThat(status(first).get("proxies"))
          .isEqualTo(Map.of("targeted", 2, "acked", 0, "rejected", 0, "summary", "0/2"));

      // The same again and again, by both, and then something else: one more write, and no other.
      for (int i = 0; i < 50; i++) {
        keep(one, key, text, 1, false);
        keep(two, key, text, 1, false);
      }
      keep(one, key, text, 1, true);
      keep(two, key, text, 1, true);
      GenericKubernetesResource second = awaitStatus("kept", "Programmed", "True");
      assertThat(condition(second, "Accepted").get("lastTransitionTime"))
          .isEqualTo(condition(first, "Accepted").get("lastTransitionTime"));
      assertThat(versions("kept")).as("writes of the status").hasSizeLessThanOrEqualTo(2);
      assertThat(sink.events())
          .as("a status changes no document")
          .filteredOn(event -> event.toString().contains("kept"))
          .hasSize(1);

      cluster()
          .apply(
              document(
                  "TimeoutPolicy", "kept", "{targetRefs: [{kind: Service, name: a}], idle: 2m}"));
      String changed = Await.value(BOUND, () -> text(sink, key), now -> !now.equals(text));
      // What speaks of the version before is not written to the new one.
      keep(one, key, text, 1, false);
      keep(two, key, text, 1, false);
      keep(one, key, changed, 2, true);
      keep(two, key, changed, 2, true);
      Await.until(
          BOUND,
          "the new generation",
          () ->
              Integer.valueOf(2)
                  .equals(condition(resource("kept"), "Accepted").get("observedGeneration")));
      assertThat(condition(resource("kept"), "Programmed")).containsEntry("status", "True");
    }
  }

  private final Set<String> versions = new TreeSet<>();

  /** Of the status alone: the spec was written once. */
  private Set<String> versions(String name) {
    resource(name)
        .getMetadata()
        .getManagedFields()
        .forEach(
            field -> {
              if ("status".equals(field.getSubresource())) {
                versions.add(field.getTime());
              }
            });
    return versions;
  }

  private static void keep(
      KubernetesPolicySource source, DocumentKey key, String text, long generation, boolean done) {
    PolicyStatus status =
        new PolicyStatus(
            key,
            generation,
            new Condition(Condition.Type.ACCEPTED, true, Condition.Reason.ACCEPTED, "", generation),
            new Condition(
                Condition.Type.PROGRAMMED,
                done,
                done ? Condition.Reason.PROGRAMMED : Condition.Reason.PENDING,
                "",
                generation),
            new PolicyStatus.Proxies(2, done ? 2 : 0, 0));
    source.keep(List.of(new KeptStatus(status, source.name(), text, "Service a")));
  }

  private static String text(TestingSink sink, DocumentKey key) throws RuntimeException {
    try {
      return requireNonNull(
              sink.await("the document", now -> now.policies().containsKey(key))
                  .policies()
                  .get(key))
          .text();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted", e);
    }
  }

  private static GenericKubernetesResource awaitStatus(String name, String type, String value) {
    return Await.value(
        BOUND, () -> resource(name), found -> value.equals(condition(found, type).get("status")));
  }

  private static GenericKubernetesResource resource(String name) {
    return requireNonNull(cluster().timeoutPolicy(name));
  }

  private static Map<String, Object> status(GenericKubernetesResource resource) {
    return fields(resource.getAdditionalProperties().get("status"));
  }

  private static Map<String, Object> condition(GenericKubernetesResource resource, String type) {
    List<Map<String, Object>> found = new ArrayList<>();
    if (status(resource).get("conditions") instanceof List<?> conditions) {
      conditions.forEach(condition -> found.add(fields(condition)));
    }
    return found.stream()
        .filter(condition -> type.equals(condition.get("type")))
        .findFirst()
        .orElse(Map.of());
  }

  private static Map<String, Object> fields(@Nullable Object value) {
    Map<String, Object> fields = new TreeMap<>();
    if (value instanceof Map<?, ?> map) {
      map.forEach((name, field) -> fields.put(String.valueOf(name), requireNonNull(field)));
    }
    return fields;
  }

  private static void install() throws IOException {
    for (PolicyDescriptor<?> kind : kinds()) {
      cluster()
          .apply(
              Files.readString(
                  ROOT.resolve("manifests/crds").resolve(CustomResources.name(kind) + ".yaml")));
    }
    for (PolicyDescriptor<?> kind : kinds()) {
      Await.until(
          BOUND,
          "the definition of " + kind.kind(),
          () ->
              cluster()
                  .client()
                  .apiextensions()
                  .v1()
                  .customResourceDefinitions()
                  .withName(CustomResources.name(kind))
                  .get()
                  .getStatus()
                  .getConditions()
                  .stream()
                  .anyMatch(
                      condition ->
                          condition.getType().equals("Established")
                              && condition.getStatus().equals("True")));
    }
  }

  private static void apply(String example) throws IOException {
    cluster().apply(Files.readString(ROOT.resolve("examples/policies").resolve(example + ".yaml")));
  }

  private static List<? extends PolicyDescriptor<?>> kinds() {
    return PolicyKinds.ALL.stream().map(PolicyKind::descriptor).toList();
  }

  private static String document(String kind, String name, String spec) {
    return "apiVersion: skiffmesh.dev/v1alpha1\nkind: "
        + kind
        + "\nmetadata: {name: "
        + name
        + ", namespace: trading}\nspec: "
        + spec
        + "\n";
  }

  private static Cluster cluster() {
    return requireNonNull(cluster);
  }

  private static KubernetesPolicySource source(String name, boolean writesStatus) {
    KubeApiServer running = requireNonNull(server);
    KubernetesSettings settings =
        new KubernetesSettings(
            name,
            new KubernetesSettings.Access(
                null, null, running.url(), running.adminToken(), running.certificate()),
            new Selection(new TreeSet<>(), new TreeMap<>()),
            KubernetesSettings.Timing.DEFAULT.paced(
                Duration.ofMillis(500), Duration.ofSeconds(5), Backoff.DEFAULT));
    return new KubernetesPolicySource(
        new KubernetesPolicySettings(
            settings,
            CustomResources.GROUP,
            CustomResources.VERSION,
            kinds().stream()
                .map(kind -> new KubernetesPolicySettings.CustomKind(kind.kind(), kind.plural()))
                .toList(),
            new KubernetesPolicySettings.StatusSettings(writesStatus, "skiff-system")));
  }
}
