package dev.skiffmesh.server.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.model.EndpointSet;
import dev.skiffmesh.api.model.Service;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.model.World;
import dev.skiffmesh.api.policy.Policy;
import dev.skiffmesh.api.source.SourceEvent;
import dev.skiffmesh.api.status.FindingCode;
import dev.skiffmesh.server.delivery.StreamId;
import dev.skiffmesh.translator.resource.Resource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;

/**
 * The order of events, of threads, of outages and of failures plays no part in what they end in.
 */
class ControlLoopPropertyTest {

  private static final String[] SOURCES = {"files", "legacy", "etcd"};
  private static final String[] NAMES = {"order", "stock", "quote", "pay"};
  private static final int STEPS = 60;
  private static final String PROXY = "trading/order/10.0.0.9:8080";
  private static final StreamId VISITOR = new StreamId(1);

  /** What one registry holds, told as a source would tell it. */
  private static final class Registry {
    private final String source;
    private final SortedMap<String, SortedMap<ServiceId, Service>> scopes = new TreeMap<>();
    private final SortedMap<ServiceId, EndpointSet> endpoints = new TreeMap<>();
    private final SortedMap<DocumentKey, String> policies = new TreeMap<>();

    private Registry(String source) {
      this.source = source;
      for (String scope : List.of("a", "b")) {
        scopes.put(scope, new TreeMap<>());
      }
    }

    /** Changes something; the events that say so, in an order in which a source may say it. */
    private List<SourceEvent> change(Random random) {
      List<SourceEvent> events = new ArrayList<>();
      String name = NAMES[random.nextInt(NAMES.length)];
      ServiceId id = TestingMesh.id(name);
      // A name belongs to one scope, as the border says.
      String scope = name.length() % 2 == 0 ? "a" : "b";
      switch (random.nextInt(5)) {
        case 0 -> {
          if (scopes.get(scope).remove(id) != null) {
            endpoints.remove(id);
            events.add(services(scope));
          }
        }
        case 1, 2 -> {
          scopes.get(scope).put(id, TestingMesh.service(name));
          endpoints.put(id, randomEndpoints(random));
          events.add(services(scope));
          events.add(random.nextInt(2), endpointsOf(id));
        }
        case 3 -> {
          policies.put(TestingMesh.key(name), "target=trading/" + name + " v" + random.nextInt(3));
          events.add(put(TestingMesh.key(name)));
        }
        default -> {
          if (policies.remove(TestingMesh.key(name)) != null) {
            events.add(new SourceEvent.PolicyDeleted(TestingMesh.key(name)));
          }
        }
      }
      return events;
    }

    private EndpointSet randomEndpoints(Random random) {
      Set<Integer> hosts = new HashSet<>();
      for (int i = random.nextInt(4); i > 0; i--) {
        hosts.add(1 + random.nextInt(4));
      }
      return new EndpointSet(
          hosts.stream()
              .map(
                  host -> TestingMesh.endpoint(source, "10.0.0." + host, 80, 1 + random.nextInt(2)))
              .toList());
    }

    private SourceEvent services(String scope) {
      return new SourceEvent.ServicesReplaced(scope, scopes.get(scope));
    }

    private SourceEvent endpointsOf(ServiceId id) {
      return new SourceEvent.EndpointsReplaced(id, endpoints.get(id));
    }

    private SourceEvent put(DocumentKey key) {
      return new SourceEvent.PolicyPut(
          TestingMesh.document(source, key.name(), key.name(), policies.get(key)));
    }

    private List<SourceEvent> everything() {
      List<SourceEvent> events = new ArrayList<>();
      scopes.keySet().forEach(scope -> events.add(TestingMesh.readable(scope)));
      scopes.keySet().forEach(scope -> events.add(services(scope)));
      endpoints.keySet().forEach(id -> events.add(endpointsOf(id)));
      policies.keySet().forEach(key -> events.add(put(key)));
      events.add(new SourceEvent.Synced());
      return events;
    }
  }

  @Property(tries = 300, shrinking = ShrinkingMode.OFF)
  void anyHistoryEndsInTheWorldOfAFreshStart(@ForAll long seed) {
    Random random = new Random(seed);
    List<Registry> registries = new ArrayList<>();
    for (String source : SOURCES) {
      registries.add(new Registry(source));
    }
    TestingMesh mesh =
        visited(TestingMesh.shuffled(random, new InMemoryStateStore(), SOURCES), random);
    Map<Registry, Boolean> lost = new TreeMap<>((a, b) -> a.source.compareTo(b.source));
    for (int step = 0; step < STEPS; step++) {
      int which = random.nextInt(SOURCES.length);
      Registry registry = registries.get(which);
      InMemorySource source = mesh.sources.get(which);
      boolean isLost = lost.getOrDefault(registry, false);
      switch (random.nextInt(13)) {
        case 0 -> {
          source.send(new SourceEvent.Lost("an outage"));
          lost.put(registry, true);
        }
        case 1, 2 -> {
          // What was deleted during the outage, a source has to say, as its contract test demands.
          deletions(registry, mesh, which).forEach(source::send);
          registry.everything().forEach(source::send);
          lost.put(registry, false);
        }
        case 3 -> {
          mesh.threads.advance(Duration.ofMillis(random.nextInt(30_000)));
        }
        case 5 -> source.send(TestingMesh.unreadable(random.nextBoolean() ? "a" : "b"));
        case 4 -> {
          mesh = visited(killed(mesh, random), random);
          // After a restart every source begins from nothing.
          registries.forEach(one -> lost.put(one, true));
        }
        default -> {
          List<SourceEvent> events = registry.change(random);
          if (!isLost) {
            events.forEach(source::send);
          }
        }
      }
      for (int i = random.nextInt(20); i > 0; i--) {
        mesh.threads.step();
      }
    }
    mishap(mesh, () -> {});
    for (int i = 0; i < SOURCES.length; i++) {
      deletions(registries.get(i), mesh, i).forEach(mesh.sources.get(i)::send);
      registries.get(i).everything().forEach(mesh.sources.get(i)::send);
    }
    // Whatever a guard holds back is in force by then.
    mesh.threads.advance(Duration.ofMinutes(3));

    TestingMesh fresh = TestingMesh.fresh(SOURCES);
    for (int i = 0; i < SOURCES.length; i++) {
      registries.get(i).everything().forEach(fresh.sources.get(i)::send);
    }
    fresh.threads.advance(Duration.ofSeconds(30));
    assertSame(mesh.world(), fresh.world());
    assertThat(mesh.findings(FindingCode.TRANSLATION_FAILED)).isEmpty();
    StreamId stream = fresh.delivery.connect(fresh.loop, PROXY);
    fresh.settled();
    assertThat(mesh.delivery.newest(VISITOR).resources().byKind())
        .isEqualTo(fresh.delivery.newest(stream).resources().byKind());
    assertThat(versions(mesh.delivery.newest(VISITOR).assignments()))
        .containsAllEntriesOf(versions(fresh.delivery.newest(stream).assignments()));
    // The state folder tells the next process the same.
    TestingMesh next = killed(mesh, random);
    next.threads.advance(Duration.ofSeconds(30));
    assertSame(next.world(), fresh.world());
  }

  private static Map<String, String> versions(Map<String, Resource> resources) {
    Map<String, String> versions = new TreeMap<>();
    resources.forEach((name, resource) -> versions.put(name, resource.version()));
    return versions;
  }

  /** One in eight steps of everything around the loop fails, and a proxy is connected. */
  private static TestingMesh visited(TestingMesh mesh, Random random) {
    mesh.delivery.connect(mesh.loop, PROXY, VISITOR);
    mishap(
        mesh,
        () -> {
          switch (random.nextInt(16)) {
            case 0 -> throw new IllegalStateException("a mishap");
            case 1 -> throw new StackOverflowError("a mishap");
            default -> {}
          }
        });
    return mesh;
  }

  private static void mishap(TestingMesh mesh, Runnable what) {
    mesh.translations.mishap = what;
    mesh.delivery.mishap = what;
    mesh.delivery.blind = what;
    mesh.state.mishap = what;
  }

  private static TestingMesh killed(TestingMesh mesh, Random random) {
    mesh.threads.close();
    return TestingMesh.shuffled(random, mesh.state, SOURCES);
  }

  private static List<SourceEvent> deletions(Registry registry, TestingMesh mesh, int which) {
    List<SourceEvent> events = new ArrayList<>();
    for (String name : NAMES) {
      DocumentKey key = TestingMesh.key(name);
      if (!registry.policies.containsKey(key)) {
        events.add(new SourceEvent.PolicyDeleted(key));
      }
    }
    assertThat(mesh.sources.get(which).name()).isEqualTo(registry.source);
    return events;
  }

  /** Generations count history, so they differ; all else is equal. */
  private static void assertSame(World world, World fresh) {
    assertThat(world.services()).isEqualTo(fresh.services());
    assertThat(world.endpoints()).isEqualTo(fresh.endpoints());
    assertThat(specs(world)).isEqualTo(specs(fresh));
  }

  private static Map<DocumentKey, String> specs(World world) {
    Map<DocumentKey, String> specs = new TreeMap<>();
    for (Policy<?> policy : world.policies().values()) {
      specs.put(policy.key(), policy.origin() + " " + policy.spec());
    }
    return specs;
  }
}
