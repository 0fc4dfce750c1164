package dev.skiffmesh.e2e.scenarios.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.api.model.Endpoint;
import dev.skiffmesh.api.model.Health;
import dev.skiffmesh.api.model.Locality;
import dev.skiffmesh.api.model.Protocol;
import dev.skiffmesh.api.model.Service;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.model.ServicePort;
import dev.skiffmesh.api.source.Source;
import dev.skiffmesh.api.status.Finding;
import dev.skiffmesh.api.status.FindingCode;
import dev.skiffmesh.e2e.parts.KubeApiServer;
import dev.skiffmesh.e2e.parts.RequiresKubernetes;
import dev.skiffmesh.registry.core.TestingSink;
import dev.skiffmesh.registry.core.TestingSink.Seen;
import dev.skiffmesh.registry.kubernetes.KubernetesSettings;
import dev.skiffmesh.registry.kubernetes.KubernetesSource;
import dev.skiffmesh.registry.kubernetes.Selection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is Kubernetes' own, beside the contract of all sources, on a real API server. */
@RequiresKubernetes
class KubernetesSourceTest {

  private static KubeApiServer server;

  /** Each test has a namespace of its own. */
  private final String namespace = "test-" + UUID.randomUUID().toString().substring(0, 8);

  private final TestingSink sink = new TestingSink();
  private Cluster cluster;

  @BeforeAll
  static void startServer() {
    server = KubeApiServer.start();
  }

  @AfterAll
  static void endServer() {
    if (server != null) {
      server.close();
    }
  }

  @BeforeEach
  void open() {
    cluster = new Cluster(server);
    namespace("");
  }

  @AfterEach
  void close() {
    cluster.close();
  }

  private void namespace(String labels) {
    cluster.apply(
        """
        apiVersion: v1
        kind: Namespace
        metadata: {name: %s, labels: {%s}}
        """
            .formatted(namespace, labels));
  }

  private void service(String name, String spec) {
    cluster.apply(
        """
        apiVersion: v1
        kind: Service
        metadata: {name: %s, namespace: %s}
        spec: {%s}
        """
            .formatted(name, namespace, spec));
  }

  private void slice(String name, String service, String type, String ports, String endpoints) {
    cluster.apply(
        """
        apiVersion: discovery.k8s.io/v1
        kind: EndpointSlice
        metadata: {name: %s, namespace: %s, labels: {kubernetes.io/service-name: %s}}
        addressType: %s
        ports: [%s]
        endpoints: [%s]
        """
            .formatted(name, namespace, service, type, ports, endpoints));
  }

  private Source source(Path token, Selection selection) {
    return new KubernetesSource(RealKubernetes.settings(server, token, selection));
  }

  private Source mine() {
    return source(server.adminToken(), new Selection(new TreeSet<>(Set.of(namespace)), none()));
  }

  private static SortedMap<String, String> none() {
    return new TreeMap<>();
  }

  private ServiceId id(String name) {
    return new ServiceId(namespace, name);
  }

  private List<Endpoint> endpoints(Seen seen, String service) {
    return seen.endpointsOf(id(service));
  }

  private Predicate<Seen> has(String service, int endpoints) {
    return seen -> seen.isSynced() && endpoints(seen, service).size() == endpoints;
  }

  private static Predicate<Seen> finding(FindingCode code, boolean is) {
    return seen -> seen.allFindings().stream().map(Finding::code).anyMatch(code::equals) == is;
  }

  @Test
  void portsAreWhatTheirNamesAndApplicationsSay() throws Exception {
    service(
        "shop",
        """
        ports: [{name: http-web, port: 8080}, {name: grpc, port: 9000}, {name: web, port: 8081},
                {name: fast, port: 9001, appProtocol: kubernetes.io/h2c},
                {name: store, port: 3306}, {name: queries, port: 53, protocol: UDP}]
        """);
    service("headless", "clusterIP: None, ports: [{port: 80}]");
    slice(
        "headless-1",
        "headless",
        "IPv4",
        "{name: '', port: 8080, protocol: TCP}",
        "{addresses: [10.1.0.1]}");
    try (Source source = mine()) {
      source.start(sink);
      Seen seen = sink.await("the services", has("headless", 1));

      Service shop = seen.service(id("shop")).orElseThrow();
      assertThat(shop.ports())
          .extracting(port -> port.name() + " " + port.number() + " " + port.protocol())
          .containsExactly(
              "http-web 8080 HTTP",
              "grpc 9000 GRPC",
              "web 8081 HTTP",
              "fast 9001 HTTP2",
              "store 3306 TCP");
      assertThat(shop.addresses()).singleElement().asString().startsWith("10.0.");
      assertThat(seen.service(id("headless")).orElseThrow().addresses()).isEmpty();
      assertThat(endpoints(seen, "headless").getFirst().ports()).isEqualTo(Map.of("http", 8080));
    }
  }

  @Test
  void anExternalNameIsAServiceThatCallersFindByDns() throws Exception {
    service("elsewhere", "type: ExternalName, externalName: api.example.com");
    service("other", "type: ExternalName, externalName: api.example.com, ports: [{port: 8080}]");
    try (Source source = mine()) {
      source.start(sink);
      Seen seen = sink.await("both", now -> now.service(id("other")).isPresent());
      assertThat(seen.service(id("elsewhere")).orElseThrow())
          .satisfies(one -> assertThat(one.externalName()).isEqualTo("api.example.com"))
          .satisfies(
              one ->
                  assertThat(one.ports())
                      .containsExactly(new ServicePort("http", 80, Protocol.HTTP)));
      assertThat(seen.service(id("other")).orElseThrow().port(8080)).isPresent();

      service("elsewhere", "type: ClusterIP, externalName: '', ports: [{port: 80}]");
      sink.await(
          "a service with endpoints",
          now ->
              now.service(id("elsewhere")).filter(one -> one.externalName() == null).isPresent());
    }
  }

  @Test
  void aServiceOfUdpAloneIsAFindingUntilItHasATcpPort() throws Exception {
    service("clock", "ports: [{port: 123, protocol: UDP}]");
    try (Source source = mine()) {
      source.start(sink);
      Seen seen = sink.await("a finding", finding(FindingCode.NOT_CALLABLE, true));
      assertThat(seen.service(id("clock"))).isEmpty();
      assertThat(seen.allFindings().getFirst().message()).contains("found 123/UDP");

      service("clock", "ports: [{port: 123, protocol: TCP}]");
      sink.await(
          "a service", now -> now.service(id("clock")).isPresent() && now.allFindings().isEmpty());
    }
  }

  @Test
  void manySlicesAreOneServiceAndBothFamiliesOneEndpoint() throws Exception {
    service("order", "ipFamilyPolicy: PreferDualStack, ports: [{name: http, port: 80}]");
    String port = "{name: http, port: 8080, protocol: TCP}";
    slice(
        "order-1",
        "order",
        "IPv4",
        port,
        "{addresses: [10.1.0.1], targetRef: {kind: Pod, name: a}}, {addresses: [10.1.0.2], targetRef: {kind: Pod, name: b}}");
    slice(
        "order-2",
        "order",
        "IPv4",
        port,
        "{addresses: [10.1.0.2], targetRef: {kind: Pod, name: b}}, {addresses: [10.1.0.3], targetRef: {kind: Pod, name: c}}");
    slice(
        "order-6",
        "order",
        "IPv6",
        port,
        "{addresses: ['fd00::1'], targetRef: {kind: Pod, name: a}}");
    try (Source source = mine()) {
      source.start(sink);
      Seen seen = sink.await("the service", has("order", 3));
      assertThat(endpoints(seen, "order"))
          .extracting(one -> one.address() + " " + one.additionalAddresses())
          .containsExactly("10.1.0.1 [fd00::1]", "10.1.0.2 []", "10.1.0.3 []");
      assertThat(seen.service(id("order")).orElseThrow().addresses()).hasSize(2);
    }
  }

  @Test
  void whatIsTerminatingIsDrainedAndWhatIsNotReadyUnhealthy() throws Exception {
    service("order", "ports: [{name: http, port: 80}]");
    slice(
        "order-1",
        "order",
        "IPv4",
        "{name: http, port: 8080, protocol: TCP}",
        "{addresses: [10.1.0.1], conditions: {ready: true}},"
            + "{addresses: [10.1.0.2], conditions: {ready: false, serving: true, terminating: true}},"
            + "{addresses: [10.1.0.3], conditions: {ready: false}}, {addresses: [10.1.0.4]}");
    try (Source source = mine()) {
      source.start(sink);
      Seen seen = sink.await("the service", has("order", 4));
      assertThat(endpoints(seen, "order"))
          .extracting(Endpoint::health)
          .containsExactly(Health.HEALTHY, Health.DRAINING, Health.UNHEALTHY, Health.HEALTHY);
    }
  }

  @Test
  void nodesSayWhereEndpointsAreAndPodsWhatTheyAre() throws Exception {
    service("order", "ports: [{name: http, port: 80}]");
    slice(
        "order-1",
        "order",
        "IPv4",
        "{name: http, port: 8080, protocol: TCP}",
        "{addresses: [10.1.0.1], nodeName: %s, targetRef: {kind: Pod, name: a}}, {addresses: [10.1.0.2], nodeName: %s, zone: east-b}"
            .formatted(namespace, namespace));
    try (Source source = mine()) {
      source.start(sink);
      sink.await("the service", has("order", 2));
      cluster.apply(
          """
          apiVersion: v1
          kind: Node
          metadata: {name: %s, labels: {topology.kubernetes.io/region: east, topology.kubernetes.io/zone: east-a}}
          """
              .formatted(namespace));
      cluster.apply(
          """
          apiVersion: v1
          kind: Pod
          metadata: {name: a, namespace: %s, labels: {version: v2, pod-template-hash: abc}}
          spec: {containers: [{name: main, image: none}]}
          """
              .formatted(namespace));
      Seen seen =
          sink.await(
              "localities and labels",
              now ->
                  endpoints(now, "order").stream()
                          .allMatch(one -> one.locality().region().equals("east"))
                      && !endpoints(now, "order").getLast().labels().isEmpty());
      assertThat(endpoints(seen, "order"))
          .extracting(Endpoint::locality)
          .containsExactlyInAnyOrder(
              new Locality("east", "east-a", ""), new Locality("east", "east-b", ""));
      assertThat(endpoints(seen, "order").getLast().labels()).isEqualTo(Map.of("version", "v2"));
    }
  }

  @Test
  void namespacesComeAndGoWithTheirLabels() throws Exception {
    service("order", "ports: [{name: http, port: 80}]");
    String mark = namespace + "-mark";
    try (Source source =
        source(
            server.adminToken(),
            new Selection(new TreeSet<>(), new TreeMap<>(Map.of("mesh", mark))))) {
      source.start(sink);
      Seen seen = sink.await("the first sync", Seen::isSynced);
      assertThat(seen.service(id("order"))).isEmpty();
      namespace("mesh: " + mark);
      sink.await("the namespace", now -> now.service(id("order")).isPresent());
      namespace("mesh: off");
      sink.await("nothing", now -> now.service(id("order")).isEmpty());
    }
  }

  @Test
  void whatRolesForbidIsAFindingAndTheRestGoesOn() throws Exception {
    service("order", "ports: [{name: http, port: 80}]");
    slice(
        "order-1",
        "order",
        "IPv4",
        "{name: http, port: 8080, protocol: TCP}",
        "{addresses: [10.1.0.1], targetRef: {kind: Pod, name: a}}");
    cluster.apply(
        """
        apiVersion: v1
        kind: Pod
        metadata: {name: a, namespace: %s, labels: {version: v2}}
        spec: {containers: [{name: main, image: none}]}
        """
            .formatted(namespace));
    try (Source source =
        source(server.readerToken(), new Selection(new TreeSet<>(Set.of(namespace)), none()))) {
      source.start(sink);
      Seen seen = sink.await("the refusal", says("`services`"));
      assertThat(endpoints(seen, "order")).isEmpty();
      assertThat(seen.unreadable()).containsExactly(namespace);
      assertThat(seen.allFindings())
          .extracting(Finding::message)
          .anyMatch(message -> message.contains("what is known of the namespace stays"));

      allow("services", "endpointslices");
      seen = sink.await("the service", has("order", 1));
      assertThat(endpoints(seen, "order").getFirst().labels()).isEmpty();
      sink.await("pods and nodes are missed", says("`pods`").and(says("`nodes`")));

      allow("services", "endpointslices", "pods");
      sink.await("the labels", now -> !endpoints(now, "order").getFirst().labels().isEmpty());
    }
  }

  private static Predicate<Seen> says(String words) {
    return seen ->
        seen.allFindings().stream().anyMatch(finding -> finding.message().contains(words));
  }

  private void allow(String... resources) {
    cluster.apply(
        """
        apiVersion: rbac.authorization.k8s.io/v1
        kind: Role
        metadata: {name: reader, namespace: %s}
        rules:
          - {apiGroups: ['', discovery.k8s.io], resources: [%s], verbs: [list, watch]}
        """
            .formatted(namespace, String.join(", ", resources)));
    cluster.apply(
        """
        apiVersion: rbac.authorization.k8s.io/v1
        kind: RoleBinding
        metadata: {name: reader, namespace: %s}
        roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}
        subjects: [{kind: User, name: reader, apiGroup: rbac.authorization.k8s.io}]
        """
            .formatted(namespace));
  }

  @Test
  void whoMayReadNoServiceHasLostItsRegistry() throws Exception {
    try (Source source = source(server.readerToken(), new Selection(new TreeSet<>(), none()))) {
      source.start(sink);
      sink.await(
          "the loss",
          now ->
              now.lost() != null
                  && now.lost().contains("refuses to list `services`")
                  && now.lost().contains("reader"));
    }
  }

  @Test
  void aTokenThatIsExchangedIsRead(@TempDir Path folder) throws Exception {
    service("order", "ports: [{name: http, port: 80}]");
    Path token = Files.copy(server.adminToken(), folder.resolve("token"));
    try (Source source = source(token, new Selection(new TreeSet<>(Set.of(namespace)), none()))) {
      source.start(sink);
      sink.await("the service", now -> now.isSynced() && now.service(id("order")).isPresent());

      Files.writeString(token, "revoked");
      Seen seen =
          sink.await(
              "the refusal",
              now -> now.lost() != null && now.lost().contains("refuses the credentials"));
      assertThat(seen.service(id("order"))).isPresent();

      Files.writeString(token, Files.readString(server.adminToken()));
      sink.await("that it is back", Seen::isSynced);
      service("quote", "ports: [{name: http, port: 80}]");
      sink.await("what came since", now -> now.service(id("quote")).isPresent());
    }
  }

  @Test
  void aKubeconfigIsReadWithItsContexts(@TempDir Path folder) throws Exception {
    service("order", "ports: [{name: http, port: 80}]");
    Path kubeconfig =
        Files.writeString(
            folder.resolve("kubeconfig"),
            """
            apiVersion: v1
            kind: Config
            current-context: nobody
            clusters: [{name: here, cluster: {server: "%s", certificate-authority: "%s"}}]
            users: [{name: admin, user: {token: admin-token}}, {name: nobody, user: {token: none}}]
            contexts:
              - {name: admin, context: {cluster: here, user: admin}}
              - {name: nobody, context: {cluster: here, user: nobody}}
            """
                .formatted(server.url(), server.certificate()));
    try (Source source = with(kubeconfig, "admin")) {
      source.start(sink);
      sink.await("the service", now -> now.isSynced() && now.service(id("order")).isPresent());
    }
    TestingSink refused = new TestingSink();
    try (Source source = with(kubeconfig, null)) {
      source.start(refused);
      refused.await("the loss", now -> now.lost() != null && now.lost().contains("credentials"));
    }
    TestingSink unknown = new TestingSink();
    try (Source source = with(kubeconfig, "elsewhere")) {
      source.start(unknown);
      unknown.await("the loss", now -> now.lost() != null && now.lost().contains("'elsewhere'"));
    }
  }

  private Source with(Path kubeconfig, @Nullable String context) {
    return new KubernetesSource(
        new KubernetesSettings(
            "cluster",
            new KubernetesSettings.Access(kubeconfig, context, null, null, null),
            new Selection(new TreeSet<>(Set.of(namespace)), none()),
            KubernetesSettings.Timing.DEFAULT));
  }

  @Test
  void aServerThatDoesNotSayWhetherItIsReadyIsReadNonetheless() throws Exception {
    for (String role : List.of("system:discovery", "system:public-info-viewer")) {
      cluster.client().rbac().clusterRoleBindings().withName(role).delete();
    }
    service("order", "ports: [{name: http, port: 80}]");
    allow("services", "endpointslices", "pods");
    try (Source source =
        source(server.readerToken(), new Selection(new TreeSet<>(Set.of(namespace)), none()))) {
      source.start(sink);
      sink.await("the service", now -> now.isSynced() && now.service(id("order")).isPresent());
    }
  }

  @Test
  void aMachineOutsideOfTheClusterMayServeOnTwoPorts() throws Exception {
    service("legacy", "ports: [{name: http, port: 80}]");
    slice("legacy-1", "legacy", "IPv4", "{name: http, port: 8080}", "{addresses: [10.1.0.1]}");
    slice("legacy-2", "legacy", "IPv4", "{name: http, port: 8081}", "{addresses: [10.1.0.1]}");
    slice("stray", "Legacy_1", "IPv4", "{name: http, port: 8081}", "{addresses: [10.1.0.9]}");
    try (Source source = mine()) {
      source.start(sink);
      Seen seen = sink.await("the service", has("legacy", 2));
      assertThat(endpoints(seen, "legacy"))
          .extracting(one -> one.ports().get("http"))
          .containsExactly(8080, 8081);
      sink.await("the stray", finding(FindingCode.MALFORMED_ENTRY, true));
    }
  }
}
