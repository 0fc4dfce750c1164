package dev.skiffmesh.translator.plan;

import dev.skiffmesh.api.policy.match.HashKey;
import dev.skiffmesh.api.policy.trafficroute.Redirect;
import dev.skiffmesh.api.policy.trafficroute.Reply;
import dev.skiffmesh.api.policy.trafficroute.Rewrite;
import dev.skiffmesh.translator.place.ClusterName;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What happens to a request that a route takes. */
public sealed interface RouteAction {

  /**
   * It goes to one of some clusters.
   *
   * @param shares at least one, in the policy's order, not all of weight 0
   * @param stickyBy null: at random
   * @param mirror null: no copy
   * @param rewrite null: unchanged
   */
  record Forward(
      List<Share> shares,
      @Nullable HashKey stickyBy,
      @Nullable Copy mirror,
      @Nullable Rewrite rewrite)
      implements RouteAction {
    /** Copies the shares. */
    public Forward {
      shares = List.copyOf(shares);
    }

    /** Tells whether one of several shares is chosen by something of the request. */
    public boolean isSticky() {
      return stickyBy != null && shares.size() > 1;
    }
  }

  /** It is answered with a redirect. */
  record Redirected(Redirect redirect) implements RouteAction {}

  /** It is answered by the proxy itself. */
  record Replied(Reply reply) implements RouteAction {}

  /**
   * One cluster's share of a route's calls.
   *
   * @param cluster which one
   * @param weight relative to the others
   */
  record Share(ClusterName cluster, long weight) {}

  /**
   * A copy of a share of the calls.
   *
   * @param cluster where it goes
   * @param partsPerMillion of the calls
   */
  record Copy(ClusterName cluster, int partsPerMillion) {}
}
