package dev.skiffmesh.e2e.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Duration;
import com.google.protobuf.Message;
import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.model.Endpoint;
import dev.skiffmesh.api.model.EndpointKey;
import dev.skiffmesh.api.model.EndpointSet;
import dev.skiffmesh.api.model.Health;
import dev.skiffmesh.api.model.Immutable;
import dev.skiffmesh.api.model.Locality;
import dev.skiffmesh.api.model.ProxyIdentity;
import dev.skiffmesh.api.model.Service;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.model.World;
import dev.skiffmesh.api.status.Condition;
import dev.skiffmesh.api.status.Finding;
import dev.skiffmesh.api.status.FindingCode;
import dev.skiffmesh.api.status.PolicyStatus;
import dev.skiffmesh.bootstrap.BootstrapRequest;
import dev.skiffmesh.server.delivery.ProxySnapshot;
import dev.skiffmesh.server.delivery.StreamId;
import dev.skiffmesh.server.status.MeshReport;
import dev.skiffmesh.server.status.PolicyReport;
import dev.skiffmesh.server.status.ProxyReport;
import dev.skiffmesh.server.status.Readiness;
import dev.skiffmesh.translator.resource.Provenance;
import dev.skiffmesh.translator.resource.Reach;
import dev.skiffmesh.translator.resource.Resource;
import dev.skiffmesh.translator.resource.ResourceKind;
import dev.skiffmesh.translator.resource.ResourceSet;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.pcollections.TreePMap;

class ChangesTest {

  private static final ServiceId ORDER = new ServiceId("trading", "order");

  @Test
  void nothingChangedIsEmpty() {
    assertThat(
            Changes.between(report(proxy("order", "v1", 1, 1)), report(proxy("order", "v1", 1, 1))))
        .matches(Changes::isEmpty);
  }

  @Test
  void proxiesThatWereSentTheSameShareALine() {
    MeshReport before =
        report(
            proxy("gateway", "v1", 1, 1), proxy("order", "v1", 1, 1), proxy("order", "v2", 1, 1));
    MeshReport after =
        report(
            proxy("gateway", "v1", 2, 1), proxy("order", "v1", 2, 1), proxy("order", "v2", 1, 1));

    assertThat(Changes.between(before, after).pushes())
        .containsExactly("gateway, order v1 <- cluster a");
  }

  @Test
  void anAssignmentThatTheProxyUsesIsAPushToo() {
    assertThat(
            Changes.between(report(proxy("quote", "v1", 1, 1)), report(proxy("quote", "v1", 1, 2)))
                .pushes())
        .containsExactly("quote <- endpoint a");
  }

  @Test
  void whatAPolicyDoesIsTold() {
    MeshReport before = report(List.of(policy(1, Condition.Reason.PROGRAMMED)), List.of());
    MeshReport after = report(List.of(policy(2, Condition.Reason.PENDING)), List.of());

    assertThat(Changes.between(before, after).causes())
        .containsExactly(
            "TrafficRoute trading/order-canary has changed: accepted, pending (1 of 2 proxies)");
    assertThat(Changes.between(after, report(List.of(), List.of())).causes())
        .containsExactly("TrafficRoute trading/order-canary is gone");
  }

  @Test
  void aNewFindingIsToldOnce() {
    Finding finding = Finding.of(FindingCode.UNREADABLE_TEXT, "a.yaml", "must be YAML");
    MeshReport after = report(List.of(), List.of(finding));

    assertThat(Changes.between(report(List.of(), List.of()), after).causes())
        .containsExactly(finding.toString());
    assertThat(Changes.between(after, after).causes()).isEmpty();
  }

  @Test
  void endpointsComeGoAndChange() {
    Endpoint one = endpoint(9001, "1");
    Endpoint drained = endpoint(9001, "0");
    Endpoint two = endpoint(9002, "0.5");

    assertThat(Changes.between(endpoints(one), endpoints(drained, two)).causes())
        .containsExactly(
            "trading/order has an endpoint that changed: 127.0.0.1:9001 weight 0 {version=v1},"
                + " drained, healthy",
            "trading/order has a new endpoint 127.0.0.1:9002 weight 0.5 {version=v1}, healthy");
    assertThat(Changes.between(endpoints(one, two), endpoints(two)).causes())
        .containsExactly(
            "trading/order has lost the endpoint 127.0.0.1:9001 weight 1 {version=v1}, healthy");
  }

  private static MeshReport report(ProxyReport... proxies) {
    return new MeshReport(
        1,
        Instant.EPOCH,
        new Readiness(true, List.of()),
        World.EMPTY,
        List.of(),
        List.of(),
        List.of(proxies),
        List.of(),
        List.of());
  }

  private static MeshReport report(List<PolicyReport> policies, List<Finding> findings) {
    return new MeshReport(
        1,
        Instant.EPOCH,
        new Readiness(true, List.of()),
        World.EMPTY,
        List.of(),
        policies,
        List.of(),
        List.of(),
        findings);
  }

  private static MeshReport endpoints(Endpoint... endpoints) {
    Service service =
        new Service(
            ORDER,
            Immutable.sortedSet(Set.<String>of()),
            List.of(),
            Immutable.sortedSet(Set.<String>of()),
            List.of());
    World world =
        new World(
            TreePMap.<ServiceId, Service>empty().plus(ORDER, service),
            TreePMap.<ServiceId, EndpointSet>empty()
                .plus(ORDER, new EndpointSet(List.of(endpoints))),
            TreePMap.empty());
    return new MeshReport(
        1,
        Instant.EPOCH,
        new Readiness(true, List.of()),
        world,
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        List.of());
  }

  private static Endpoint endpoint(int port, String weight) {
    return new Endpoint(
        new EndpointKey("local", "", "127.0.0.1:" + port),
        "127.0.0.1",
        new TreeMap<>(Map.of("http", port)),
        new BigDecimal(weight),
        Health.HEALTHY,
        true,
        Locality.UNKNOWN,
        new TreeMap<>(Map.of("version", "v1")));
  }

  private static PolicyReport policy(long generation, Condition.Reason programmed) {
    DocumentKey key = new DocumentKey("TrafficRoute", "trading", "order-canary");
    return new PolicyReport(
        new PolicyStatus(
            key,
            generation,
            new Condition(Condition.Type.ACCEPTED, true, Condition.Reason.ACCEPTED, "", generation),
            new Condition(Condition.Type.PROGRAMMED, true, programmed, "", generation),
            new PolicyStatus.Proxies(2, 1, 0)),
        null,
        null,
        null,
        null,
        "local",
        "");
  }

  /** A proxy with one cluster and one assignment, whose contents are numbers. */
  private static ProxyReport proxy(String service, String version, int cluster, int assignment) {
    ProxyIdentity identity =
        BootstrapRequest.sidecar(
            new ServiceId("trading", service),
            "127.0.0.1",
            version.hashCode() & 0xfff,
            Map.of("version", version),
            List.of(),
            15_001,
            Locality.UNKNOWN);
    ResourceSet resources =
        new ResourceSet(
            new TreeMap<>(
                Map.of(
                    ResourceKind.CLUSTER,
                    TreePMap.<String, Resource>empty()
                        .plus("a", resource(ResourceKind.CLUSTER, cluster)))),
            Immutable.sortedSet(Set.of("a")));
    return new ProxyReport(
        List.of(new StreamId(1)),
        identity,
        "127.0.0.1:1",
        Instant.EPOCH,
        true,
        List.of(),
        new ProxySnapshot(
            resources,
            TreePMap.<String, Resource>empty()
                .plus("a", resource(ResourceKind.ENDPOINT, assignment)),
            Reach.NOTHING),
        new TreeMap<>());
  }

  private static Resource resource(ResourceKind kind, int content) {
    Message message = Duration.newBuilder().setSeconds(content).build();
    return Resource.pack(kind, "a", message, Provenance.NONE);
  }
}
