package dev.skiffmesh.server.delivery;

import static dev.skiffmesh.translator.resource.ResourceKind.CLUSTER;
import static dev.skiffmesh.translator.resource.ResourceKind.ENDPOINT;
import static dev.skiffmesh.translator.resource.ResourceKind.LISTENER;
import static dev.skiffmesh.translator.resource.ResourceKind.ROUTE;
import static dev.skiffmesh.translator.resource.ResourceKind.RUNTIME;

import dev.skiffmesh.translator.resource.ResourceKind;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** The state-of-the-world variant of {@link WorldProxy}. */
final class SotwWorldProxy extends WorldProxy {

  private static final List<ResourceKind> KINDS =
      List.of(RUNTIME, CLUSTER, ENDPOINT, LISTENER, ROUTE);

  private final Map<ResourceKind, Set<String>> asked = new TreeMap<>();
  private final Map<ResourceKind, String> accepted = new TreeMap<>();

  /** An Envoy. */
  SotwWorldProxy() {
    this(Everythings.MANY);
  }

  /** An Envoy of which so many names are many. */
  SotwWorldProxy(int many) {
    this(rules(), many, "*");
  }

  private SotwWorldProxy(DeliveryRules rules, int many, String... clusters) {
    super(new SotwStream(rules, many));
    asked.put(RUNTIME, new TreeSet<>(Set.of("a")));
    asked.put(CLUSTER, new TreeSet<>(Set.of(clusters)));
    asked.put(ENDPOINT, new TreeSet<>(Set.of("a", "b")));
    asked.put(LISTENER, new TreeSet<>(Set.of("a", "b")));
    asked.put(ROUTE, new TreeSet<>(Set.of("a")));
  }

  /** Who asks for each cluster that it uses, as gRPC does. */
  static SotwWorldProxy byName() {
    return new SotwWorldProxy(rules().byName(), Everythings.MANY, "a", "b");
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
  boolean isWhole(ResourceKind kind) {
    return kind.sotwWhole();
  }

  /** It comes with its body. */
  @Override
  boolean takes(StreamResponse renewal) {
    return true;
  }

  @Override
  void asksAnew() {
    for (ResourceKind kind : KINDS) {
      if (asked(kind).isEmpty()) {
        // A first request without names would ask for everything.
        continue;
      }
      // All or nothing: a version that is not that of everything proves nothing.
      asked(kind).forEach(name -> mayComeAgain(kind, name));
      has(kind).keySet().forEach(name -> mayComeAgain(kind, name));
      request(kind);
    }
  }

  @Override
  void ask(Random random) {
    ResourceKind kind = KINDS.get(random.nextInt(KINDS.size()));
    String name = name(random);
    if (asked(kind).contains("*") || !asked(kind).add(name)) {
      return;
    }
    mayComeAgain(kind, name);
    request(kind);
  }

  @Override
  void leave(Random random) {
    ResourceKind kind = KINDS.get(random.nextInt(KINDS.size()));
    String name = name(random);
    if (asked(kind).remove(name)) {
      forgetRefusal(kind, name);
      has(kind).remove(name);
      request(kind);
    }
  }

  private static String name(Random random) {
    return random.nextInt(6) == 0 ? "nobody" : "abcde".charAt(random.nextInt(5)) + "";
  }

  private void request(ResourceKind kind) {
    event(
        new StreamEvent.SotwRequest(
            kind, "", null, List.copyOf(asked(kind)), accepted.getOrDefault(kind, ""), NOW));
  }

  @Override
  StreamEvent answer(StreamResponse response, String nonce, boolean isAccepted) {
    if (isAccepted && !nonce.equals("late")) {
      accepted.put(response.kind(), response.version());
    }
    return new StreamEvent.SotwRequest(
        response.kind(),
        nonce,
        isAccepted ? null : "no",
        List.copyOf(asked(response.kind())),
        accepted.getOrDefault(response.kind(), ""),
        NOW);
  }
}
