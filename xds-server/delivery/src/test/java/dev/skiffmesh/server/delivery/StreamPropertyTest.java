package dev.skiffmesh.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.server.delivery.testing.TestingSnapshot;
import dev.skiffmesh.translator.resource.Resource;
import dev.skiffmesh.translator.resource.ResourceKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/**
 * Any order of changes, answers, asks, leaves, late nonces, renewals, expiries and reconnects ends
 * with the proxy having what it should, and breaks no promise on the way.
 */
class StreamPropertyTest {

  private static final int STEPS = 120;

  @Provide
  Arbitrary<Long> seeds() {
    return Arbitraries.longs();
  }

  @Property(tries = 400)
  void delta(@ForAll("seeds") long seed) {
    new Run(new DeltaWorldProxy(), seed).play();
  }

  @Property(tries = 400)
  void deltaOfMany(@ForAll("seeds") long seed) {
    new Run(new DeltaWorldProxy(1), seed).play();
  }

  /** Proxies of one mesh share what was worked out for the first of them. */
  @Property(tries = 400)
  void deltaOfManyTogether(@ForAll("seeds") long seed) {
    DeltaStream machine = new DeltaStream(WorldProxy.rules(), 1);
    Random random = new Random(seed);
    List<Run> runs = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      runs.add(new Run(new DeltaWorldProxy(machine), random.nextLong()));
      runs.getLast().proxy.connect();
    }
    for (int i = 0; i < 3 * STEPS; i++) {
      Run one = runs.get(random.nextInt(runs.size()));
      one.act();
      // What one is to have the others are to have, sooner or later.
      Run other = runs.get(random.nextInt(runs.size()));
      other.world = one.world;
      other.proxy.publish(other.world);
    }
    for (Run run : runs) {
      run.world = runs.getFirst().world;
      run.settle();
      run.converged();
    }
  }

  @Property(tries = 400)
  void stateOfTheWorldOfMany(@ForAll("seeds") long seed) {
    new Run(new SotwWorldProxy(1), seed).play();
  }

  @Property(tries = 400)
  void stateOfTheWorld(@ForAll("seeds") long seed) {
    new Run(new SotwWorldProxy(), seed).play();
  }

  @Property(tries = 400)
  void stateOfTheWorldByName(@ForAll("seeds") long seed) {
    new Run(SotwWorldProxy.byName(), seed).play();
  }

  /** One random life of a stream. */
  private static final class Run {

    private static final List<String> NAMES = List.of("a", "b", "c", "d", "e");

    private final WorldProxy proxy;
    private final Random random;
    private TestingSnapshot world = TestingSnapshot.EMPTY;

    Run(WorldProxy proxy, long seed) {
      this.proxy = proxy;
      this.random = new Random(seed);
    }

    void play() {
      proxy.connect();
      for (int i = 0; i < STEPS; i++) {
        act();
        proxy.assertBounded(NAMES.size());
      }
      settle();
      converged();
    }

    private void act() {
      int dice = random.nextInt(108);
      if (dice < 25) {
        change();
      } else if (dice < 50) {
        proxy.receive();
      } else if (dice < 70) {
        proxy.answer(random, true);
      } else if (dice < 80) {
        proxy.answer(random, false);
      } else if (dice < 88) {
        proxy.ask(random);
      } else if (dice < 94) {
        proxy.leave(random);
      } else if (dice < 97) {
        proxy.lateNonce(random);
      } else if (dice < 100) {
        proxy.connect();
        proxy.publish(world);
      } else if (dice < 106) {
        proxy.tick();
      } else {
        proxy.expire();
      }
    }

    private void change() {
      ResourceKind kind = proxy.kinds().get(random.nextInt(proxy.kinds().size()));
      String name = proxy.nameOf(kind, NAMES.get(random.nextInt(NAMES.size())));
      world =
          random.nextInt(4) == 0
              ? world.without(kind, name)
              : world.with(TestingSnapshot.of(kind, name, random.nextInt(4)));
      proxy.publish(world);
    }

    private void settle() {
      proxy.publish(world);
      proxy.settle();
      // What the proxy dropped meanwhile comes back with the next renewal; what waits for it to ask
      // for the assignments of new clusters, which this one need not do, waits for two ticks.
      for (int tick = 0; tick < 4; tick++) {
        proxy.tick();
        proxy.settle();
      }
    }

    /** The proxy has what the world has, apart from contents that it itself refused. */
    private void converged() {
      for (ResourceKind kind : proxy.kinds()) {
        Map<String, String> wanted = new TreeMap<>();
        for (String name : proxy.wanted(kind, world)) {
          world
              .build()
              .get(kind, name)
              .map(Resource::version)
              .ifPresent(version -> wanted.put(name, version));
        }
        Map<String, String> has = new TreeMap<>(proxy.has(kind));
        proxy
            .refusedBy(kind)
            .forEach(
                name -> {
                  wanted.remove(name);
                  has.remove(name);
                });
        if (!proxy.holdsRemovals()) {
          assertThat(has).as("%s of %s", kind, world).containsAllEntriesOf(wanted);
          if (kind.removable()) {
            assertThat(has).as(kind.shortName()).isEqualTo(wanted);
          }
        }
      }
    }
  }
}
