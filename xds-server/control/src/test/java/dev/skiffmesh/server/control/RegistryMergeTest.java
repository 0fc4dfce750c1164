package dev.skiffmesh.server.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.api.model.Endpoint;
import dev.skiffmesh.api.model.EndpointKey;
import dev.skiffmesh.api.model.EndpointSet;
import dev.skiffmesh.api.model.Health;
import dev.skiffmesh.api.model.Locality;
import dev.skiffmesh.api.model.Protocol;
import dev.skiffmesh.api.model.Service;
import dev.skiffmesh.api.model.ServicePort;
import dev.skiffmesh.server.state.SavedService;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class RegistryMergeTest {

  private static final ServicePort HTTP = new ServicePort("http", 80, Protocol.HTTP);

  @Test
  void aSingleSourcesServiceIsPassedOnAsItIs() {
    Service service =
        new Service(TestingMesh.id("order"), empty(), List.of(HTTP), empty(), List.of("a"));
    EndpointSet endpoints = new EndpointSet(List.of(endpoint("a", 1, Map.of("http", 8080))));
    var said = List.of(new RegistryMerge.Said("a", new SavedService("s", service, endpoints)));
    assertThat(RegistryMerge.service(said)).isSameAs(service);
    assertThat(RegistryMerge.endpoints(said)).isSameAs(endpoints);
  }

  @Test
  void namesAndPortsAreJoinedAndTheFirstSourceWinsOnWhatTheyShare() {
    Service first =
        new Service(
            TestingMesh.id("order"),
            new TreeSet<>(Set.of("ORDER")),
            List.of(HTTP),
            new TreeSet<>(Set.of("10.1.0.1")),
            List.of());
    Service second =
        new Service(
            TestingMesh.id("order"),
            new TreeSet<>(Set.of("providers:order")),
            List.of(
                new ServicePort("web", 80, Protocol.HTTP),
                new ServicePort("http", 8080, Protocol.HTTP2),
                new ServicePort("grpc", 50051, Protocol.GRPC)),
            empty(),
            List.of());
    var said =
        List.of(
            said("a", first, endpoint("a", 1, Map.of("http", 7001))),
            said(
                "b",
                second,
                endpoint("b", 9, Map.of("web", 7001, "grpc", 7002)),
                new Endpoint(
                    new EndpointKey("b", "", "other"),
                    "10.0.0.2",
                    new TreeMap<>(Map.of("web", 7001)),
                    BigDecimal.ONE,
                    Health.HEALTHY,
                    true,
                    Locality.UNKNOWN,
                    new TreeMap<>())));

    Service merged = RegistryMerge.service(said);
    assertThat(merged.aliases()).containsExactly("ORDER", "providers:order");
    assertThat(merged.addresses()).containsExactly("10.1.0.1");
    assertThat(merged.registries()).containsExactly("a", "b");
    assertThat(merged.ports()).containsExactly(HTTP, new ServicePort("grpc", 50051, Protocol.GRPC));

    List<Endpoint> endpoints = RegistryMerge.endpoints(said).endpoints();
    assertThat(endpoints).hasSize(2);
    assertThat(endpoints.getFirst().weight()).isEqualByComparingTo("1");
    assertThat(endpoints.getFirst().ports()).isEqualTo(Map.of("http", 7001, "grpc", 7002));
    assertThat(endpoints.getFirst().labels()).isEqualTo(Map.of("skiffmesh.dev/registry", "a"));
    // The second source's name for the port that both have is the first one's now.
    assertThat(endpoints.getLast().ports()).isEqualTo(Map.of("http", 7001));
    assertThat(endpoints.getLast().key().registry()).isEqualTo("b");
  }

  @Test
  void anInstanceIsTheSameAtEachOfItsAddresses() {
    Service service =
        new Service(TestingMesh.id("order"), empty(), List.of(HTTP), empty(), List.of());
    Endpoint pod = endpoint("a", 1, Map.of("http", 7001));
    Endpoint both =
        new Endpoint(
            new EndpointKey("b", "", "pod"),
            "fd00::1",
            pod.ports(),
            pod.weight(),
            pod.health(),
            true,
            pod.locality(),
            pod.labels(),
            List.of("10.0.0.1"));

    assertThat(
            RegistryMerge.endpoints(List.of(said("a", service, pod), said("b", service, both)))
                .endpoints())
        .extracting(one -> one.key().registry() + " " + one.additionalAddresses())
        .containsExactly("a []");
    assertThat(
            RegistryMerge.endpoints(List.of(said("b", service, both), said("a", service, pod)))
                .endpoints())
        .extracting(one -> one.key().registry() + " " + one.additionalAddresses())
        .containsExactly("b [10.0.0.1]");
  }

  @Test
  void theMoreUsableEntryOfAnAddressCountsWhicheverSourceSaysIt() {
    Service service =
        new Service(TestingMesh.id("order"), empty(), List.of(HTTP), empty(), List.of());
    Endpoint live = endpoint("b", 3, Map.of("http", 7001, "grpc", 7002));
    Endpoint dead = unhealthy(endpoint("a", 1, Map.of("http", 7001, "admin", 7003)));
    var said = List.of(said("a", service, dead), said("b", service, live));

    Endpoint merged = RegistryMerge.endpoints(said).endpoints().getFirst();
    assertThat(RegistryMerge.endpoints(said).endpoints()).hasSize(1);
    assertThat(merged.key().registry()).isEqualTo("b");
    assertThat(merged.health()).isEqualTo(Health.HEALTHY);
    assertThat(merged.weight()).isEqualByComparingTo("3");
    assertThat(merged.ports()).isEqualTo(Map.of("http", 7001, "grpc", 7002, "admin", 7003));
    assertThat(RegistryMerge.twins(said)).hasSize(1);
  }

  @Test
  void whatTwoSourcesSayAlikeIsNoTwin() {
    Service service =
        new Service(TestingMesh.id("order"), empty(), List.of(HTTP), empty(), List.of());
    Endpoint one = endpoint("a", 1, Map.of("http", 7001));
    assertThat(RegistryMerge.twins(List.of(said("a", service, one), said("b", service, one))))
        .isEmpty();
    Endpoint other =
        new Endpoint(
            new EndpointKey("a", "night", "one"),
            one.address(),
            one.ports(),
            one.weight(),
            one.health(),
            true,
            one.locality(),
            one.labels());
    assertThat(RegistryMerge.twins(List.of(said("a", service, one, other)))).hasSize(1);
  }

  private static Endpoint unhealthy(Endpoint one) {
    return new Endpoint(
        one.key(),
        one.address(),
        one.ports(),
        one.weight(),
        Health.UNHEALTHY,
        true,
        one.locality(),
        one.labels());
  }

  @Test
  void whoHasInstancesHasTheService() {
    Service real =
        new Service(TestingMesh.id("order"), empty(), List.of(HTTP), empty(), List.of("b"));
    Service name =
        new Service(
            TestingMesh.id("order"), empty(), List.of(HTTP), empty(), List.of("a"), "api.example");

    assertThat(RegistryMerge.service(List.of(said("a", name))).externalName())
        .isEqualTo("api.example");
    assertThat(RegistryMerge.service(List.of(said("a", name), said("b", name))).externalName())
        .isEqualTo("api.example");
    assertThat(RegistryMerge.service(List.of(said("a", name), said("b", real))).externalName())
        .isNull();
  }

  private static RegistryMerge.Said said(String source, Service service, Endpoint... endpoints) {
    return new RegistryMerge.Said(
        source, new SavedService("scope", service, new EndpointSet(List.of(endpoints))));
  }

  private static Endpoint endpoint(String source, int weight, Map<String, Integer> ports) {
    return new Endpoint(
        new EndpointKey(source, "", "one"),
        "10.0.0.1",
        new TreeMap<>(ports),
        BigDecimal.valueOf(weight),
        Health.HEALTHY,
        true,
        Locality.UNKNOWN,
        new TreeMap<>());
  }

  private static SortedSet<String> empty() {
    return new TreeSet<>();
  }
}
