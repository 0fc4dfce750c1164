package dev.skiffmesh.registry.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.api.model.Endpoint;
import dev.skiffmesh.api.model.EndpointKey;
import dev.skiffmesh.api.model.EndpointUse;
import dev.skiffmesh.api.model.Health;
import dev.skiffmesh.api.model.Locality;
import dev.skiffmesh.registry.kubernetes.ClusterObject.Backend;
import dev.skiffmesh.registry.kubernetes.ClusterObject.Node;
import dev.skiffmesh.registry.kubernetes.ClusterObject.Port;
import dev.skiffmesh.registry.kubernetes.ClusterObject.Service;
import dev.skiffmesh.registry.kubernetes.ClusterObject.Slice;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What an API server's objects mean, without one. */
class ServiceMapperTest {

  private static final Port HTTP = new Port("http", 80, "TCP", "");
  private static final Service ORDER = order(false, HTTP);

  private final ServiceMapper mapper = new ServiceMapper("cluster");

  private static Service order(boolean isIpv6First, Port... ports) {
    return new Service("trading", "order", List.of("10.0.0.1"), isIpv6First, null, List.of(ports));
  }

  private static Port port(String name, int number) {
    return new Port(name, number, "TCP", "");
  }

  private static Slice slice(String name, String type, List<Port> ports, Backend... backends) {
    return new Slice("trading", name, "order", type, ports, List.of(backends));
  }

  private static Backend pod(String name, String address) {
    return new Backend(address, true, true, false, name, "", "");
  }

  private static Backend machine(String address) {
    return new Backend(address, true, true, false, "", "", "");
  }

  private List<Endpoint> endpoints(Service service, Slice... slices) {
    return mapper.endpoints(service, List.of(slices), new East()).endpoints();
  }

  @Test
  void aPortIsKnownOnceAndOnlyIfItIsTcp() {
    Service found =
        order(
            false, HTTP, port("again", 80), new Port("queries", 53, "UDP", ""), port("web", 9000));

    assertThat(mapper.service(found).orElseThrow().ports())
        .extracting(one -> one.name() + " " + one.number())
        .containsExactly("http 80", "web 9000");
  }

  @Test
  void whatHasNoTcpPortIsNotCalled() {
    assertThat(mapper.service(order(false, new Port("queries", 53, "UDP", "")))).isEmpty();
  }

  @Test
  void aPodInTwoSlicesIsOneEndpointWithThePortsOfBoth() {
    Service both = order(false, HTTP, port("grpc", 90));

    assertThat(
            endpoints(
                both,
                slice("a", "IPv4", List.of(port("http", 8080)), pod("p", "10.1.0.1")),
                slice("b", "IPv4", List.of(port("grpc", 9090)), pod("p", "10.1.0.1"))))
        .singleElement()
        .extracting(Endpoint::ports)
        .isEqualTo(Map.of("grpc", 9090, "http", 8080));
  }

  @Test
  void anAddressThatSaysTwoNumbersForOnePortIsTwoServers() {
    assertThat(
            endpoints(
                ORDER,
                slice("a", "IPv4", List.of(port("http", 8080)), machine("10.1.0.1")),
                slice("b", "IPv4", List.of(port("http", 8081)), machine("10.1.0.1")),
                slice("c", "IPv4", List.of(port("http", 8081)), machine("10.1.0.1"))))
        .extracting(one -> one.address() + " " + one.ports())
        .containsExactly("10.1.0.1 {http=8080}", "10.1.0.1 {http=8081}");
  }

  @Test
  void aPodOfBothFamiliesIsCalledAtTheServicesFirstOne() {
    Slice four = slice("a", "IPv4", List.of(port("http", 8080)), pod("p", "10.1.0.1"));
    Slice six = slice("b", "IPv6", List.of(port("http", 8080)), pod("p", "fd00::1"));

    assertThat(endpoints(ORDER, four, six))
        .extracting(one -> one.address() + " " + one.additionalAddresses())
        .containsExactly("10.1.0.1 [fd00::1]");
    assertThat(endpoints(order(true, HTTP), four, six))
        .extracting(one -> one.address() + " " + one.additionalAddresses())
        .containsExactly("fd00::1 [10.1.0.1]");
    assertThat(endpoints(ORDER, six))
        .extracting(one -> one.address() + " " + one.additionalAddresses())
        .containsExactly("fd00::1 []");
  }

  @Test
  void aPodOfTheOtherFamilyAloneIsAnEndpointToo() {
    Slice four = slice("a", "IPv4", List.of(port("http", 8080)), pod("p", "10.1.0.1"));
    Slice six =
        slice("b", "IPv6", List.of(port("http", 8080)), pod("p", "fd00::1"), pod("q", "fd00::2"));

    assertThat(endpoints(ORDER, four, six))
        .extracting(one -> one.address() + " " + one.additionalAddresses())
        .containsExactly("10.1.0.1 [fd00::1]", "fd00::2 []");
  }

  @Test
  void ofMachinesNobodyCanTellWhichAddressIsWhose() {
    Slice four = slice("a", "IPv4", List.of(port("http", 8080)), machine("10.1.0.1"));
    Slice six = slice("b", "IPv6", List.of(port("http", 8080)), machine("fd00::1"));

    assertThat(endpoints(ORDER, four, six))
        .extracting(one -> one.address() + " " + one.additionalAddresses())
        .containsExactly("10.1.0.1 []");
  }

  @Test
  void namesOfHostsAreLeftOutAndTheirNeighboursStay() {
    Slice names = slice("a", "FQDN", List.of(port("http", 8080)), machine("order.example.com"));
    Slice four = slice("b", "IPv4", List.of(port("http", 8080)), machine("10.1.0.1"));

    assertThat(endpoints(ORDER, names, four))
        .extracting(Endpoint::address)
        .containsExactly("10.1.0.1");
    assertThat(ServiceMapper.fault(names)).isPresent();
    assertThat(ServiceMapper.fault(four)).isEmpty();
  }

  @Test
  void conditionsAreHealth() {
    List<Port> ports = List.of(port("http", 8080));

    assertThat(
            endpoints(
                ORDER,
                slice(
                    "a",
                    "IPv4",
                    ports,
                    new Backend("10.1.0.1", true, true, false, "", "", ""),
                    new Backend("10.1.0.2", false, false, false, "", "", ""),
                    new Backend("10.1.0.3", false, false, true, "", "", ""),
                    new Backend("10.1.0.4", true, true, true, "", "", ""))))
        .extracting(Endpoint::health)
        .containsExactly(Health.HEALTHY, Health.UNHEALTHY, Health.UNHEALTHY, Health.DRAINING);
    assertThat(
            endpoints(
                ORDER,
                slice("a", "IPv4", ports, new Backend("10.1.0.1", false, true, true, "p", "", "")),
                slice("b", "IPv4", ports, pod("p", "10.1.0.1"))))
        .extracting(Endpoint::health)
        .containsExactly(Health.DRAINING);
  }

  @Test
  void whereNobodyIsReadyThoseThatEndAndServeTakeCalls() {
    List<Port> ports = List.of(port("http", 8080));
    Backend ending = new Backend("10.3.4.1", false, true, true, "t-a", "", "");
    Backend ended = new Backend("10.3.4.2", false, false, true, "t-b", "", "");
    Backend starting = new Backend("10.3.4.3", false, false, false, "t-c", "", "");

    assertThat(callable(slice("a", "IPv4", ports, ending, ended, starting)))
        .containsExactly("10.3.4.1");
    assertThat(
            callable(
                slice("a", "IPv4", ports, ending, ended),
                slice("b", "IPv4", ports, pod("t-d", "10.3.4.4"))))
        .containsExactly("10.3.4.4");
    assertThat(callable(slice("a", "IPv4", ports, ended))).isEmpty();
    assertThat(
            callable(
                slice("a", "IPv4", ports, ending),
                slice(
                    "b", "IPv6", ports, new Backend("fd00::1", false, true, true, "t-a", "", ""))))
        .containsExactly("10.3.4.1");
  }

  private List<String> callable(Slice... slices) {
    List<Endpoint> all = endpoints(ORDER, slices);
    Set<EndpointKey> calls = EndpointUse.takingCalls(all);
    return all.stream().filter(one -> calls.contains(one.key())).map(Endpoint::address).toList();
  }

  @Test
  void theSlicesZoneCountsBeforeTheNodes() {
    assertThat(
            endpoints(
                ORDER,
                slice(
                    "a",
                    "IPv4",
                    List.of(port("http", 8080)),
                    new Backend("10.1.0.1", true, true, false, "p", "node", "east-b"),
                    new Backend("10.1.0.2", true, true, false, "q", "node", ""),
                    new Backend("10.1.0.3", true, true, false, "r", "unknown", ""))))
        .extracting(Endpoint::locality)
        .containsExactly(
            new Locality("east", "east-b", ""),
            new Locality("east", "east-a", ""),
            Locality.UNKNOWN);
  }

  @Test
  void portsThatTheServiceDoesNotNameAreNotCalled() {
    assertThat(
            endpoints(
                ORDER,
                slice(
                    "a",
                    "IPv4",
                    List.of(port("http", 8080), port("admin", 9000)),
                    pod("p", "10.1.0.1"))))
        .singleElement()
        .extracting(Endpoint::ports)
        .isEqualTo(Map.of("http", 8080));
  }

  private static final class East implements ServiceMapper.Surroundings {
    @Override
    public SortedMap<String, String> labels(String namespace, String pod) {
      return new TreeMap<>(Map.of("pod", pod));
    }

    @Override
    public Optional<Node> node(String name) {
      return name.equals("node") ? Optional.of(new Node(name, "east", "east-a")) : Optional.empty();
    }
  }
}
