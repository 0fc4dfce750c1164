package dev.skiffmesh.translator.resource;

import dev.skiffmesh.api.model.ServiceId;
import java.util.Optional;

/**
 * What a proxy may have, of which its {@link ResourceSet} is what it is sent for now: it may ask
 * for the rest by host. Immutable; thread-safe.
 */
public interface Reach {

  /** There is nothing to ask for. */
  Reach NOTHING =
      new Reach() {
        @Override
        public Optional<String> virtualHost(String asked) {
          return Optional.empty();
        }

        @Override
        public boolean hasMore() {
          return false;
        }

        @Override
        public boolean has(ResourceKind kind, String name) {
          return false;
        }

        @Override
        public Optional<ServiceId> service(ResourceKind kind, String name) {
          return Optional.empty();
        }
      };

  /**
   * The virtual host that answers to a name as a proxy asks for it: the route configuration's name,
   * a slash, and the Host header in lower case with its port, if it has one. Empty if no service
   * answers to that host.
   */
  Optional<String> virtualHost(String asked);

  /** Tells whether there may be anything that the proxy is not sent. */
  boolean hasMore();

  /** Tells whether there is such a resource. */
  boolean has(ResourceKind kind, String name);

  /**
   * The service that a cluster, a virtual host or a name that is asked for belongs to; empty if
   * there is none.
   */
  Optional<ServiceId> service(ResourceKind kind, String name);
}
