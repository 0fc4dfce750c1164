package dev.skiffmesh.server.delivery;

import static dev.skiffmesh.server.delivery.KindRule.Absence.ALIASED;
import static dev.skiffmesh.server.delivery.KindRule.Absence.EMPTIED;
import static dev.skiffmesh.server.delivery.KindRule.Absence.KEPT;
import static dev.skiffmesh.server.delivery.KindRule.Absence.REMOVED;
import static dev.skiffmesh.server.delivery.KindRule.Trait.BLOCKS;
import static dev.skiffmesh.server.delivery.KindRule.Trait.DELTA_ONLY;
import static dev.skiffmesh.server.delivery.KindRule.Trait.ON_DEMAND;
import static dev.skiffmesh.server.delivery.KindRule.Trait.REMOVALS_WITH_NEWS;
import static dev.skiffmesh.server.delivery.KindRule.Trait.WAITS;
import static dev.skiffmesh.server.delivery.KindRule.Trait.WILDCARD_BY_DEFAULT;

import com.google.protobuf.Any;
import com.google.protobuf.Message;
import dev.skiffmesh.translator.resource.Provenance;
import dev.skiffmesh.translator.resource.Resource;
import dev.skiffmesh.translator.resource.ResourceKind;
import io.envoyproxy.envoy.config.core.v3.TypedExtensionConfig;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.extensions.filters.http.fault.v3.HTTPFault;
import io.envoyproxy.envoy.service.runtime.v3.Runtime;
import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * How each resource type is delivered; a new type is one line here. Immutable and pure.
 *
 * <p>What must not overtake what is from Envoy's "Eventual consistency considerations"; that the
 * endpoints of a changed cluster follow right behind it, that ECDS goes one resource a response and
 * how each type says "does not exist" was found by trying it on Envoy 1.40.
 */
public final class DeliveryRules {

  /**
   * Virtual hosts in one response. Few keep the harm of a bad one small, but Envoy builds its whole
   * route table anew for each response (27 ms at 1,000 hosts, 61 ms at 3,000 were measured), so
   * that a large mesh in small portions keeps it busy for seconds. A bad one among a thousand is
   * found in about ten more responses, see {@link Isolation}.
   */
  public static final int VIRTUAL_HOSTS_PER_RESPONSE = 1_000;

  /**
   * Bytes of resources in one delta response; gRPC clients refuse messages above 4 MiB unless told
   * otherwise.
   */
  static final int MOST_BYTES = 3 << 20;

  /**
   * Hosts that one proxy asked for and that are remembered: Envoy never takes one back, and each
   * that it lists costs it about 1 KiB.
   */
  static final int MOST_HOSTS = 10_000;

  /**
   * How long a proxy keeps runtime keys that nobody renews. Three renewals, so that one or two may
   * be lost on the way, and short enough for the promise that harm ends 20 s after its last
   * renewal.
   */
  public static final Duration RUNTIME_TTL = Duration.ofSeconds(15);

  static final SortedMap<String, Duration> NO_TTLS =
      Collections.unmodifiableSortedMap(new TreeMap<>());

  private final boolean ofEnvoy;
  private final boolean pulled;
  private final List<KindRule> inOrder;
  private final Map<ResourceKind, KindRule> byKind = new TreeMap<>();
  private final Map<ResourceKind, Function<String, Resource>> standIns = new TreeMap<>();

  private DeliveryRules(
      boolean ofEnvoy,
      boolean pulled,
      List<KindRule> inOrder,
      Function<String, Resource> emptyAssignment) {
    this.ofEnvoy = ofEnvoy;
    this.pulled = pulled;
    this.inOrder = inOrder;
    inOrder.forEach(rule -> byKind.put(rule.kind(), rule));
    standIns.put(ResourceKind.ENDPOINT, emptyAssignment);
    standIns.put(
        ResourceKind.RUNTIME,
        name -> pack(ResourceKind.RUNTIME, name, Runtime.newBuilder().setName(name).build()));
    standIns.put(
        ResourceKind.ROUTE,
        name ->
            pack(ResourceKind.ROUTE, name, RouteConfiguration.newBuilder().setName(name).build()));
    standIns.put(
        ResourceKind.EXTENSION,
        name ->
            pack(
                ResourceKind.EXTENSION,
                name,
                TypedExtensionConfig.newBuilder()
                    .setName(name)
                    .setTypedConfig(Any.pack(HTTPFault.getDefaultInstance()))
                    .build()));
  }

  /**
   * The rules of Envoy 1.40.
   *
   * @param emptyAssignment an assignment of that name without endpoints
   * @param virtualHostsPerResponse at least 1; what a bad virtual host takes down with it until it
   *     is found
   */
  public static DeliveryRules of(
      Function<String, Resource> emptyAssignment, int virtualHostsPerResponse) {
    return new DeliveryRules(
        true,
        false,
        List.of(
            KindRule.of(ResourceKind.RUNTIME, KEPT).withTtl(RUNTIME_TTL),
            // Envoy goes on warming a listener for 15 s without an answer; the answer "removed"
            // ends that, and what it has already it keeps (sds_api.cc). State-of-the-world has no
            // such answer.
            KindRule.of(ResourceKind.SECRET, REMOVED),
            KindRule.of(ResourceKind.CLUSTER, REMOVED, WILDCARD_BY_DEFAULT, BLOCKS, ON_DEMAND),
            KindRule.of(ResourceKind.ENDPOINT, EMPTIED, BLOCKS, ON_DEMAND),
            KindRule.of(
                ResourceKind.LISTENER,
                REMOVED,
                WILDCARD_BY_DEFAULT,
                WAITS,
                BLOCKS,
                REMOVALS_WITH_NEWS),
            KindRule.of(ResourceKind.EXTENSION, KEPT, WAITS).withMost(1),
            KindRule.of(ResourceKind.ROUTE, KEPT, WAITS, BLOCKS).withMost(1),
            KindRule.of(
                    ResourceKind.VIRTUAL_HOST,
                    ALIASED,
                    WILDCARD_BY_DEFAULT,
                    WAITS,
                    BLOCKS,
                    REMOVALS_WITH_NEWS,
                    ON_DEMAND,
                    DELTA_ONLY)
                .withMost(Math.max(1, virtualHostsPerResponse))),
        emptyAssignment);
  }

  /**
   * The same for delta clients that are no Envoy: what does not exist or is gone is told by {@code
   * removed_resources} and never by an invented empty resource (xds_protocol, "Deleting
   * Resources"), and nothing goes out that was not asked for.
   */
  DeliveryRules byTheLetter() {
    return new DeliveryRules(
        false,
        false,
        inOrder.stream().map(rule -> rule.isAliased() ? rule : rule.withAbsence(REMOVED)).toList(),
        standIns.get(ResourceKind.ENDPOINT));
  }

  /** Tells whether they are those of Envoy. */
  boolean ofEnvoy() {
    return ofEnvoy;
  }

  /** The same for state-of-the-world clients that are no Envoy, see {@link #pulled()}. */
  DeliveryRules byName() {
    return new DeliveryRules(ofEnvoy, true, inOrder, standIns.get(ResourceKind.ENDPOINT));
  }

  /**
   * Tells whether such a client asks by name for what it uses, as gRPC's do, follows each name from
   * the listener on, and stops asking for what it uses no more: it follows an old route to an old
   * cluster until it has all that belongs to the new one.
   */
  boolean pulled() {
    return pulled;
  }

  /** All rules in the order of delivery. */
  List<KindRule> inOrder() {
    return inOrder;
  }

  /** The rule of a type; empty for one that is not served. */
  Optional<KindRule> rule(ResourceKind kind) {
    return Optional.ofNullable(byKind.get(kind));
  }

  /** What a proxy gets for a name that does not exist, for types that have such a thing. */
  Resource standIn(ResourceKind kind, String name) {
    return standIns.get(kind).apply(name);
  }

  /**
   * How long a proxy keeps that content without a renewal; zero for as long as it likes. Of a type
   * with a limited life only the content that says nothing (an empty runtime layer) is unlimited:
   * whoever makes a resource cannot forget to limit it, since Envoy keeps for good what comes
   * without a TTL.
   */
  Duration ttl(Resource resource) {
    Duration ttl = byKind.get(resource.kind()).ttl();
    boolean unlimited =
        ttl.isZero()
            || resource.version().equals(standIn(resource.kind(), resource.name()).version());
    return unlimited ? Duration.ZERO : ttl;
  }

  /** By name, how long those of limited life are kept; see {@link #ttl}. */
  SortedMap<String, Duration> ttls(Collection<Resource> resources) {
    if (resources.isEmpty() || byKind.get(resources.iterator().next().kind()).ttl().isZero()) {
      return NO_TTLS;
    }
    SortedMap<String, Duration> ttls = new TreeMap<>();
    for (Resource resource : resources) {
      Duration ttl = ttl(resource);
      if (!ttl.isZero()) {
        ttls.put(resource.name(), ttl);
      }
    }
    return Collections.unmodifiableSortedMap(ttls);
  }

  private static Resource pack(ResourceKind kind, String name, Message message) {
    return Resource.pack(kind, name, message, Provenance.NONE);
  }
}
