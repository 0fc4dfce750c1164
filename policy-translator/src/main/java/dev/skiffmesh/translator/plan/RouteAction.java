package dev.skiffmesh.translator.plan;

import dev.skiffmesh.api.model.Immutable;
import dev.skiffmesh.translator.place.AnswerOption;
import dev.skiffmesh.translator.place.ClusterName;
import dev.skiffmesh.translator.place.ForwardOption;
import dev.skiffmesh.translator.place.Placed;
import dev.skiffmesh.translator.place.Slot;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** What happens to a request that a route takes. */
public sealed interface RouteAction {

  /**
   * It goes to one of some clusters.
   *
   * @param shares at least one, in the policy's order, not all of weight 0
   * @param options what is said of this route's calls alone, by slot
   */
  record Forward(List<Share> shares, SortedMap<Slot, Placed<ForwardOption>> options)
      implements RouteAction {
    /** Copies what it is given. */
    public Forward {
      shares = List.copyOf(shares);
      options = Immutable.sortedMap(options);
    }

    /** Calls to one cluster, of which nothing is said. */
    public static Forward to(ClusterName cluster) {
      return new Forward(List.of(new Share(cluster, 1)), new TreeMap<>());
    }

    /** The same with each cluster as {@code name} has it. */
    public Forward named(UnaryOperator<ClusterName> name) {
      SortedMap<Slot, Placed<ForwardOption>> named = new TreeMap<>();
      List<Share> newShares =
          shares.stream().map(s -> new Share(name.apply(s.cluster()), s.weight())).toList();
      options.forEach(
          (slot, placed) -> {
            ForwardOption option = placed.option();
            named.put(
                slot,
                option.cluster().isEmpty()
                    ? placed
                    : new Placed<>(
                        placed.by(),
                        option.withCluster(name.apply(option.cluster().orElseThrow()))));
          });
      return new Forward(newShares, named);
    }

    /** All that it sends calls or copies to. */
    public List<ClusterName> clusters() {
      return Stream.concat(
              shares.stream().map(Share::cluster),
              options.values().stream().flatMap(placed -> placed.option().cluster().stream()))
          .toList();
    }
  }

  /** It is answered by the proxy itself. */
  record Answered(Placed<AnswerOption> answer) implements RouteAction {}

  /**
   * One cluster's share of a route's calls.
   *
   * @param cluster which one
   * @param weight relative to the others
   */
  record Share(ClusterName cluster, long weight) {}
}
