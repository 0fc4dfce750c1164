package dev.skiffmesh.e2e.scenarios.kubernetes;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.source.SourceEvent;
import dev.skiffmesh.api.status.Condition;
import dev.skiffmesh.api.status.Finding;
import dev.skiffmesh.api.status.FindingCode;
import dev.skiffmesh.api.status.KeptStatus;
import dev.skiffmesh.api.status.PolicyStatus;
import dev.skiffmesh.e2e.parts.CuttableLink;
import dev.skiffmesh.e2e.parts.KubeApiServer;
import dev.skiffmesh.e2e.parts.RequiresKubernetes;
import dev.skiffmesh.e2e.scenarios.Await;
import dev.skiffmesh.registry.core.Backoff;
import dev.skiffmesh.registry.core.TestingSink;
import dev.skiffmesh.registry.core.TestingSink.Seen;
import dev.skiffmesh.registry.kubernetes.KubernetesPolicySettings;
import dev.skiffmesh.registry.kubernetes.KubernetesPolicySettings.CustomKind;
import dev.skiffmesh.registry.kubernetes.KubernetesPolicySource;
import dev.skiffmesh.registry.kubernetes.KubernetesSettings;
import dev.skiffmesh.registry.kubernetes.Selection;
import dev.skiffmesh.translator.policy.PolicyKind;
import dev.skiffmesh.translator.policy.PolicyKinds;
import dev.skiffmesh.translator.reference.CustomResources;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An API server that hangs, ends, comes back or forbids, under policies that are in force. */
@RequiresKubernetes
@Timeout(240)
class KubernetesPolicyOutageTest {

  private static final Duration BOUND = Duration.ofMinutes(2);

  private static @Nullable KubeApiServer server;
  private static @Nullable Cluster cluster;

  @BeforeAll
  static void startServer() {
    server = KubeApiServer.start();
    cluster = new Cluster(server);
    for (String name : List.of("trading", "skiff-system")) {
      cluster.apply(new NamespaceBuilder().withNewMetadata().withName(name).endMetadata().build());
    }
    for (PolicyKind<?> kind : PolicyKinds.ALL) {
      cluster.apply(CustomResources.yaml(kind.descriptor()));
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

  @Test
  void whatIsKnownStaysThroughAHangAndACrash() throws Exception {
    TestingSink sink = new TestingSink();
    try (KubernetesPolicySource source = source("outage", server().adminToken(), false)) {
      write("patience", 1);
      source.start(sink);
      sink.await(
          "the policy", seen -> seen.isSynced() && seen.policies().containsKey(key("patience")));

      server().pause();
      try {
        Seen seen = sink.await("the loss", now -> now.lost() != null);
        assertThat(seen.policies()).containsKey(key("patience"));
        assertThat(source.silence().orElseThrow()).isPositive();
      } finally {
        server().resume();
      }
      sink.await("that it goes on", Seen::isSynced);

      server().kill();
      sink.await("the loss", now -> now.lost() != null);
      server().restart();
      sink.await("the sync", Seen::isSynced);
      write("patience", 2);
      Await.until(
          BOUND, "a change after it", () -> text(sink.seen(), "patience").contains("\"2s\""));
      assertThat(sink.events()).noneMatch(event -> event instanceof SourceEvent.PolicyDeleted);
      assertThat(sink.events())
          .noneMatch(
              event ->
                  event instanceof SourceEvent.PortionFindings(_, _, var findings)
                      && findings.stream()
                          .anyMatch(finding -> finding.code() == FindingCode.DEFINITION_MISSING));
    }
  }

  @Test
  void connectionsThatTheNetworkForgetsAreReplaced() throws Exception {
    TestingSink sink = new TestingSink();
    try (CuttableLink link = CuttableLink.to(server().port());
        KubernetesPolicySource source =
            source("forgotten", "https://127.0.0.1:" + link.port(), server().adminToken(), false)) {
      write("changed", 1);
      write("deleted", 1);
      source.start(sink);
      sink.await(
          "the policies",
          seen ->
              seen.isSynced()
                  && seen.policies().keySet().containsAll(Set.of(key("changed"), key("deleted"))));

      link.forget();
      write("changed", 2);
      cluster().delete(requireNonNull(cluster().timeoutPolicy("deleted")));
      sink.await(
          "what came meanwhile",
          seen ->
              seen.isSynced()
                  && !seen.policies().containsKey(key("deleted"))
                  && text(seen, "changed").contains("\"2s\""));
    }
  }

  @Test
  void theRolesOfTheManifestAreEnoughAndLessIsTold() throws Exception {
    TestingSink sink = new TestingSink();
    try (KubernetesPolicySource source = source("roles", server().readerToken(), true)) {
      write("mine", 1);
      source.start(sink);
      sink.await(
          "the refusal", now -> now.lost() != null && now.lost().contains("refuses to list"));
      sink.await(
          "the finding",
          now ->
              now.allFindings().stream()
                  .map(Finding::code)
                  .anyMatch(FindingCode.NOT_READABLE::equals));

      cluster()
          .apply(
              Files.readString(Path.of("../../manifests/kubernetes/policies-rbac.yaml"))
                  .replace(
                      "  - kind: ServiceAccount\n    name: skiff\n    namespace: skiff-system",
                      "  - {kind: User, name: reader, apiGroup: rbac.authorization.k8s.io}"));
      sink.await(
          "the policy",
          now ->
              now.isSynced()
                  && now.policies().containsKey(key("mine"))
                  && now.allFindings().isEmpty());
      source.keep(List.of(kept(source.name(), text(sink.seen(), "mine"))));
      Await.until(BOUND, "the status", () -> condition("mine").equals("True"));
    }
  }

  private static KeptStatus kept(String source, String text) {
    return new KeptStatus(
        new PolicyStatus(
            key("mine"),
            1,
            new Condition(Condition.Type.ACCEPTED, true, Condition.Reason.ACCEPTED, "", 1),
            new Condition(Condition.Type.PROGRAMMED, true, Condition.Reason.PROGRAMMED, "", 1),
            new PolicyStatus.Proxies(1, 1, 0)),
        source,
        text,
        "Service order");
  }

  /** Of the condition that comes first, as the API server has it. */
  private static String condition(String name) {
    GenericKubernetesResource resource = cluster().timeoutPolicy(name);
    return resource == null
        ? ""
        : String.valueOf(resource.<Object>get("status", "conditions", 0, "status"));
  }

  private static DocumentKey key(String name) {
    return new DocumentKey("TimeoutPolicy", "trading", name);
  }

  private static String text(Seen seen, String name) {
    return requireNonNull(seen.policies().get(key(name))).text();
  }

  private static void write(String name, int seconds) {
    cluster()
        .apply(
            """
            apiVersion: skiffmesh.dev/v1alpha1
            kind: TimeoutPolicy
            metadata: {name: %s, namespace: trading}
            spec: {targetRefs: [{kind: Service, name: order}], request: %ds}
            """
                .formatted(name, seconds));
  }

  private static KubeApiServer server() {
    return requireNonNull(server);
  }

  private static Cluster cluster() {
    return requireNonNull(cluster);
  }

  private static KubernetesPolicySource source(String name, Path token, boolean writesStatus) {
    return source(name, server().url(), token, writesStatus);
  }

  private static KubernetesPolicySource source(
      String name, String url, Path token, boolean writesStatus) {
    return new KubernetesPolicySource(
        new KubernetesPolicySettings(
            new KubernetesSettings(
                name,
                new KubernetesSettings.Access(null, null, url, token, server().certificate()),
                new Selection(new TreeSet<>(), new TreeMap<>()),
                KubernetesSettings.Timing.DEFAULT.paced(
                    Duration.ofMillis(500), Duration.ofSeconds(3), Backoff.DEFAULT)),
            CustomResources.GROUP,
            CustomResources.VERSION,
            PolicyKinds.ALL.stream()
                .map(PolicyKind::descriptor)
                .map(kind -> new CustomKind(kind.kind(), kind.plural()))
                .toList(),
            new KubernetesPolicySettings.StatusSettings(writesStatus, "skiff-system")));
  }
}
