package dev.skiffmesh.api.model;

import java.util.Comparator;
import java.util.List;

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
    endpoints = endpoints.stream().sorted(Comparator.comparing(Endpoint::key)).toList();
    for (int i = 1; i < endpoints.size(); i++) {
      if (endpoints.get(i).key().equals(endpoints.get(i - 1).key())) {
        throw new IllegalArgumentException("Endpoint " + endpoints.get(i).key() + " stands twice");
      }
    }
  }
}
