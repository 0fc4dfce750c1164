package dev.skiffmesh.registry.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.api.model.Endpoint;
import dev.skiffmesh.api.model.EndpointSet;
import dev.skiffmesh.api.model.Health;
import dev.skiffmesh.api.model.Protocol;
import dev.skiffmesh.api.model.Service;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.model.ServicePort;
import dev.skiffmesh.api.source.SourceEvent;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One change costs one change, and the names are those that all services together have. */
class ServiceBookTest {

  private static final List<ServicePort> HTTP = List.of(new ServicePort("http", 80, Protocol.HTTP));

  private final List<SourceEvent> told = new ArrayList<>();
  private final ServiceBook book = new ServiceBook("legacy", "default", "all");

  @ParameterizedTest
  @ValueSource(ints = {1, 64, 65, 1_000})
  void oneServiceMoreOrLessIsToldAlone(int services) {
    for (int i = 0; i < services; i++) {
      book.put("s-" + i, List.of(), HTTP, EndpointSet.EMPTY);
    }
    book.tell(told::add);
    assertThat(told).hasSize(1 + services);
    told.clear();

    book.put("new", List.of(), HTTP, EndpointSet.EMPTY);
    book.tell(told::add);
    book.remove("new");
    book.tell(told::add);
    book.put("s-0", List.of(), HTTP, EndpointSet.EMPTY);
    book.tell(told::add);

    ServiceId id = new ServiceId("default", "new");
    assertThat(told).hasSize(3);
    assertThat(told.get(0))
        .isInstanceOfSatisfying(
            SourceEvent.ServicesChanged.class,
            changed -> {
              assertThat(changed.put()).containsOnlyKeys(id);
              assertThat(changed.removed()).isEmpty();
            });
    assertThat(told.get(1)).isEqualTo(new SourceEvent.EndpointsReplaced(id, EndpointSet.EMPTY));
    assertThat(told.get(2))
        .isInstanceOfSatisfying(
            SourceEvent.ServicesChanged.class,
            changed -> {
              assertThat(changed.put()).isEmpty();
              assertThat(changed.removed()).containsExactly(id);
            });
  }

  @Test
  void nothingIsToldOnceAsWell() {
    book.tell(told::add);
    book.tell(told::add);

    assertThat(told).containsExactly(new SourceEvent.ServicesReplaced("all", new TreeMap<>()));
  }

  /** Names of services come and go and clash; what was told is what a fresh book would tell. */
  @Property
  void anyHistoryTellsWhatAFreshBookWould(@ForAll long seed) {
    Random random = new Random(seed);
    List<String> originals = List.of("order", "ORDER", "Order", "o.r", "o-r", "o_r", "pay");
    TestingSink seen = new TestingSink();
    ServiceBook kept = new ServiceBook("legacy", "default", "all");
    SortedMap<String, EndpointSet> there = new TreeMap<>();
    String namespace = "default";
    for (int i = 0; i < 30; i++) {
      String original = originals.get(random.nextInt(originals.size()));
      if (random.nextInt(3) == 0) {
        there.remove(original);
        kept.remove(original);
      } else {
        EndpointSet some = instances(random.nextInt(3));
        there.put(original, some);
        kept.put(original, List.of(), HTTP, some);
      }
      if (random.nextInt(8) == 0) {
        namespace = random.nextBoolean() ? "default" : "elsewhere";
        kept.moveTo(namespace);
      }
      if (random.nextInt(3) == 0) {
        kept.tell(seen);
      }
    }
    kept.tell(seen);

    TestingSink fresh = new TestingSink();
    ServiceBook other = new ServiceBook("legacy", namespace, "all");
    there.forEach((original, some) -> other.put(original, List.of(), HTTP, some));
    other.tell(fresh);
    assertThat(seen.seen()).isEqualTo(fresh.seen());
    SortedMap<String, String> names = ServiceNames.meshNames(there.keySet());
    assertThat(
            seen.seen().services().get("all").values().stream()
                .map(Service::id)
                .map(ServiceId::name)
                .collect(Collectors.toSet()))
        .isEqualTo(names.values().stream().collect(Collectors.toSet()));
    assertThat(kept.clashes("here")).isEqualTo(other.clashes("here"));
  }

  private static EndpointSet instances(int number) {
    List<Endpoint> all = new ArrayList<>();
    for (int i = 0; i < number; i++) {
      try {
        all.add(
            new CloudInstance(
                    "i" + i,
                    "10.0.0." + (i + 1),
                    8080,
                    0,
                    BigDecimal.ONE,
                    Health.HEALTHY,
                    true,
                    "",
                    new TreeMap<>())
                .mapped("legacy")
                .endpoint());
      } catch (MalformedEntryException impossible) {
        throw new IllegalStateException(impossible);
      }
    }
    return new EndpointSet(all);
  }
}
