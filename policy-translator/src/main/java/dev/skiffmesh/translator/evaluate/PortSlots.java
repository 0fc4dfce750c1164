package dev.skiffmesh.translator.evaluate;

import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.translator.place.ClusterOption;
import dev.skiffmesh.translator.place.ForwardOption;
import dev.skiffmesh.translator.place.Option;
import dev.skiffmesh.translator.place.Placed;
import dev.skiffmesh.translator.place.Slot;
import dev.skiffmesh.translator.plan.RouteAction;
import dev.skiffmesh.translator.plan.RoutePlan;
import dev.skiffmesh.translator.policy.Contribution;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** What policies contribute to one port, each option in its slot. Confined to one thread. */
final class PortSlots {

  /** All but those that lost their slot. */
  final List<Contribution> taken = new ArrayList<>();

  final List<RoutePlan> routes = new ArrayList<>();
  final List<Contribution.Loses> conflicts = new ArrayList<>();
  final SortedMap<Slot, Placed<ClusterOption>> cluster = new TreeMap<>();
  final SortedMap<Slot, Placed<ForwardOption>> forward = new TreeMap<>();

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

  private boolean isPut(Placed<?> placed) {
    return switch (placed.option()) {
      case ClusterOption option -> isPut(cluster, new Placed<>(placed.by(), option));
      case ForwardOption option -> isPut(forward, new Placed<>(placed.by(), option));
    };
  }

  private <O extends Option> boolean isPut(SortedMap<Slot, Placed<O>> slots, Placed<O> placed) {
    Placed<O> first = slots.putIfAbsent(placed.option().slot(), placed);
    if (first == null) {
      return true;
    }
    refuse(placed, first);
    return false;
  }

  /** What is said of a route alone is not said again by what is said of all of the port's calls. */
  private void refuseBeside(RoutePlan route) {
    if (route.action() instanceof RouteAction.Forward(_, var options)) {
      options.forEach(
          (slot, own) -> {
            Placed<ForwardOption> ofPort = forward.get(slot);
            if (ofPort != null) {
              refuse(ofPort, own);
            }
          });
    }
  }

  private void refuse(Placed<?> loser, Placed<?> winner) {
    for (DocumentKey by : loser.by()) {
      Contribution.Loses conflict = new Contribution.Loses(by, winner.by().first());
      if (!conflicts.contains(conflict)) {
        conflicts.add(conflict);
      }
    }
  }
}
