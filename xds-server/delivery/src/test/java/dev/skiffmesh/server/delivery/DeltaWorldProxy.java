package dev.skiffmesh.server.delivery;

import static dev.skiffmesh.translator.resource.ResourceKind.CLUSTER;
import static dev.skiffmesh.translator.resource.ResourceKind.ENDPOINT;
import static dev.skiffmesh.translator.resource.ResourceKind.LISTENER;
import static dev.skiffmesh.translator.resource.ResourceKind.ROUTE;
import static dev.skiffmesh.translator.resource.ResourceKind.RUNTIME;
import static dev.skiffmesh.translator.resource.ResourceKind.VIRTUAL_HOST;

import dev.skiffmesh.translator.resource.ResourceKind;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** The delta variant of {@link WorldProxy}. */
final class DeltaWorldProxy extends WorldProxy {

  private static final List<ResourceKind> KINDS =
      List.of(RUNTIME, CLUSTER, ENDPOINT, LISTENER, ROUTE, VIRTUAL_HOST);

  private final Map<ResourceKind, Set<String>> asked = new TreeMap<>();

  DeltaWorldProxy() {
    this(Everythings.MANY);
  }

  /** An Envoy of which so many names are many. */
  DeltaWorldProxy(int many) {
    this(new DeltaStream(rules(), many));
  }

  /** An Envoy beside others on one machine. */
  DeltaWorldProxy(DeltaStream machine) {
    super(machine);
    asked.put(RUNTIME, new TreeSet<>(Set.of("a")));
    asked.put(CLUSTER, new TreeSet<>(Set.of("*")));
    asked.put(ENDPOINT, new TreeSet<>(Set.of("a", "b")));
    asked.put(LISTENER, new TreeSet<>(Set.of("*")));
    asked.put(ROUTE, new TreeSet<>(Set.of("a")));
    asked.put(VIRTUAL_HOST, new TreeSet<>(Set.of("*")));
  }

  @Override
  List<ResourceKind> kinds() {
    return KINDS;
  }

  @Override
  Set<String> asked(ResourceKind kind) {
    return asked.get(kind);
  }

  @Override
  void asksAnew() {
    for (ResourceKind kind : KINDS) {
      if (asked(kind).isEmpty()) {
        // A first request without names would ask for everything.
        continue;
      }
      if (kind.equals(VIRTUAL_HOST)) {
        // Every listed name of this type is answered unless its version is listed as well.
        asked.get(kind).forEach(name -> mayComeAgain(kind, name));
      }
      request(kind, List.copyOf(asked.get(kind)), List.of(), Map.copyOf(has(kind)));
    }
  }

  @Override
  void ask(Random random) {
    ResourceKind kind = KINDS.get(random.nextInt(KINDS.size()));
    String name = name(kind, random);
    asked.get(kind).add(name);
    mayComeAgain(kind, name);
    request(kind, List.of(name), List.of(), Map.of());
  }

  @Override
  void leave(Random random) {
    ResourceKind kind = KINDS.get(random.nextInt(KINDS.size()));
    String name = random.nextInt(8) == 0 ? "*" : name(kind, random);
    Set<String> names = asked.get(kind);
    if (!names.remove(name)) {
      return;
    }
    if (name.equals("*")) {
      has(kind).keySet().retainAll(names);
      forgetRefusals(kind, names);
    } else {
      forgetRefusal(kind, name);
      if (names.contains("*")) {
        mayComeAgain(kind, name);
      } else {
        has(kind).remove(name);
      }
    }
    request(kind, List.of(), List.of(name), Map.of());
  }

  private String name(ResourceKind kind, Random random) {
    return random.nextInt(6) == 0
        // No Envoy asks for all assignments: the protocol has no such question.
        ? random.nextBoolean() && !kind.equals(ENDPOINT) ? "*" : nameOf(kind, "nobody")
        : nameOf(kind, "abcde".substring(0, 5).charAt(random.nextInt(5)) + "");
  }

  private void request(
      ResourceKind kind,
      List<String> subscribe,
      List<String> unsubscribe,
      Map<String, String> versions) {
    event(new StreamEvent.DeltaRequest(kind, "", null, subscribe, unsubscribe, versions, NOW));
  }

  @Override
  StreamEvent answer(StreamResponse response, String nonce, boolean accepted) {
    return new StreamEvent.DeltaRequest(
        response.kind(), nonce, accepted ? null : "no", List.of(), List.of(), Map.of(), NOW);
  }
}
