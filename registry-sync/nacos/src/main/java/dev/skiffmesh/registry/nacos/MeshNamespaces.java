package dev.skiffmesh.registry.nacos;

import dev.skiffmesh.api.status.Finding;
import dev.skiffmesh.api.status.FindingCode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The mesh namespaces of all scopes of one source: none is ever two scopes'. Of scopes that would
 * come to one name if each were alone, a default group keeps it, or else the only one that is
 * spelled so; all others have a hash in theirs. So no name depends on which came first, and a group
 * that somebody adds takes the name of none that is spelled as its namespace. Not thread-safe.
 */
final class MeshNamespaces {

  private static final Comparator<Claim> BY_SPELLING =
      Comparator.comparing((Claim claim) -> claim.namespace().id()).thenComparing(Claim::group);

  /** By the name that each would have if it were alone. */
  private final SortedMap<String, List<Claim>> claims = new TreeMap<>();

  private final SortedMap<String, NacosScope> scopes = new TreeMap<>();

  private record Claim(NacosSettings.Namespace namespace, String group) {
    String alone() {
      return NacosScope.of(namespace, group).meshNamespace();
    }
  }

  /**
   * Takes a scope in.
   *
   * @return it, and then those whose mesh namespace is another one from now on
   */
  List<NacosScope> add(NacosSettings.Namespace namespace, String group) {
    Claim added = new Claim(namespace, group);
    List<Claim> claimants = claims.computeIfAbsent(added.alone(), _ -> new ArrayList<>());
    claimants.add(added);
    claimants.sort(BY_SPELLING);
    Optional<Claim> keeper = keeper(claimants);
    List<NacosScope> renamed = new ArrayList<>();
    for (Claim claim : claimants) {
      NacosScope now =
          claimants.size() == 1 || keeper.filter(claim::equals).isPresent()
              ? NacosScope.of(claim.namespace(), claim.group())
              : NacosScope.toldApart(claim.namespace(), claim.group());
      if (!now.equals(scopes.put(now.name(), now))) {
        renamed.add(claim.equals(added) ? 0 : renamed.size(), now);
      }
    }
    return renamed;
  }

  private static Optional<Claim> keeper(List<Claim> claimants) {
    List<Claim> spelledSo =
        claimants.stream()
            .filter(
                claim -> NacosScope.spelled(claim.namespace(), claim.group()).equals(claim.alone()))
            .toList();
    Optional<Claim> usual =
        spelledSo.stream().filter(claim -> NacosScope.isDefault(claim.group())).findFirst();
    return usual.isPresent() || spelledSo.size() != 1
        ? usual
        : Optional.of(spelledSo.getFirst());
  }

  /**
   * One for each name that several would have.
   *
   * @param source the source's name
   */
  List<Finding> clashes(String source) {
    List<Finding> findings = new ArrayList<>();
    claims.forEach(
        (name, claimants) -> {
          if (claimants.size() > 1) {
            List<NacosScope> theirs =
                claimants.stream()
                    .map(claim -> scopes.get(NacosScope.of(claim.namespace(), claim.group()).name()))
                    .toList();
            findings.add(
                new Finding(
                    FindingCode.HOST_CLASH,
                    "groups "
                        + theirs.stream().map(NacosScope::name).collect(Collectors.joining(", ")),
                    source,
                    null,
                    "must not come to one mesh namespace, found '"
                        + name
                        + "' for all of them; they are called "
                        + theirs.stream()
                            .map(scope -> "'" + scope.meshNamespace() + "'")
                            .collect(Collectors.joining(", "))));
          }
        });
    return findings;
  }
}
