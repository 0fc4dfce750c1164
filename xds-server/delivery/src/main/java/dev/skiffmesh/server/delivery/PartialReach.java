package dev.skiffmesh.server.delivery;

import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.translator.resource.Reach;
import dev.skiffmesh.translator.resource.ResourceKind;
import java.util.Optional;
import java.util.Set;

/**
 * The reach of a proxy while a registry of which nothing is known has not answered yet: whatever is
 * not there may be that registry's. So no name is said not to exist, and what a proxy has from an
 * earlier stream it keeps, until a snapshot with another reach says more. Immutable.
 *
 * @param known what is known to be there
 */
public record PartialReach(Reach known) implements Reach {

  /** What services become; routes, secrets and runtime layers have names of Skiff's own. */
  private static final Set<ResourceKind> OF_SERVICES =
      Set.of(
          ResourceKind.CLUSTER,
          ResourceKind.ENDPOINT,
          ResourceKind.LISTENER,
          ResourceKind.VIRTUAL_HOST);

  /**
   * What state-of-the-world sends whole, so that what is left out of it is taken away. Who claims
   * to have a version of it is not sent another one.
   */
  private static final Set<ResourceKind> TAKEN_AWAY_BY_SILENCE =
      Set.of(ResourceKind.CLUSTER, ResourceKind.LISTENER, ResourceKind.ROUTE);

  /** What is known, of any reach. */
  static Reach known(Reach reach) {
    return reach instanceof PartialReach(Reach under) ? under : reach;
  }

  /** Tells whether a state-of-the-world proxy that claims to have that type is not sent it yet. */
  static boolean holds(Reach reach, ResourceKind kind) {
    return reach instanceof PartialReach && TAKEN_AWAY_BY_SILENCE.contains(kind);
  }

  @Override
  public Optional<String> virtualHost(String asked) {
    return known.virtualHost(asked);
  }

  @Override
  public boolean hasMore() {
    return known.hasMore();
  }

  @Override
  public boolean has(ResourceKind kind, String name) {
    return OF_SERVICES.contains(kind) || known.has(kind, name);
  }

  @Override
  public Optional<ServiceId> service(ResourceKind kind, String name) {
    return known.service(kind, name);
  }
}
