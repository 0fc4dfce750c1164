package dev.skiffmesh.translator.policy;

import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.policy.scope.ScopeMode;
import dev.skiffmesh.api.status.Finding;
import dev.skiffmesh.translator.place.InboundFilter;
import dev.skiffmesh.translator.place.Option;
import dev.skiffmesh.translator.place.Placed;
import dev.skiffmesh.translator.plan.RoutePlan;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import java.util.List;

/**
 * One thing that a policy asks of a target. A kind returns contributions and never edits a proto;
 * the planner puts each into its slot and refuses a second writer of a slot.
 */
public sealed interface Contribution {

  /** Whose it is. */
  DocumentKey by();

  /** Routes before the default one, in this order. */
  record Routes(DocumentKey by, List<RoutePlan> routes) implements Contribution {
    /** Copies the routes. */
    public Routes {
      routes = List.copyOf(routes);
    }
  }

  /** An option in its slot: of the port's destinations, or of all calls to the port. */
  record At(Placed<?> placed) implements Contribution {
    /** An option of one policy. */
    public static At of(DocumentKey by, Option option) {
      return new At(Placed.of(by, option));
    }

    /** One of them; see {@link Placed#by()} for all. */
    @Override
    public DocumentKey by() {
      return placed.by().first();
    }
  }

  /**
   * What the callee's proxy does to calls, each at its stage; of a policy that the callee enforces.
   */
  record Filters(DocumentKey by, List<InboundFilter> filters) implements Contribution {
    /** Copies the filters. */
    public Filters {
      filters = List.copyOf(filters);
    }
  }

  /** A cluster beside those of services. */
  record ExtraCluster(DocumentKey by, Cluster cluster) implements Contribution {}

  /**
   * A share of requests to be harmed, by a key of the proxies' runtime layer that ends when nobody
   * renews it. In the proxies of those who enforce the policy: a service's callers, its own
   * instances, or a workload. The configuration that reads the key says zero by itself, and stays
   * as it is when the share changes.
   *
   * @param part see {@link dev.skiffmesh.translator.place.RuntimeKey#name}
   * @param partsPerMillion from 0 to 1,000,000
   */
  record RuntimeKey(DocumentKey by, String part, int partsPerMillion) implements Contribution {

    /** As it is in the layer. */
    public dev.skiffmesh.translator.place.RuntimeKey key() {
      return new dev.skiffmesh.translator.place.RuntimeKey(
          dev.skiffmesh.translator.place.RuntimeKey.name(by, part), partsPerMillion, by);
    }
  }

  /** Slot of a workload: how much its proxies are sent. */
  record Scope(DocumentKey by, ScopeMode mode) implements Contribution {}

  /** A service that a workload's proxies are sent; of an empty name, all of its namespace. */
  record Uses(DocumentKey by, ServiceRef service) implements Contribution {}

  /** Something to be said of a policy, which changes nothing. */
  sealed interface Remark extends Contribution {}

  /** A part of the policy has no effect here; the sentence says which and why. */
  record Lacking(DocumentKey by, String message) implements Remark {}

  /** The policy, or all of it that speaks of this target, loses to another one. */
  record Loses(DocumentKey by, DocumentKey winner) implements Remark {}

  /** Somebody should know. */
  record Reports(DocumentKey by, Finding finding) implements Remark {}
}
