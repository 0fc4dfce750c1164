package dev.skiffmesh.server.delivery;

import static dev.skiffmesh.translator.resource.ResourceKind.CLUSTER;
import static dev.skiffmesh.translator.resource.ResourceKind.ENDPOINT;
import static dev.skiffmesh.translator.resource.ResourceKind.ROUTE;
import static dev.skiffmesh.translator.resource.ResourceKind.VIRTUAL_HOST;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.server.delivery.testing.TestingReach;
import dev.skiffmesh.server.delivery.testing.TestingSnapshot;
import dev.skiffmesh.translator.resource.Resource;
import dev.skiffmesh.translator.resource.ResourceKind;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;

/**
 * Whatever is asked, changed, rejected and cut in whatever order: in the end no call waits, every
 * host that exists works, and at no moment does a host lead to a cluster that the proxy lacks. The
 * proxy is a small model of Envoy 1.40: it asks once for a host that it does not know, remembers
 * the answer, and lists all that it ever asked when it comes again.
 */
class OnDemandPropertyTest {

  private static final int STEPS = 150;

  @Provide
  Arbitrary<Long> seeds() {
    return Arbitraries.longs();
  }

  @Property(tries = 500)
  void nothingWaitsForEver(@ForAll("seeds") long seed) {
    new Life(seed).play();
  }

  /** One random life of a proxy, its streams and its control loop. */
  private static final class Life {

    private static final List<String> SERVICES = List.of("a", "b", "c", "d", "e");

    private static final SortedMap<String, String> HOSTS = new TreeMap<>();

    static {
      for (String service : SERVICES) {
        HOSTS.put("rc/" + service + ".b", "rc/" + service);
        HOSTS.put("rc/" + service + ".b:80", "rc/" + service);
      }
    }

    private final Random random;
    private final DeltaStream machine =
        new DeltaStream(DeliveryRules.of(TestingSnapshot::emptyAssignment, 2));
    private final Deque<String> story = new ArrayDeque<>();

    private TestingSnapshot mesh = TestingSnapshot.EMPTY;
    private NavigableSet<String> scope = new TreeSet<>();
    private final List<Notice.Wanted> wanted = new ArrayList<>();

    private StreamState state = StreamState.begin(new StreamId(1), Farewell.NONE);
    private long streams = 1;
    private final List<StreamResponse> unanswered = new ArrayList<>();

    private final NavigableMap<String, String> clusters = new TreeMap<>();
    private final NavigableMap<String, String> routes = new TreeMap<>();
    private final NavigableMap<String, String> hosts = new TreeMap<>();
    private final NavigableSet<String> asked = new TreeSet<>();
    private final NavigableSet<String> waiting = new TreeSet<>();

    Life(long seed) {
      this.random = new Random(seed);
    }

    void play() {
      connect();
      for (int i = 0; i < STEPS; i++) {
        act();
      }
      settle();
      check();
    }

    private void act() {
      int dice = random.nextInt(100);
      if (dice < 15) {
        change();
      } else if (dice < 30) {
        publish();
      } else if (dice < 45) {
        learn();
      } else if (dice < 65) {
        call();
      } else if (dice < 80) {
        receive();
      } else if (dice < 92) {
        answer(true);
      } else if (dice < 97) {
        answer(false);
      } else {
        connect();
      }
    }

    private void change() {
      String service = SERVICES.get(random.nextInt(SERVICES.size()));
      if (random.nextInt(3) == 0) {
        mesh = mesh.withoutService(service).without(VIRTUAL_HOST, "rc/" + service);
      } else {
        int revision = random.nextInt(3);
        mesh =
            mesh.withService(service, revision)
                .with(TestingSnapshot.virtualHost("rc/" + service, service, revision));
      }
    }

    private void publish() {
      TestingSnapshot sent = TestingSnapshot.EMPTY.with(TestingSnapshot.routes("rc", true, 0));
      for (String service : scope) {
        for (ResourceKind kind : List.of(CLUSTER, ENDPOINT, VIRTUAL_HOST)) {
          String name = kind.equals(VIRTUAL_HOST) ? "rc/" + service : service;
          Resource resource = mesh.build().get(kind, name).orElse(null);
          sent = resource == null ? sent : sent.with(resource);
        }
      }
      event(new StreamEvent.Published(sent.reaching(new TestingReach(mesh, HOSTS)).build(), null));
    }

    /** The control loop hears what is wanted, and publishes. */
    private void learn() {
      for (Notice.Wanted each : wanted) {
        for (NavigableSet<String> names :
            List.of(new TreeSet<>(each.asked()), new TreeSet<>(each.held()))) {
          for (String name : names) {
            String host = HOSTS.getOrDefault(name, name);
            scope.add(host.startsWith("rc/") ? host.substring(3) : host);
          }
        }
      }
      wanted.clear();
      publish();
    }

    /** A request of the application: Envoy asks once for a host that it does not know. */
    private void call() {
      List<String> names = new ArrayList<>(HOSTS.keySet());
      names.add("rc/nobody.b");
      String name = names.get(random.nextInt(names.size()));
      if (!hosts.containsKey(HOSTS.get(name) == null ? "" : HOSTS.get(name)) && asked.add(name)) {
        waiting.add(name);
        request(VIRTUAL_HOST, "", null, List.of(name), Map.of());
      }
    }

    private void receive() {
      while (true) {
        Step step = machine.step(state, new StreamEvent.Writable());
        state = step.state();
        take(step);
        if (step.responses().isEmpty()) {
          return;
        }
        StreamResponse response = step.responses().getFirst();
        story.add("sent " + response);
        unanswered.add(response);
      }
    }

    /** Envoy reads in order, and says what it thinks of it. */
    private void answer(boolean accepted) {
      if (unanswered.isEmpty()) {
        return;
      }
      StreamResponse response = unanswered.removeFirst();
      boolean refuses = !accepted && response.kind().equals(VIRTUAL_HOST);
      if (!refuses) {
        apply(response);
      }
      request(response.kind(), response.nonce(), refuses ? "duplicate" : null, List.of(), Map.of());
    }

    private void apply(StreamResponse response) {
      if (response.kind().equals(CLUSTER)) {
        response.resources().forEach(cluster -> clusters.put(cluster.name(), cluster.version()));
        for (String gone : response.removed()) {
          clusters.remove(gone);
          assertThat(hosts)
              .as("%s is still used:%n%s", gone, tale())
              .doesNotContainKey("rc/" + gone);
        }
      } else if (response.kind().equals(ROUTE)) {
        response.resources().forEach(each -> routes.put(each.name(), each.version()));
      } else if (response.kind().equals(VIRTUAL_HOST)) {
        for (Resource host : response.resources()) {
          hosts.put(host.name(), host.version());
          assertThat(clusters)
              .as("%s has a cluster:%n%s", host, tale())
              .containsKey(host.name().substring(3));
          waiting.remove(host.name());
          response.asked().getOrDefault(host.name(), List.of()).forEach(waiting::remove);
        }
        response.aliases().forEach(waiting::remove);
        response.removed().forEach(hosts::remove);
      }
    }

    private void connect() {
      state = StreamState.begin(new StreamId(++streams), StreamReport.farewell(state));
      unanswered.clear();
      wanted.clear();
      story.add("connects");
      if (random.nextBoolean()) {
        // A control plane that has lost what it had learned.
        scope = new TreeSet<>();
      }
      boolean early = random.nextBoolean();
      if (early) {
        publish();
      }
      request(CLUSTER, "", null, List.of(), clusters);
      request(ENDPOINT, "", null, List.copyOf(clusters.keySet()), Map.of());
      request(ROUTE, "", null, List.of("rc"), routes);
      List<String> names = new ArrayList<>(asked);
      if (!names.isEmpty()) {
        names.addFirst("*");
      }
      request(VIRTUAL_HOST, "", null, names, hosts);
      if (!early) {
        publish();
      }
    }

    private void settle() {
      for (int i = 0; i < 200; i++) {
        learn();
        receive();
        while (!unanswered.isEmpty()) {
          answer(true);
          receive();
        }
        if (wanted.isEmpty()) {
          return;
        }
      }
      throw new AssertionError("it does not come to rest:\n" + tale());
    }

    private void check() {
      KindState known = state.kinds().get(VIRTUAL_HOST);
      // What the proxy has refused by itself is never said again.
      assertThat(waiting).as(tale()).allMatch(name -> known.rejected().containsKey(name));
      for (String name : asked) {
        String host = HOSTS.getOrDefault(name, name);
        String version = mesh.build().get(VIRTUAL_HOST, host).map(Resource::version).orElse(null);
        if (!known.rejected().containsKey(host)) {
          assertThat(hosts.get(host)).as("%s:%n%s", name, tale()).isEqualTo(version);
        }
      }
      for (String host : hosts.keySet()) {
        if (!known.rejected().containsKey(host)) {
          assertThat(mesh.build().get(VIRTUAL_HOST, host)).as("%s:%n%s", host, tale()).isPresent();
        }
      }
      assertThat(known.open().keySet())
          .as(tale())
          .allMatch(name -> known.rejected().containsKey(name));
    }

    private void request(
        ResourceKind kind,
        String nonce,
        @Nullable String error,
        List<String> subscribe,
        Map<String, String> versions) {
      event(
          new StreamEvent.DeltaRequest(
              kind, nonce, error, subscribe, List.of(), Map.copyOf(versions), DeltaTable.NOW));
    }

    private void event(StreamEvent event) {
      story.add(
          event instanceof StreamEvent.Published(ProxySnapshot snapshot, var _)
              ? "published " + snapshot.resources().byKind() + " of " + mesh.byKind()
              : event.toString());
      Step step = machine.step(state, event);
      state = step.state();
      take(step);
    }

    private void take(Step step) {
      for (Notice notice : step.notices()) {
        if (notice instanceof Notice.Wanted each) {
          story.add(each.toString());
          wanted.add(each);
        }
      }
    }

    private String tale() {
      while (story.size() > 60) {
        story.removeFirst();
      }
      return String.join("\n", story);
    }
  }
}
