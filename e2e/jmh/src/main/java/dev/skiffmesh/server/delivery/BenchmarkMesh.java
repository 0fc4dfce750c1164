package dev.skiffmesh.server.delivery;

import dev.skiffmesh.api.model.Dialect;
import dev.skiffmesh.api.model.Endpoint;
import dev.skiffmesh.api.model.EndpointKey;
import dev.skiffmesh.api.model.EndpointSet;
import dev.skiffmesh.api.model.Health;
import dev.skiffmesh.api.model.Locality;
import dev.skiffmesh.api.model.Protocol;
import dev.skiffmesh.api.model.ProxyIdentity;
import dev.skiffmesh.api.model.ProxyIdentity.ProxyPort;
import dev.skiffmesh.api.model.Service;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.model.ServicePort;
import dev.skiffmesh.api.model.Workload;
import dev.skiffmesh.api.model.World;
import dev.skiffmesh.api.policy.scope.ScopeMode;
import dev.skiffmesh.translator.Translation;
import dev.skiffmesh.translator.Translator;
import dev.skiffmesh.translator.policy.PolicyKinds;
import dev.skiffmesh.translator.resource.Resource;
import dev.skiffmesh.translator.resource.ResourceKind;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.pcollections.TreePMap;

/** What the translator makes of a mesh of equal services, and a proxy that asks for all of it. */
final class BenchmarkMesh {

  static final Translator TRANSLATOR =
      new Translator("skiff-system", PolicyKinds.ALL, ScopeMode.ALL);

  private static final ResourceKind[] DELTA = {
    ResourceKind.CLUSTER,
    ResourceKind.ENDPOINT,
    ResourceKind.LISTENER,
    ResourceKind.ROUTE,
    ResourceKind.VIRTUAL_HOST
  };

  /** Virtual hosts by themselves are a thing of delta streams. */
  private static final ResourceKind[] SOTW = {
    ResourceKind.CLUSTER, ResourceKind.ENDPOINT, ResourceKind.LISTENER, ResourceKind.ROUTE
  };

  final boolean delta;

  final StreamMachine machine;

  final ProxySnapshot snapshot;

  /** The same with another address of one endpoint of {@link #changed}. */
  final ProxySnapshot next;

  final String changed;

  BenchmarkMesh(int services, boolean delta) {
    this.delta = delta;
    DeliveryRules rules =
        DeliveryRules.of(
            name -> TRANSLATOR.assignment(name, EndpointSet.EMPTY),
            DeliveryRules.VIRTUAL_HOSTS_PER_RESPONSE);
    this.machine = delta ? new DeltaStream(rules) : new SotwStream(rules);
    TreePMap<ServiceId, Service> all = TreePMap.empty();
    TreePMap<String, Resource> assignments = TreePMap.empty();
    for (int k = 0; k < services; k++) {
      ServiceId id = new ServiceId("bench", String.format(Locale.ROOT, "svc-%04d", k));
      all =
          all.plus(
              id,
              new Service(
                  id,
                  new TreeSet<>(),
                  List.of(new ServicePort("http", 80, Protocol.HTTP)),
                  new TreeSet<>(),
                  List.of("bench")));
      Resource assignment = TRANSLATOR.assignment(id.host() + "|http", endpoints(k, 10));
      assignments = assignments.plus(assignment.name(), assignment);
    }
    Translation translation =
        TRANSLATOR.translate(
            TRANSLATOR.view(
                TRANSLATOR.evaluate(new World(all, TreePMap.empty(), TreePMap.empty())),
                identity(delta)));
    snapshot = new ProxySnapshot(translation.resources(), assignments, translation.reach());
    changed = new ServiceId("bench", "svc-0007").host() + "|http";
    next =
        new ProxySnapshot(
            translation.resources(),
            assignments.plus(changed, TRANSLATOR.assignment(changed, endpoints(9_999, 10))),
            translation.reach());
  }

  private static ProxyIdentity identity(boolean delta) {
    return new ProxyIdentity(
        "bench/caller/10.0.0.1:8080",
        new Workload(new ServiceId("bench", "caller"), new TreeMap<>(), null),
        "10.0.0.1",
        List.of(new ProxyPort("http", 8080, 8081, Protocol.HTTP)),
        15_001,
        "sidecar",
        Locality.UNKNOWN,
        new Dialect.Envoy(1, 40, delta));
  }

  static EndpointSet endpoints(int service, int count) {
    List<Endpoint> endpoints = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      SortedMap<String, Integer> ports = new TreeMap<>();
      ports.put("http", 8080);
      String address = "10." + service / 250 + "." + service % 250 + "." + (i + 1);
      endpoints.add(
          new Endpoint(
              new EndpointKey("bench", "", address),
              address,
              ports,
              BigDecimal.ONE,
              Health.HEALTHY,
              true,
              Locality.ofZone("z1"),
              new TreeMap<>()));
    }
    return new EndpointSet(endpoints);
  }

  /** A stream on which the proxy has accepted everything. */
  StreamState idle() {
    return settle(publish(asked(false)));
  }

  /** A stream with the requests of a proxy that has everything, or nothing, from an earlier one. */
  StreamState asked(boolean again) {
    StreamState state = StreamState.begin(new StreamId(1), Farewell.NONE);
    for (ResourceKind kind : delta ? DELTA : SOTW) {
      state = machine.step(state, first(kind, again)).state();
    }
    return state;
  }

  StreamState publish(StreamState state) {
    return machine.step(state, new StreamEvent.Published(snapshot, null)).state();
  }

  /** Until there is nothing left to send; the proxy accepts all. */
  StreamState settle(StreamState begun) {
    StreamState state = begun;
    while (true) {
      Step step = machine.step(state, new StreamEvent.Writable());
      state = step.state();
      if (step.responses().isEmpty()) {
        return state;
      }
      for (StreamResponse response : step.responses()) {
        state = machine.step(state, ack(response)).state();
      }
    }
  }

  /** The proxy's ACK of {@code response}. */
  StreamEvent ack(StreamResponse response) {
    return delta
        ? new StreamEvent.DeltaRequest(
            response.kind(), response.nonce(), null, List.of(), List.of(), Map.of(), Instant.EPOCH)
        : new StreamEvent.SotwRequest(
            response.kind(),
            response.nonce(),
            null,
            names(response.kind()),
            response.version(),
            Instant.EPOCH);
  }

  /** A state-of-the-world request repeats the names each time. */
  private List<String> names(ResourceKind kind) {
    return kind.equals(ResourceKind.ENDPOINT) || kind.equals(ResourceKind.ROUTE)
        ? List.copyOf(all(kind).keySet())
        : List.of();
  }

  private TreePMap<String, Resource> all(ResourceKind kind) {
    return kind.equals(ResourceKind.ENDPOINT)
        ? snapshot.assignments()
        : snapshot.resources().of(kind);
  }

  private StreamEvent first(ResourceKind kind, boolean again) {
    if (!delta) {
      String version = again ? Fingerprint.of(all(kind).values()) : "";
      return new StreamEvent.SotwRequest(kind, "", null, names(kind), version, Instant.EPOCH);
    }
    Map<String, String> versions = new HashMap<>();
    if (again) {
      all(kind).forEach((name, resource) -> versions.put(name, resource.version()));
    }
    return new StreamEvent.DeltaRequest(
        kind, "", null, names(kind), List.of(), versions, Instant.EPOCH);
  }
}
