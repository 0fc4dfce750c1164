package dev.skiffmesh.translator;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.skiffmesh.api.model.Dialect;
import dev.skiffmesh.api.model.Protocol;
import dev.skiffmesh.api.model.Service;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.model.ServicePort;
import dev.skiffmesh.api.model.World;
import dev.skiffmesh.api.policy.scope.ScopeMode;
import dev.skiffmesh.translator.policy.PolicyKinds;
import dev.skiffmesh.translator.resource.Resource;
import dev.skiffmesh.translator.resource.ResourceKind;
import dev.skiffmesh.translator.testing.TestingMesh;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Short names mean the service of the caller's own namespace. */
class NamespacesPropertyTest {

  private static final List<String> NAMESPACES = List.of("a", "b", "nobody");
  private static final List<String> NAMES = List.of("pay", "Pay", "order", "pay:80", "order:8080");

  @Provide
  Arbitrary<List<Service>> services() {
    return Combinators.combine(
            Arbitraries.of("a", "b", "c"),
            Arbitraries.of("pay", "order", "stock"),
            Arbitraries.of(NAMES).set().ofMaxSize(2),
            Arbitraries.of(80, 8080))
        .as((namespace, name, aliases, port) -> service(namespace, name, aliases, port))
        .list()
        .ofMaxSize(6)
        .map(
            services ->
                List.copyOf(
                    services.stream()
                        .collect(
                            TreeMap<ServiceId, Service>::new,
                            (map, service) -> map.put(service.id(), service),
                            Map::putAll)
                        .values()));
  }

  @Property(tries = 100)
  void aCallersOwnNamespaceComesFirstAndNoHostIsServedTwice(
      @ForAll("services") List<Service> services) {
    World world = world(services);
    Translator translator = new Translator("skiff-system");
    for (String namespace : NAMESPACES) {
      Map<String, String> owners = owners(virtualHosts(translator, world, namespace));
      for (String host : List.of("pay", "order", "stock")) {
        Set<ServiceId> claimants = new TreeSet<>();
        Set<ServiceId> own = new TreeSet<>();
        for (Service service : services) {
          if (claims(service, host)) {
            claimants.add(service.id());
            if (service.id().namespace().equals(namespace)) {
              own.add(service.id());
            }
          }
        }
        Set<ServiceId> meant = own.isEmpty() ? claimants : own;
        if (meant.size() == 1) {
          assertThat(owners.get(host)).startsWith(meant.iterator().next().host() + ":");
        } else {
          assertThat(owners).doesNotContainKey(host);
        }
      }
    }
  }

  @Property(tries = 100)
  void aNamesakeElsewhereTakesNothingFromCallersThatHaveTheirOwn(
      @ForAll("services") List<Service> services, @ForAll("services") List<Service> coming) {
    List<Service> more = new ArrayList<>(services);
    coming.stream()
        .filter(service -> !service.id().namespace().equals("a"))
        .filter(service -> services.stream().noneMatch(s -> s.id().equals(service.id())))
        // An alias with a port is a name of whoever has the host and the port.
        .filter(service -> service.aliases().isEmpty())
        .forEach(more::add);
    if (services.stream().anyMatch(s -> s.aliases().stream().anyMatch(a -> a.contains(":")))) {
      return;
    }
    Translator translator = new Translator("skiff-system");
    Map<String, Resource> before = virtualHosts(translator, world(services), "a");
    Map<String, Resource> after = virtualHosts(translator, world(more), "a");
    before.forEach(
        (name, resource) -> {
          if (name.contains(".a:")) {
            assertThat(after).containsKey(name);
            assertThat(after.get(name)).extracting(Resource::version).isEqualTo(resource.version());
          }
        });
  }

  @Property(tries = 100)
  void oneNameHasOneContentWhoeverCalls(@ForAll("services") List<Service> services) {
    Translator translator = new Translator("skiff-system");
    Map<String, String> versions = new TreeMap<>();
    for (String namespace : List.of("a", "b", "c", "nobody")) {
      virtualHosts(translator, world(services), namespace)
          .forEach(
              (name, resource) ->
                  assertThat(versions.merge(name, resource.version(), (one, other) -> other))
                      .isEqualTo(resource.version()));
    }
    assertThat(versions.size()).isLessThanOrEqualTo(2 * services.size());
  }

  /** What two namespaces cost, a hundred cost: two virtual hosts a service. */
  @Example
  void aNameInAHundredNamespacesIsPackedTwiceEach() {
    List<Service> services =
        IntStream.range(0, 100).mapToObj(i -> service("n" + i, "pay", Set.of(), 80)).toList();
    Translator translator = new Translator("skiff-system");
    Set<Resource> packed = new HashSet<>();
    for (int i = 0; i < 100; i++) {
      packed.addAll(virtualHosts(translator, world(services), "n" + i).values());
    }
    assertThat(packed).hasSize(200);
  }

  /** On demand a proxy is sent what its names mean now, before they move. */
  @Example
  void theServiceThatANameMovesToIsSentWithIt() {
    Service theirs = service("a", "pay", Set.of(), 80);
    Service own = service("b", "pay", Set.of(), 80);
    Translator translator = new Translator("skiff-system", PolicyKinds.ALL, ScopeMode.ON_DEMAND);

    assertThat(onDemand(translator, List.of(theirs), theirs.id()))
        .containsExactly("egress/pay.a:80");
    assertThat(onDemand(translator, List.of(theirs, own), theirs.id()))
        .containsExactly("egress/pay.a:80~elsewhere", "egress/pay.b:80");
    assertThat(onDemand(translator, List.of(theirs), own.id())).containsExactly("egress/pay.a:80");
  }

  private static List<String> onDemand(
      Translator translator, List<Service> services, ServiceId learned) {
    return List.copyOf(
        translator
            .translate(
                translator.view(
                    translator.evaluate(world(services)),
                    Callers.caller("b", "caller", Map.of(), Callers.DELTA),
                    new TreeSet<>(Set.of(learned))))
            .resources()
            .of(ResourceKind.VIRTUAL_HOST)
            .keySet());
  }

  private static Map<String, Resource> virtualHosts(
      Translator translator, World world, String namespace) {
    Dialect dialect = Callers.DELTA;
    return translator
        .translate(
            translator.view(
                translator.evaluate(world), Callers.caller(namespace, "caller", Map.of(), dialect)))
        .resources()
        .of(ResourceKind.VIRTUAL_HOST);
  }

  /** Domain to the virtual host that has it, without the route configuration's name. */
  private static Map<String, String> owners(Map<String, Resource> virtualHosts) {
    Map<String, String> owners = new TreeMap<>();
    for (Resource resource : virtualHosts.values()) {
      VirtualHost host = virtualHost(resource);
      for (String domain : host.getDomainsList()) {
        assertThat(owners.put(domain, host.getName().substring("egress/".length())))
            .as(domain)
            .isNull();
      }
    }
    return owners;
  }

  private static VirtualHost virtualHost(Resource resource) {
    try {
      return Any.parseFrom(resource.any()).unpack(VirtualHost.class);
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  private static boolean claims(Service service, String host) {
    return service.id().name().equals(host)
        || service.aliases().stream().anyMatch(a -> a.toLowerCase(Locale.ROOT).equals(host));
  }

  private static World world(List<Service> services) {
    World world = World.EMPTY;
    for (Service service : services.stream().sorted(Comparator.comparing(Service::id)).toList()) {
      world = TestingMesh.with(world, service);
    }
    return world;
  }

  private static Service service(String namespace, String name, Set<String> aliases, int port) {
    return new Service(
        new ServiceId(namespace, name),
        new TreeSet<>(aliases),
        List.of(new ServicePort("http", port, Protocol.HTTP)),
        new TreeSet<>(),
        List.of("test"));
  }
}
