package dev.skiffmesh.translator.resource;

import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.model.Immutable;
import java.util.Set;
import java.util.SortedSet;

/**
 * Which policies shaped a resource, so that a rejection names its cause.
 *
 * @param policies none for what follows from the registries alone
 */
public record Provenance(SortedSet<DocumentKey> policies) {

  /** Shaped by no policy. */
  public static final Provenance NONE = new Provenance(Immutable.sortedSet(Set.of()));

  /** Copies the keys. */
  public Provenance {
    policies = Immutable.sortedSet(policies);
  }
}
