package dev.skiffmesh.translator.policy;

import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.policy.PolicySpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The merge of setting kinds, field by field: the most specific policy that says something about a
 * field decides it. Confined to one call of {@link PolicyKind#contribute}.
 */
public final class Settings<S extends PolicySpec> {

  private final List<Applied<S>> applied;
  private final List<DocumentKey> winners = new ArrayList<>();

  /**
   * A merge.
   *
   * @param applied the most specific first
   */
  public Settings(List<Applied<S>> applied) {
    this.applied = List.copyOf(applied);
  }

  /** A field's value and whose it is; empty if nobody says anything about it. */
  public <T> Optional<Decided<T>> field(Function<S, @Nullable T> read) {
    for (Applied<S> candidate : applied) {
      @Nullable T value = read.apply(candidate.spec());
      if (value != null) {
        winners.add(candidate.key());
        return Optional.of(new Decided<>(value, candidate.key()));
      }
    }
    return Optional.empty();
  }

  /** Those that decided no field that was asked for, each with the most specific winner. */
  public List<Contribution> losers() {
    List<Contribution> losers = new ArrayList<>();
    for (Applied<S> candidate : applied) {
      if (!winners.contains(candidate.key()) && !winners.isEmpty()) {
        losers.add(new Contribution.Loses(candidate.key(), winners.getFirst()));
      }
    }
    return losers;
  }

  /**
   * A field's effective value.
   *
   * @param by whose it is
   */
  public record Decided<T>(T value, DocumentKey by) {}
}
