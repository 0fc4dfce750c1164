package dev.skiffmesh.server.status;

import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.model.World;
import dev.skiffmesh.api.status.Finding;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Everything that can be said of the mesh at one moment. Immutable; every list is in a
 * deterministic order.
 *
 * @param revision grows with every report of this process; a reader that saw revision n has seen
 *     all before it
 * @param at when it was made
 * @param readiness whether proxies are served
 * @param world what is in force
 * @param sources in their configured order
 * @param policies by kind, namespace and name: those in force, those refused, those expired
 * @param proxies by id, one for each
 * @param scopes what workloads use, by workload
 * @param findings sorted by severity, code and subject, none twice
 */
public record MeshReport(
    long revision,
    Instant at,
    Readiness readiness,
    World world,
    List<SourceReport> sources,
    List<PolicyReport> policies,
    List<ProxyReport> proxies,
    List<ScopeReport> scopes,
    List<Finding> findings) {

  /** Copies the lists. */
  public MeshReport {
    sources = List.copyOf(sources);
    policies = List.copyOf(policies);
    proxies = List.copyOf(proxies);
    scopes = List.copyOf(scopes);
    findings = List.copyOf(findings);
  }

  /** The report before anything is known. */
  public static MeshReport starting(Instant at) {
    return new MeshReport(
        0,
        at,
        new Readiness(false, List.of("Skiff is starting")),
        World.EMPTY,
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        List.of());
  }

  /** The same with another readiness and other findings, which are sorted as all are. */
  MeshReport with(Readiness standing, List<Finding> found) {
    return new MeshReport(
        revision,
        at,
        standing,
        world,
        sources,
        policies,
        proxies,
        scopes,
        found.stream().distinct().sorted(MomentReport.BY_WEIGHT).toList());
  }

  /** What is to be said of one policy; empty if there is no such document. */
  public Optional<PolicyReport> policy(DocumentKey key) {
    return policies.stream().filter(policy -> policy.status().policy().equals(key)).findFirst();
  }

  /** The proxy of that node id; empty if it is not connected. */
  public Optional<ProxyReport> proxy(String id) {
    return proxies.stream().filter(proxy -> proxy.identity().id().equals(id)).findFirst();
  }
}
