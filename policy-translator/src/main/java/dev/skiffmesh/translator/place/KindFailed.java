package dev.skiffmesh.translator.place;

import dev.skiffmesh.api.document.DocumentKey;
import java.io.Serial;
import java.util.Set;
import java.util.SortedSet;
import java.util.function.Supplier;

/** Something of a kind failed where it was applied: that place does without that kind. */
public final class KindFailed extends RuntimeException {

  @Serial private static final long serialVersionUID = 1L;

  private final transient SortedSet<DocumentKey> policies;

  private final Throwable failure;

  private KindFailed(SortedSet<DocumentKey> policies, Throwable failure) {
    super(failure);
    this.failure = failure;
    this.policies = policies;
  }

  /** Running out of memory is nobody's in particular and is thrown as it is. */
  static KindFailed of(SortedSet<DocumentKey> policies, Throwable failure) {
    if (failure instanceof OutOfMemoryError exhausted) {
      throw exhausted;
    }
    return failure instanceof KindFailed already ? already : new KindFailed(policies, failure);
  }

  /**
   * Runs what {@code policies} asked for; whatever goes wrong is thrown as this, unless there are
   * none.
   */
  public static <T> T blaming(SortedSet<DocumentKey> policies, Supplier<T> work) {
    if (policies.isEmpty()) {
      return work.get();
    }
    try {
      return work.get();
    } catch (Throwable failure) {
      throw of(policies, failure);
    }
  }

  /** Whose it was. */
  public Set<DocumentKey> policies() {
    return policies;
  }

  /** What went wrong. */
  public Throwable failure() {
    return failure;
  }

  /** The kind that is done without. */
  public String kind() {
    return policies.first().kind();
  }
}
