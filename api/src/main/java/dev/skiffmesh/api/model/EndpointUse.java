package dev.skiffmesh.api.model;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Which endpoints of a service take calls: the one answer for what proxies are sent and for what
 * people are shown. Pure.
 *
 * <p>An address and port is one process, however often it is registered: of several entries the
 * most usable one counts ({@link #USABLE_FIRST}), whatever order they stand in, so that an entry
 * that nobody took away never hides the one that took its place. Instances that are ending take
 * calls only where no other takes any, as kube-proxy has it (KEP-1669).
 */
public final class EndpointUse {

  /**
   * Usable before draining before unhealthy. Entries that are equal in this keep the order in which
   * they were given.
   */
  public static final Comparator<Endpoint> USABLE_FIRST = Comparator.comparing(EndpointUse::rank);

  private enum Rank {
    USABLE,
    ENDING,
    DRAINED,
    UNHEALTHY
  }

  /** What becomes of an endpoint. */
  public sealed interface Verdict {

    /** It takes calls, at one of its ports at least. */
    record InUse() implements Verdict {}

    /**
     * Another entry of the same address and port counts.
     *
     * @param by which one
     */
    record Outdone(EndpointKey by) implements Verdict {}

    /** It takes no calls, for what is said of itself. */
    record Out() implements Verdict {}
  }

  /**
   * Two entries of one address and port.
   *
   * @param counts the one that counts
   * @param other the one that does not
   */
  public record Twin(Endpoint counts, Endpoint other) {

    /** Whether calls would go elsewhere, or nowhere, if the other one counted. */
    public boolean differsInUse() {
      return rank(counts) != rank(other);
    }
  }

  /**
   * What to do with a list in which places may stand twice.
   *
   * @param counting in the order in which they were given
   * @param twins the others, each with the one that counts in its place
   */
  public record Resolved(List<Endpoint> counting, List<Twin> twins) {}

  private EndpointUse() {}

  /** Tells whether its registry sends calls there. */
  public static boolean isUsable(Endpoint endpoint) {
    return rank(endpoint) == Rank.USABLE;
  }

  /** The endpoints that have a port of that name, each address and port once. */
  public static List<Endpoint> at(String port, Collection<Endpoint> endpoints) {
    return resolvedAt(port, endpoints).counting();
  }

  /**
   * Those of {@code endpoints} that take calls, if calls are shared among these and no others: the
   * usable ones, or if there is none, those that are ending and still serve.
   */
  public static Set<EndpointKey> takingCalls(Collection<Endpoint> endpoints) {
    Rank taking = endpoints.stream().anyMatch(EndpointUse::isUsable) ? Rank.USABLE : Rank.ENDING;
    Set<EndpointKey> keys = new HashSet<>();
    endpoints.stream()
        .filter(endpoint -> rank(endpoint) == taking)
        .forEach(endpoint -> keys.add(endpoint.key()));
    return keys;
  }

  /** What becomes of each endpoint of a service whose calls are shared among all of them. */
  public static Map<EndpointKey, Verdict> verdicts(EndpointSet endpoints) {
    Map<EndpointKey, Verdict> verdicts = new HashMap<>();
    endpoints.endpoints().forEach(one -> verdicts.put(one.key(), new Verdict.Out()));
    Set<String> ports = new HashSet<>();
    endpoints.endpoints().forEach(endpoint -> ports.addAll(endpoint.ports().keySet()));
    Set<EndpointKey> used = new HashSet<>();
    for (String port : ports) {
      Resolved resolved = resolvedAt(port, endpoints.endpoints());
      used.addAll(takingCalls(resolved.counting()));
      resolved
          .twins()
          .forEach(
              twin -> verdicts.put(twin.other().key(), new Verdict.Outdone(twin.counts().key())));
    }
    used.forEach(key -> verdicts.put(key, new Verdict.InUse()));
    return verdicts;
  }

  /** The twins of a service, by the entry that does not count. */
  public static List<Twin> twins(EndpointSet endpoints) {
    return resolved(endpoints.endpoints()).twins();
  }

  /** Entries that share an address and a port, whatever the port is called, as one. */
  public static Resolved resolved(List<Endpoint> endpoints) {
    return resolved(endpoints, EndpointUse::places);
  }

  private static Resolved resolvedAt(String port, Collection<Endpoint> endpoints) {
    List<Endpoint> having =
        endpoints.stream().filter(endpoint -> endpoint.ports().containsKey(port)).toList();
    return resolved(
        having, endpoint -> places(endpoint, List.of(endpoint.ports().getOrDefault(port, 0))));
  }

  private static Resolved resolved(
      List<Endpoint> endpoints, Function<Endpoint, List<String>> placesOf) {
    Map<String, Endpoint> owners = new HashMap<>();
    List<Twin> twins = new ArrayList<>();
    Set<EndpointKey> outdone = new HashSet<>();
    for (Endpoint endpoint : endpoints.stream().sorted(USABLE_FIRST).toList()) {
      List<String> places = placesOf.apply(endpoint);
      Endpoint owner = owner(owners, places);
      if (owner != null) {
        twins.add(new Twin(owner, endpoint));
        outdone.add(endpoint.key());
      }
      Endpoint counting = owner == null ? endpoint : owner;
      places.forEach(place -> owners.putIfAbsent(place, counting));
    }
    return new Resolved(
        twins.isEmpty()
            ? endpoints
            : endpoints.stream().filter(one -> !outdone.contains(one.key())).toList(),
        twins);
  }

  private static @Nullable Endpoint owner(Map<String, Endpoint> owners, List<String> places) {
    for (String place : places) {
      Endpoint owner = owners.get(place);
      if (owner != null) {
        return owner;
      }
    }
    return null;
  }

  private static List<String> places(Endpoint endpoint) {
    return places(endpoint, endpoint.ports().values());
  }

  /** An instance is the same at each of its addresses. */
  private static List<String> places(Endpoint endpoint, Collection<Integer> ports) {
    List<String> places = new ArrayList<>();
    for (int port : ports) {
      places.add(endpoint.address() + " " + port);
      endpoint.additionalAddresses().forEach(address -> places.add(address + " " + port));
    }
    return places;
  }

  private static Rank rank(Endpoint endpoint) {
    boolean isWanted = endpoint.enabled() && endpoint.weight().signum() > 0;
    return switch (endpoint.health()) {
      case HEALTHY -> isWanted ? Rank.USABLE : Rank.DRAINED;
      case DRAINING -> isWanted ? Rank.ENDING : Rank.DRAINED;
      case UNHEALTHY -> isWanted ? Rank.UNHEALTHY : Rank.DRAINED;
    };
  }
}
