package dev.skiffmesh.server.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.api.model.EndpointSet;
import dev.skiffmesh.api.model.Immutable;
import dev.skiffmesh.api.model.Service;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.source.SourceEvent;
import dev.skiffmesh.registry.core.ChangedOnly;
import dev.skiffmesh.server.guard.GuardSettings;
import dev.skiffmesh.server.guard.ShrinkGuard;
import dev.skiffmesh.server.state.SavedService;
import dev.skiffmesh.server.status.SourceRole;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What has changed of a portion says the same as the whole portion, and costs what has changed. */
class ServicesChangedTest {

  private static final Instant NOW = Instant.EPOCH;
  private static final List<String> PORTIONS = List.of("a", "b");
  private static final long SECOND = 1_000_000_000L;

  /** A state behind its guard, as the loop has it. */
  private static final class Guarded {
    private final SourceState state =
        new SourceState(
            new ConfiguredSource(
                new InMemorySource("legacy"), Immutable.sortedSet(List.of(SourceRole.values()))),
            NOW);
    private final ShrinkGuard guard = new ShrinkGuard(GuardSettings.DEFAULT, state, _ -> {});
    private final SortedSet<ServiceId> touched = new TreeSet<>();
    private int said;

    void hear(SourceEvent event, long now) {
      apply(guard.pass(state.meant(event), now));
    }

    void later(long now) {
      apply(guard.due(now));
    }

    void settle(long now) {
      state.unsaid().forEach(event -> hear(event, now));
    }

    private void apply(List<SourceEvent> events) {
      for (SourceEvent event : events) {
        said +=
            switch (event) {
              case SourceEvent.ServicesReplaced(_, var services) -> services.size();
              case SourceEvent.ServicesChanged(_, var put, var removed) ->
                  put.size() + removed.size();
              default -> 0;
            };
        touched.addAll(state.apply(event, NOW).services());
      }
    }
  }

  @Property(tries = 300, shrinking = ShrinkingMode.OFF)
  void anyHistorySaysTheSameBothWays(@ForAll long seed) {
    Random random = new Random(seed);
    boolean isRestored = random.nextBoolean();
    boolean mayMove = random.nextBoolean();
    Guarded whole = new Guarded();
    Guarded changed = new Guarded();
    SortedMap<ServiceId, SavedService> before = new TreeMap<>();
    // Of what a restart brought back in an unreadable portion the end alone is the same: told
    // whole,
    // the next event ends what is not in it; told by its changes, the next sync does.
    boolean isSameAllAlong = random.nextBoolean();
    for (int i = isRestored ? 4 : 0; i > 0; i--) {
      ServiceId id = TestingMesh.id("s" + i);
      before.put(
          id, new SavedService(portionOf("s" + i), TestingMesh.service("s" + i), some(random)));
    }
    whole.state.restoreServices(before, NOW);
    changed.state.restoreServices(before, NOW);
    long[] now = {0};
    ChangedOnly sink = new ChangedOnly(event -> changed.hear(event, now[0]));
    SortedMap<String, SortedMap<ServiceId, Service>> registry = new TreeMap<>();
    PORTIONS.forEach(portion -> registry.put(portion, new TreeMap<>()));

    SortedMap<ServiceId, EndpointSet> endpoints = new TreeMap<>();
    SourceEvent standing = null;
    for (int step = 0; step < 40; step++) {
      now[0] += random.nextInt(4) * SECOND;
      for (SourceEvent event : step(registry, !isRestored || !isSameAllAlong, mayMove, random)) {
        // A standing that is said again is no news either way: ChangedOnly lets none pass.
        boolean isStanding =
            event instanceof SourceEvent.Synced || event instanceof SourceEvent.Lost;
        if (!isStanding || !event.equals(standing)) {
          whole.hear(event, now[0]);
        }
        standing = isStanding ? event : standing;
        if (event instanceof SourceEvent.EndpointsReplaced(var id, var told)) {
          endpoints.put(id, told);
        }
        sink.accept(event);
      }
      whole.later(now[0]);
      changed.later(now[0]);
      if (random.nextInt(3) == 0) {
        whole.settle(now[0]);
        changed.settle(now[0]);
      }
      if (!isRestored || isSameAllAlong) {
        assertSame(whole, changed);
        assertThat(changed.guard.held(now[0])).isEqualTo(whole.guard.held(now[0]));
      }
    }
    List<SourceEvent> last = new ArrayList<>();
    registry.forEach(
        (portion, services) -> {
          last.add(new SourceEvent.ServicesReplaced(portion, services));
          last.add(new SourceEvent.PortionFindings(portion, false, List.of()));
        });
    last.add(new SourceEvent.Synced());
    last.forEach(event -> whole.hear(event, now[0]));
    last.forEach(sink::accept);
    // Whatever is held back is believed by then.
    for (int i = 0; i < 3; i++) {
      whole.settle(now[0]);
      changed.settle(now[0]);
      now[0] += 100 * SECOND;
      whole.later(now[0]);
      changed.later(now[0]);
    }
    if (!isRestored || isSameAllAlong) {
      assertSame(whole, changed);
    }
    SortedMap<ServiceId, EndpointSet> there = new TreeMap<>();
    changed.state.services().forEach((id, service) -> there.put(id, service.endpoints()));
    endpoints.keySet().retainAll(ids(registry));
    assertThat(there).isEqualTo(endpoints);
  }

  private static Set<ServiceId> ids(SortedMap<String, SortedMap<ServiceId, Service>> registry) {
    return registry.values().stream()
        .flatMap(services -> services.keySet().stream())
        .collect(Collectors.toSet());
  }

  private static void assertSame(Guarded whole, Guarded changed) {
    assertThat(changed.state.services()).isEqualTo(whole.state.services());
    for (String portion : PORTIONS) {
      assertThat(changed.state.portion(portion)).isEqualTo(whole.state.portion(portion));
    }
  }

  private static List<SourceEvent> step(
      SortedMap<String, SortedMap<ServiceId, Service>> registry,
      boolean mayBeUnreadable,
      boolean mayMove,
      Random random) {
    List<SourceEvent> events = new ArrayList<>();
    String name = "s" + (1 + random.nextInt(5));
    String portion = mayMove ? random(PORTIONS, random) : portionOf(name);
    ServiceId id = TestingMesh.id(name);
    switch (random.nextInt(8)) {
      case 0 -> events.add(new SourceEvent.Synced());
      case 1 -> events.add(new SourceEvent.Lost("an outage"));
      case 2 ->
          events.add(
              new SourceEvent.PortionFindings(
                  portion, mayBeUnreadable && random.nextBoolean(), List.of()));
      case 3, 4 -> {
        SortedMap<ServiceId, Service> services = registry.get(portion);
        if (services.remove(id) != null) {
          events.add(new SourceEvent.ServicesReplaced(portion, services));
        }
      }
      default -> {
        registry.forEach(
            (other, services) -> {
              if (!other.equals(portion) && services.remove(id) != null) {
                events.add(new SourceEvent.ServicesReplaced(other, services));
              }
            });
        registry.get(portion).put(id, TestingMesh.service(name));
        events.add(new SourceEvent.ServicesReplaced(portion, registry.get(portion)));
        events.add(new SourceEvent.EndpointsReplaced(id, some(random)));
      }
    }
    return events;
  }

  /** Where a service is that does not move. */
  private static String portionOf(String name) {
    return PORTIONS.get(name.hashCode() % PORTIONS.size());
  }

  private static EndpointSet some(Random random) {
    return new EndpointSet(
        random
            .ints(random.nextInt(4), 1, 9)
            .distinct()
            .mapToObj(host -> TestingMesh.endpoint("legacy", "10.0.0." + host, 80, 1))
            .toList());
  }

  private static String random(List<String> of, Random random) {
    return of.get(random.nextInt(of.size()));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 64, 65, 1_000})
  void oneServiceMoreOrLessCostsOneWhateverThereIs(int services) {
    Guarded loop = new Guarded();
    ChangedOnly sink = new ChangedOnly(event -> loop.hear(event, 0));
    SortedMap<ServiceId, Service> all = new TreeMap<>();
    for (int i = 0; i < services; i++) {
      all.put(TestingMesh.id("s-" + i), TestingMesh.service("s-" + i));
    }
    sink.accept(new SourceEvent.ServicesReplaced("a", all));
    sink.accept(new SourceEvent.Synced());
    loop.said = 0;
    loop.touched.clear();

    all.put(TestingMesh.id("new"), TestingMesh.service("new"));
    sink.accept(new SourceEvent.ServicesReplaced("a", all));
    all.remove(TestingMesh.id("new"));
    sink.accept(new SourceEvent.ServicesReplaced("a", all));
    sink.accept(new SourceEvent.ServicesReplaced("a", all));

    assertThat(loop.said).isEqualTo(2);
    assertThat(loop.touched).containsExactly(TestingMesh.id("new"));
    assertThat(loop.state.services()).hasSize(services);
  }
}
