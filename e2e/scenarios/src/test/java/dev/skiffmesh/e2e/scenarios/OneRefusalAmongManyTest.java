package dev.skiffmesh.e2e.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.skiffmesh.api.status.Condition.Reason;
import dev.skiffmesh.api.status.PolicyStatus;
import dev.skiffmesh.server.app.SkiffServer;
import dev.skiffmesh.server.config.ConfigException;
import dev.skiffmesh.server.config.ConfigReader;
import dev.skiffmesh.server.delivery.testing.TestingDeltaProxy;
import dev.skiffmesh.server.status.PolicyReport;
import dev.skiffmesh.server.status.ProxyReport;
import dev.skiffmesh.translator.resource.ResourceKind;
import io.envoyproxy.envoy.config.core.v3.BuildVersion;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.type.v3.SemanticVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * One proxy out of many rejects what a policy made: the policy says so, in that proxy's name and
 * words, and nobody else is sent a resource more or less than if it had accepted.
 */
class OneRefusalAmongManyTest {

  private static final Duration BOUND = Duration.ofSeconds(60);
  private static final String REFUSED = "egress/order.trading:80";
  private static final String SERVICES_WITHOUT_POLICY =
      """
      apiVersion: skiffmesh.dev/v1alpha1
      kind: Service
      metadata: {name: other-%d, namespace: trading}
      spec:
        ports: [{name: http, port: 80, protocol: http}]
        endpoints: [{address: 10.0.1.%d, port: 8080}]
      """;

  @Test
  void theOthersNoticeNothing(@TempDir Path folder) throws IOException, ConfigException {
    oneOutOf(200, folder);
  }

  @Test
  @Tag("soak")
  @Timeout(value = 10, unit = TimeUnit.MINUTES)
  void theOtherNineHundredAndNinetyNineNoticeNothing(@TempDir Path folder)
      throws IOException, ConfigException {
    oneOutOf(1000, folder);
  }

  private static void oneOutOf(int count, Path folder) throws IOException, ConfigException {
    Files.createDirectories(folder.resolve("services"));
    Files.createDirectories(folder.resolve("policies"));
    for (int i = 0; i < 10; i++) {
      Files.writeString(
          folder.resolve("services/other-" + i + ".yaml"),
          SERVICES_WITHOUT_POLICY.formatted(i, i + 1));
    }
    Files.writeString(folder.resolve("services/order.yaml"), service("order"));
    Files.writeString(folder.resolve("services/quote.yaml"), service("quote"));
    var config =
        ConfigReader.read(
            """
            xds: {port: 0}
            admin: {port: 0}
            registries: [{type: file, name: local, path: services/}]
            policies: [{type: file, path: policies/}]
            scope: All
            """,
            "skiff.yaml",
            folder,
            _ -> null);
    List<TestingDeltaProxy> proxies = new ArrayList<>();
    try (SkiffServer server = SkiffServer.start(config)) {
      Await.until(BOUND, "readiness", () -> server.report().readiness().ready());
      for (int i = 0; i < count; i++) {
        proxies.add(TestingDeltaProxy.likeEnvoy(server.xdsPort(), node(i)).connect());
      }
      awaitAllInSync(server, proxies);

      proxies.forEach(TestingDeltaProxy::forgetReceived);
      long calmWritten = System.nanoTime();
      Files.writeString(folder.resolve("policies/calm.yaml"), split("calm", "quote"));
      awaitStatus(server, "calm", Reason.PROGRAMMED);
      long calmProgrammed = System.nanoTime();
      int usual = resources(proxies, Set.of()).first();
      assertThat(resources(proxies, Set.of())).containsExactly(usual);

      TestingDeltaProxy refuser = proxies.get(count / 2);
      refuser.rejectIf(resource -> resource.getName().equals(REFUSED));
      String before = refuser.accepted(ResourceKind.VIRTUAL_HOST).get(REFUSED);
      proxies.forEach(TestingDeltaProxy::forgetReceived);
      long badWritten = System.nanoTime();
      Files.writeString(folder.resolve("policies/bad.yaml"), split("bad", "order"));
      PolicyStatus bad = awaitStatus(server, "bad", Reason.REJECTED_BY_PROXY);
      long badNamed = System.nanoTime();
      assertThat(bad.programmed().message())
          .contains(id(count / 2), REFUSED, "rejected by the test");
      bad =
          Await.value(
              BOUND, () -> status(server, "bad"), status -> status.proxies().acked() == count - 1);
      System.out.printf(
          "%d proxies: a good policy is on all of them after %d ms; the refusal of one is named"
              + " after %d ms, the others have it after %d ms%n",
          count,
          TimeUnit.NANOSECONDS.toMillis(calmProgrammed - calmWritten),
          TimeUnit.NANOSECONDS.toMillis(badNamed - badWritten),
          TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - badWritten));
      assertThat(bad.proxies()).isEqualTo(new PolicyStatus.Proxies(count, count - 1, 1));
      assertThat(resources(proxies, Set.of(refuser)))
          .as("resources sent to each of the others, as for a policy that nobody rejects")
          .containsExactly(usual);
      assertThat(refuser.accepted(ResourceKind.VIRTUAL_HOST)).containsEntry(REFUSED, before);

      // Whoever has rejected one thing still gets all others.
      Files.writeString(
          folder.resolve("services/other-0.yaml"), SERVICES_WITHOUT_POLICY.formatted(0, 99));
      for (TestingDeltaProxy proxy : proxies) {
        proxy.await(
            "the changed endpoint",
            () -> proxy.received().contains("endpoint +other-0.trading|http"));
      }
      assertThat(status(server, "calm").programmed().reason()).isEqualTo(Reason.PROGRAMMED);
    } finally {
      proxies.forEach(TestingDeltaProxy::close);
    }
  }

  /** What the bootstrap of an Envoy 1.40 says. */
  private static Node node(int number) {
    Struct skiff =
        Struct.newBuilder()
            .putFields("v", Value.newBuilder().setNumberValue(1).build())
            .putFields("namespace", Value.newBuilder().setStringValue("trading").build())
            .putFields("service", Value.newBuilder().setStringValue("caller").build())
            .putFields("egress", Value.newBuilder().setNumberValue(15_001).build())
            .build();
    return Node.newBuilder()
        .setId(id(number))
        .setUserAgentName("envoy")
        .setUserAgentBuildVersion(
            BuildVersion.newBuilder()
                .setVersion(SemanticVersion.newBuilder().setMajorNumber(1).setMinorNumber(40)))
        .setMetadata(
            Struct.newBuilder()
                .putFields("skiff", Value.newBuilder().setStructValue(skiff).build()))
        .build();
  }

  private static String id(int number) {
    return "trading/caller/10.1." + number / 250 + "." + (number % 250 + 1) + ":8080";
  }

  private static String service(String name) {
    return """
        apiVersion: skiffmesh.dev/v1alpha1
        kind: Service
        metadata: {name: %s, namespace: trading}
        spec:
          ports: [{name: http, port: 80, protocol: http}]
          endpoints:
            - {address: 10.0.0.1, port: 8080, labels: {version: v1}}
            - {address: 10.0.0.2, port: 8080, labels: {version: v2}}
        """
        .formatted(name);
  }

  private static String split(String name, String service) {
    return MeshFiles.split(name, 50, 50).replace("name: order}", "name: " + service + "}");
  }

  /** The different numbers of resources that proxies were sent. */
  private static SortedSet<Integer> resources(
      List<TestingDeltaProxy> proxies, Set<TestingDeltaProxy> without) {
    SortedSet<Integer> numbers = new TreeSet<>();
    for (TestingDeltaProxy proxy : proxies) {
      if (!without.contains(proxy)) {
        numbers.add(proxy.resourcesReceived());
      }
    }
    return numbers;
  }

  private static void awaitAllInSync(SkiffServer server, List<TestingDeltaProxy> proxies) {
    Await.until(
        BOUND,
        "all proxies in sync",
        () -> {
          // Who comes too fast is sent away, and comes again.
          proxies.stream().filter(TestingDeltaProxy::ended).forEach(TestingDeltaProxy::connect);
          List<ProxyReport> known = server.report().proxies();
          return known.size() == proxies.size() && known.stream().allMatch(ProxyReport::inSync);
        });
  }

  private static PolicyStatus awaitStatus(SkiffServer server, String name, Reason reason) {
    return Await.value(
        BOUND,
        () -> status(server, name),
        status -> status != null && status.programmed().reason() == reason);
  }

  private static PolicyStatus status(SkiffServer server, String name) {
    return server.report().policies().stream()
        .map(PolicyReport::status)
        .filter(status -> status.policy().name().equals(name))
        .findFirst()
        .orElse(null);
  }
}
