package dev.skiffmesh.translator.plan;

import dev.skiffmesh.api.model.ServiceId;
import java.util.Optional;

/** Which service answers to a host. Immutable; thread-safe. */
@FunctionalInterface
public interface HostOwners {

  /** Nobody answers to anything. */
  HostOwners NONE = (host, namespace) -> Optional.empty();

  /**
   * The service that a caller of {@code namespace} means by {@code host}; empty if no service, or
   * more than one, answers to it.
   *
   * @param host in lower case, without a port, unless a service's alias has one
   */
  Optional<ServiceId> ownerOf(String host, String namespace);
}
