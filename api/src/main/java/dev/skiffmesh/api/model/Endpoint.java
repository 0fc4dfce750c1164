package dev.skiffmesh.api.model;

import java.math.BigDecimal;
import java.util.List;
import java.util.SortedMap;

/**
 * One instance of a service.
 *
 * @param key its identity across registries
 * @param address an IP address (host names are resolved by nobody here)
 * @param ports the instance's own port number under each {@link ServicePort#name()} that it serves
 * @param weight a share in the registry's own unit, decimals allowed; 0 drains; never negative
 * @param health what the registry says
 * @param enabled false drains: an operator took the instance out, whatever its health
 * @param locality where it runs
 * @param labels its metadata, case and values as registered, without the registry's control data
 * @param additionalAddresses further IP addresses of the same instance, as a pod has in a cluster
 *     of two families; in order of preference after {@code address}, with the same ports
 */
public record Endpoint(
    EndpointKey key,
    String address,
    SortedMap<String, Integer> ports,
    BigDecimal weight,
    Health health,
    boolean enabled,
    Locality locality,
    SortedMap<String, String> labels,
    List<String> additionalAddresses) {

  /** Copies what it is given, drops trailing zeros of the weight and refuses a negative one. */
  public Endpoint {
    ports = Immutable.sortedMap(ports);
    labels = Immutable.sortedMap(labels);
    additionalAddresses = List.copyOf(additionalAddresses);
    weight = weight.stripTrailingZeros();
    if (weight.signum() < 0) {
      throw new IllegalArgumentException("A weight must not be negative, found " + weight);
    }
  }

  /** With one address. */
  public Endpoint(
      EndpointKey key,
      String address,
      SortedMap<String, Integer> ports,
      BigDecimal weight,
      Health health,
      boolean enabled,
      Locality locality,
      SortedMap<String, String> labels) {
    this(key, address, ports, weight, health, enabled, locality, labels, List.of());
  }

  /** Tells whether new calls must not come here although the instance may be healthy. */
  public boolean isDrained() {
    return !enabled || weight.signum() == 0 || health == Health.DRAINING;
  }
}
