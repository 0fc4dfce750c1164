package dev.skiffmesh.translator.plan;

import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.model.Immutable;
import dev.skiffmesh.api.model.Service;
import dev.skiffmesh.api.status.Finding;
import dev.skiffmesh.translator.PolicyEffect;
import dev.skiffmesh.translator.place.ClusterName;
import dev.skiffmesh.translator.place.Option;
import dev.skiffmesh.translator.place.Placed;
import dev.skiffmesh.translator.place.RuntimeKey;
import java.util.List;
import java.util.SortedMap;
import java.util.stream.Stream;

/**
 * What callers of one kind do with one service.
 *
 * @param service which one
 * @param ports its HTTP-family ports
 * @param clusters those that its routes name, of this and of other services, and all whole ones of
 *     its own ports
 * @param extraClusters those that its policies asked for
 * @param runtimeKeys those that its policies raise in callers' proxies
 * @param effects what each policy that targets it came to
 * @param findings what had to be left out
 */
public record ServicePlan(
    Service service,
    List<PortPlan> ports,
    SortedMap<ClusterName, ClusterPlan> clusters,
    List<ExtraCluster> extraClusters,
    List<RuntimeKey> runtimeKeys,
    SortedMap<DocumentKey, PolicyEffect> effects,
    List<Finding> findings) {

  /** Copies what it is given. */
  public ServicePlan {
    ports = List.copyOf(ports);
    clusters = Immutable.sortedMap(clusters);
    extraClusters = List.copyOf(extraClusters);
    runtimeKeys = List.copyOf(runtimeKeys);
    effects = Immutable.sortedMap(effects);
    findings = List.copyOf(findings);
  }

  /** All that its policies say of it, at all places. */
  public Stream<Placed<? extends Option>> options() {
    return Stream.concat(
        clusters.values().stream().flatMap(cluster -> cluster.options().values().stream()),
        ports.stream()
            .flatMap(
                port ->
                    Stream.concat(
                        port.options().all(), port.routes().stream().flatMap(RoutePlan::said))));
  }
}
