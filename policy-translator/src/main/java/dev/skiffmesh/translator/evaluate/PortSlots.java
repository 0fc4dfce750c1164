package dev.skiffmesh.translator.evaluate;

import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.translator.place.AnswerOption;
import dev.skiffmesh.translator.place.ClusterOption;
import dev.skiffmesh.translator.place.ForwardOption;
import dev.skiffmesh.translator.place.HostOption;
import dev.skiffmesh.translator.place.Option;
import dev.skiffmesh.translator.place.Placed;
import dev.skiffmesh.translator.place.RouteOption;
import dev.skiffmesh.translator.place.Slot;
import dev.skiffmesh.translator.plan.PortOptions;
import dev.skiffmesh.translator.plan.RouteAction;
import dev.skiffmesh.translator.plan.RoutePlan;
import dev.skiffmesh.translator.policy.Contribution;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** What policies contribute to one port, each option in its slot. Confined to one thread. */
final class PortSlots {

  /** All but those that lost their slot. */
  final List<Contribution> taken = new ArrayList<>();

  final List<RoutePlan> routes = new ArrayList<>();

  /** Those that lost their slot. */
  final Set<Contribution.Loses> conflicts = new LinkedHashSet<>();

  /** Those that lost it to a rule, for the rule's own requests. */
  final Set<Contribution.Loses> conflictsAtRules = new LinkedHashSet<>();

  final SortedMap<Slot, Placed<ClusterOption>> cluster = new TreeMap<>();
  private final SortedMap<Slot, Placed<HostOption>> host = new TreeMap<>();
  private final SortedMap<Slot, Placed<RouteOption>> route = new TreeMap<>();
  private final SortedMap<Slot, Placed<ForwardOption>> forward = new TreeMap<>();

  /**
   * Fills the slots.
   *
   * @param contributions the earlier one keeps its slot
   */
  PortSlots(List<Contribution> contributions) {
    for (Contribution contribution : contributions) {
      if (!(contribution instanceof Contribution.At(Placed<?> placed))) {
        taken.add(contribution);
      } else if (isPut(placed)) {
        taken.add(contribution);
      }
      if (contribution instanceof Contribution.Routes(_, List<RoutePlan> planned)) {
        routes.addAll(planned);
      }
    }
    routes.forEach(this::refuseBeside);
  }

  /** What is said of all calls to the port. */
  PortOptions options() {
    return new PortOptions(host, route, forward);
  }

  private boolean isPut(Placed<?> placed) {
    return switch (placed.option()) {
      case ClusterOption option -> isPut(cluster, new Placed<>(placed.by(), option));
      case HostOption option -> isPut(host, new Placed<>(placed.by(), option));
      case RouteOption option -> isPut(route, new Placed<>(placed.by(), option));
      case AnswerOption _ ->
          throw new IllegalArgumentException(KindsAsked.ANSWER_OF_A_PORT + ", found " + placed);
      case ForwardOption option -> isPut(forward, new Placed<>(placed.by(), option));
    };
  }

  private <O extends Option> boolean isPut(SortedMap<Slot, Placed<O>> slots, Placed<O> placed) {
    Placed<O> first = slots.putIfAbsent(placed.option().slot(), placed);
    if (first == null) {
      return true;
    }
    refuse(placed, first, conflicts);
    return false;
  }

  /** What is said of a route alone is not said again by what is said of all of the port's calls. */
  private void refuseBeside(RoutePlan planned) {
    refuseBeside(planned.options(), route);
    if (planned.action() instanceof RouteAction.Forward(_, var options)) {
      refuseBeside(options, forward);
    }
  }

  private <O extends Option> void refuseBeside(
      SortedMap<Slot, Placed<O>> ofRoute, SortedMap<Slot, Placed<O>> ofPort) {
    ofRoute.forEach(
        (slot, own) -> {
          Placed<O> everywhere = ofPort.get(slot);
          if (everywhere != null) {
            refuse(everywhere, own, conflictsAtRules);
          }
        });
  }

  private static void refuse(Placed<?> loser, Placed<?> winner, Set<Contribution.Loses> conflicts) {
    for (DocumentKey by : loser.by()) {
      conflicts.add(new Contribution.Loses(by, winner.by().first()));
    }
  }
}
