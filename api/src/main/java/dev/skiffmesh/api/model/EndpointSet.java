package dev.skiffmesh.api.model;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * All endpoints of one service, sorted by key, so that equal sets are equal values.
 *
 * @param endpoints in key order, no key twice
 */
public record EndpointSet(List<Endpoint> endpoints) {

  /** No endpoint. */
  public static final EndpointSet EMPTY = new EndpointSet(List.of());

  /** Sorts; refuses a key that stands twice with an {@link IllegalArgumentException}. */
  public EndpointSet {
    Map<Object, Object> alike = new HashMap<>();
    endpoints =
        endpoints.stream()
            .sorted(Comparator.comparing(Endpoint::key))
            .map(endpoint -> sharing(endpoint, alike))
            .toList();
    for (int i = 1; i < endpoints.size(); i++) {
      if (endpoints.get(i).key().equals(endpoints.get(i - 1).key())) {
        throw new IllegalArgumentException("Endpoint " + endpoints.get(i).key() + " stands twice");
      }
    }
  }

  /** Most instances of a service have the same ports, labels and zone; kept once they are small. */
  private static Endpoint sharing(Endpoint endpoint, Map<Object, Object> alike) {
    return new Endpoint(
        endpoint.key(),
        endpoint.address(),
        shared(endpoint.ports(), alike),
        shared(endpoint.weight(), alike),
        endpoint.health(),
        endpoint.enabled(),
        shared(endpoint.locality(), alike),
        shared(endpoint.labels(), alike),
        endpoint.additionalAddresses());
  }

  // What is equal to a value of this type and was put in as one is of this type: the types above
  // have no equal values among each other but empty maps, which are all the same object.
  @SuppressWarnings("unchecked")
  private static <T> T shared(T value, Map<Object, Object> alike) {
    return (T) Objects.requireNonNullElse(alike.putIfAbsent(value, value), value);
  }
}
