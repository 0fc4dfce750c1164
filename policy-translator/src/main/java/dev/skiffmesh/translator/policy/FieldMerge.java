package dev.skiffmesh.translator.policy;

import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.policy.PolicySpec;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The merge of setting kinds, field by field: the most specific policy that says something about a
 * field decides it. Confined to one call of {@link PolicyKind#contribute}.
 */
public final class FieldMerge<S extends PolicySpec> {

  private final List<Applied<S>> applied;
  private final Set<DocumentKey> winners = new HashSet<>();
  private final SortedMap<DocumentKey, DocumentKey> beatenBy = new TreeMap<>();

  /**
   * A merge.
   *
   * @param applied the most specific first
   */
  public FieldMerge(List<Applied<S>> applied) {
    this.applied = List.copyOf(applied);
  }

  /** A field's value and whose it is; empty if nobody says anything about it. */
  public <T> Optional<Decided<T>> field(Function<S, @Nullable T> read) {
    @Nullable Decided<T> decided = null;
    for (Applied<S> candidate : applied) {
      @Nullable T value = read.apply(candidate.spec());
      if (value == null) {
        continue;
      }
      if (decided == null) {
        decided = new Decided<>(value, candidate.key());
        winners.add(candidate.key());
      } else {
        beatenBy.putIfAbsent(candidate.key(), decided.by());
      }
    }
    return Optional.ofNullable(decided);
  }

  /** Those that decided no field that was asked for, each with one that beat it. */
  public List<Contribution> losers() {
    List<Contribution> losers = new ArrayList<>();
    beatenBy.forEach(
        (loser, winner) -> {
          if (!winners.contains(loser)) {
            losers.add(new Contribution.Loses(loser, winner));
          }
        });
    return losers;
  }

  /**
   * A field's effective value.
   *
   * @param by whose it is
   */
  public record Decided<T>(T value, DocumentKey by) {}
}
