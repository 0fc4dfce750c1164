package dev.skiffmesh.registry.nacos;

import dev.skiffmesh.api.status.Finding;
import dev.skiffmesh.registry.core.NameClash;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The mesh namespaces of all portions of one source: none is ever two portions'. Of portions that
 * would come to one name if each were alone, a default group keeps it, or else the only one that is
 * spelled so; all others have a hash in theirs. So no name depends on which came first, and a group
 * that somebody adds takes the name of none that is spelled as its namespace. Not thread-safe.
 */
final class MeshNamespaces {

  private static final Comparator<Claim> BY_SPELLING =
      Comparator.comparing((Claim claim) -> claim.namespace().id()).thenComparing(Claim::group);

  /** By the name that each would have if it were alone. */
  private final SortedMap<String, List<Claim>> claims = new TreeMap<>();

  private final SortedMap<String, NacosPortion> portions = new TreeMap<>();

  private record Claim(NacosSettings.Namespace namespace, String group) {
    String alone() {
      return NacosPortion.of(namespace, group).meshNamespace();
    }
  }

  /**
   * Takes a portion in.
   *
   * @return it, and then those whose mesh namespace is another one from now on
   */
  List<NacosPortion> add(NacosSettings.Namespace namespace, String group) {
    Claim added = new Claim(namespace, group);
    List<Claim> claimants = claims.computeIfAbsent(added.alone(), _ -> new ArrayList<>());
    claimants.add(added);
    claimants.sort(BY_SPELLING);
    Optional<Claim> keeper = keeper(claimants);
    List<NacosPortion> renamed = new ArrayList<>();
    for (Claim claim : claimants) {
      NacosPortion now =
          claimants.size() == 1 || keeper.filter(claim::equals).isPresent()
              ? NacosPortion.of(claim.namespace(), claim.group())
              : NacosPortion.toldApart(claim.namespace(), claim.group());
      if (!now.equals(portions.put(now.name(), now))) {
        renamed.add(claim.equals(added) ? 0 : renamed.size(), now);
      }
    }
    return renamed;
  }

  private static Optional<Claim> keeper(List<Claim> claimants) {
    List<Claim> spelledSo =
        claimants.stream()
            .filter(
                claim ->
                    NacosPortion.spelled(claim.namespace(), claim.group()).equals(claim.alone()))
            .toList();
    Optional<Claim> usual =
        spelledSo.stream().filter(claim -> NacosPortion.isDefault(claim.group())).findFirst();
    return usual.isPresent() || spelledSo.size() != 1 ? usual : Optional.of(spelledSo.getFirst());
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
            List<NacosPortion> theirs =
                claimants.stream()
                    .map(
                        claim ->
                            portions.get(NacosPortion.of(claim.namespace(), claim.group()).name()))
                    .toList();
            findings.add(
                NameClash.finding(
                    "groups "
                        + theirs.stream().map(NacosPortion::name).collect(Collectors.joining(", ")),
                    source,
                    "mesh namespace",
                    name,
                    theirs.stream().map(NacosPortion::meshNamespace).toList()));
          }
        });
    return findings;
  }
}
