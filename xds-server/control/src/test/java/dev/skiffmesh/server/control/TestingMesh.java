package dev.skiffmesh.server.control;

import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.document.Origin;
import dev.skiffmesh.api.document.Position;
import dev.skiffmesh.api.document.RawDocument;
import dev.skiffmesh.api.document.RawNode;
import dev.skiffmesh.api.model.Endpoint;
import dev.skiffmesh.api.model.EndpointKey;
import dev.skiffmesh.api.model.EndpointSet;
import dev.skiffmesh.api.model.Health;
import dev.skiffmesh.api.model.Locality;
import dev.skiffmesh.api.model.Protocol;
import dev.skiffmesh.api.model.Service;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.model.ServicePort;
import dev.skiffmesh.api.model.World;
import dev.skiffmesh.api.source.SourceEvent;
import dev.skiffmesh.api.status.Finding;
import dev.skiffmesh.api.status.FindingCode;
import dev.skiffmesh.server.guard.Doubt;
import dev.skiffmesh.server.status.MeshReport;
import dev.skiffmesh.server.status.PolicyReport;
import dev.skiffmesh.server.status.SourceRole;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A control loop with everything around it in a test's hands. */
final class TestingMesh {

  /** Longer than any delay between an event and the report of it. */
  static final Duration A_MOMENT = Duration.ofMillis(400);

  final ManualThreads threads;
  final TestingTranslations translations = new TestingTranslations();
  final TestingDelivery delivery = new TestingDelivery();
  final InMemoryStateStore state;
  final List<InMemorySource> sources = new ArrayList<>();
  final List<Duration> converged = new ArrayList<>();
  final List<Doubt> doubts = new ArrayList<>();
  SortedSet<ServiceId> heldBack = new TreeSet<>();
  final ControlGate loop;

  /** Takes the place of {@link #translations}; null if nothing does. */
  private final @Nullable Translations core;

  private TestingMesh(InMemoryStateStore state, @Nullable Random order, String... names) {
    this(state, order, null, names);
  }

  private TestingMesh(
      InMemoryStateStore state,
      @Nullable Random order,
      @Nullable Translations core,
      String... names) {
    this.state = state;
    this.core = core;
    this.threads = new ManualThreads(order);
    List<ConfiguredSource> configured = new ArrayList<>();
    for (String name : names) {
      InMemorySource source = new InMemorySource(name);
      sources.add(source);
      configured.add(
          new ConfiguredSource(source, new TreeSet<>(Arrays.asList(SourceRole.values()))));
    }
    this.loop =
        new ControlGate(
            configured,
            core == null ? translations : core,
            state,
            threads.clock(),
            threads,
            ControlSettings.DEFAULT,
            new ControlMetrics() {
              @Override
              public void converged(Duration took) {
                converged.add(took);
              }

              @Override
              public void doubted(String source, Doubt doubt) {
                doubts.add(doubt);
              }

              @Override
              public void heldBack(String source, SortedSet<ServiceId> services) {
                heldBack = services;
              }
            });
    loop.start(delivery, delivery);
    threads.run();
  }

  /** A loop on an empty state folder; the sources have said nothing yet. */
  static TestingMesh fresh(String... sources) {
    return new TestingMesh(new InMemoryStateStore(), null, sources);
  }

  /** A loop on that state; the sources have said nothing yet. */
  static TestingMesh on(InMemoryStateStore state, String... sources) {
    return new TestingMesh(state, null, sources);
  }

  /** A loop whose steps run in an order that {@code order} chooses. */
  static TestingMesh shuffled(Random order, InMemoryStateStore state, String... sources) {
    return new TestingMesh(state, order, sources);
  }

  /** A loop with the whole translation of Skiff. */
  static TestingMesh real(Translations core, String... sources) {
    return new TestingMesh(new InMemoryStateStore(), null, core, sources);
  }

  /** Another process on the same state folder, after a kill: nothing of this one ends well. */
  TestingMesh restarted() {
    threads.close();
    return new TestingMesh(
        state, null, core, sources.stream().map(InMemorySource::name).toArray(String[]::new));
  }

  TestingMesh synced() {
    sources.forEach(source -> source.send(new SourceEvent.Synced()));
    return settled();
  }

  /** Sends from the first source. */
  TestingMesh send(SourceEvent event) {
    sources.getFirst().send(event);
    return this;
  }

  TestingMesh settled() {
    threads.advance(A_MOMENT);
    return this;
  }

  MeshReport report() {
    return loop.report();
  }

  World world() {
    return report().world();
  }

  PolicyReport policy(DocumentKey key) {
    return report().policy(key).orElseThrow();
  }

  List<Finding> findings(FindingCode code) {
    return report().findings().stream().filter(finding -> finding.code() == code).toList();
  }

  static ServiceId id(String name) {
    return new ServiceId("trading", name);
  }

  static Service service(String name, ServicePort... ports) {
    return new Service(
        id(name),
        new TreeSet<>(),
        ports.length == 0 ? List.of(new ServicePort("http", 80, Protocol.HTTP)) : List.of(ports),
        new TreeSet<>(),
        List.of());
  }

  static SourceEvent services(String scope, String... names) {
    SortedMap<ServiceId, Service> services = new TreeMap<>();
    for (String name : names) {
      services.put(id(name), service(name));
    }
    return new SourceEvent.ServicesReplaced(scope, services);
  }

  static Endpoint endpoint(String source, String address, int port, int weight) {
    return new Endpoint(
        new EndpointKey(source, "", address + ":" + port),
        address,
        new TreeMap<>(Map.of("http", port)),
        BigDecimal.valueOf(weight),
        Health.HEALTHY,
        true,
        Locality.UNKNOWN,
        new TreeMap<>());
  }

  static SourceEvent endpoints(String source, String name, String... addresses) {
    return new SourceEvent.EndpointsReplaced(
        id(name),
        new EndpointSet(
            Arrays.stream(addresses).map(address -> endpoint(source, address, 80, 1)).toList()));
  }

  static DocumentKey key(String name) {
    return new DocumentKey("TestPolicy", "trading", name);
  }

  static RawDocument document(String source, String scope, String name, String text) {
    Position position = new Position(3, 1);
    return new RawDocument(
        key(name),
        new RawNode.Mapping(List.of(), position),
        new Origin(source, scope, position),
        text);
  }

  /** From the first source and the scope {@code name.yaml}. */
  SourceEvent put(String name, String text) {
    return new SourceEvent.PolicyPut(
        document(sources.getFirst().name(), name + ".yaml", name, text));
  }

  static SourceEvent unreadable(String scope) {
    return new SourceEvent.PortionFindings(
        scope,
        true,
        List.of(Finding.of(FindingCode.UNREADABLE_TEXT, scope, "The text must be YAML")));
  }

  static SourceEvent readable(String scope) {
    return new SourceEvent.PortionFindings(scope, false, List.of());
  }

  static Set<ServiceId> ids(String... names) {
    Set<ServiceId> ids = new TreeSet<>();
    for (String name : names) {
      ids.add(id(name));
    }
    return ids;
  }
}
