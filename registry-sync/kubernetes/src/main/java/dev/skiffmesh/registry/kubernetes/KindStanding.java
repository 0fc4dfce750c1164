package dev.skiffmesh.registry.kubernetes;

import dev.skiffmesh.api.status.Finding;
import dev.skiffmesh.api.status.FindingCode;
import dev.skiffmesh.registry.kubernetes.KubernetesPolicySettings.CustomKind;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** How far the reading of one kind of policies is, and what is in its way. Not thread-safe. */
final class KindStanding {

  /** A definition is believed to be missing after so many answers: a new server has none yet. */
  private static final int MISSES = 2;

  private final CustomKind kind;
  private final String definition;
  private final Set<Reflector<PolicyObject>> unlisted = new HashSet<>();
  private final Set<Reflector<PolicyObject>> unwatched = new HashSet<>();
  private int misses;
  private @Nullable String refused;
  private @Nullable String failing;

  /**
   * Nobody reads it yet.
   *
   * @param definition the name of its custom resource definition
   */
  KindStanding(CustomKind kind, String definition) {
    this.kind = kind;
    this.definition = definition;
  }

  String definition() {
    return definition;
  }

  /** Somebody begins to read it. */
  void begun(Reflector<PolicyObject> reflector) {
    unlisted.add(reflector);
    unwatched.add(reflector);
  }

  void listed(Reflector<PolicyObject> reflector) {
    unlisted.remove(reflector);
  }

  /** What was in the way is gone once all of the kind is watched. */
  void watching(Reflector<PolicyObject> reflector) {
    unwatched.remove(reflector);
    if (unwatched.isEmpty()) {
      misses = 0;
      refused = null;
      failing = null;
    }
  }

  void forbidden(Reflector<PolicyObject> reflector, String words) {
    unwatched.add(reflector);
    refused = words;
  }

  /**
   * The server knows of no such kind.
   *
   * @param isBelieved false while the server itself is not ready: then it knows no definition
   */
  void missing(Reflector<PolicyObject> reflector, boolean isBelieved) {
    unwatched.add(reflector);
    misses += isBelieved ? 1 : 0;
  }

  void failed(Reflector<PolicyObject> reflector, String words) {
    unwatched.add(reflector);
    failing = words;
  }

  private boolean isMissing() {
    return misses >= MISSES;
  }

  /** Whether all that there is of it was told. */
  boolean isSettled() {
    return isMissing() || unlisted.isEmpty();
  }

  /** Whether it may not be listed. */
  boolean isRefused() {
    return refused != null;
  }

  /** Why the API server counts as lost; empty if it does not for this kind. */
  Optional<String> loss() {
    if (failing != null) {
      return Optional.of("does not answer: " + failing);
    }
    return refused != null && !unlisted.isEmpty()
        ? Optional.of("refuses to list `" + kind.plural() + "`: " + refused)
        : Optional.empty();
  }

  /** What somebody should know of it. */
  List<Finding> findings() {
    List<Finding> findings = new ArrayList<>();
    if (isMissing()) {
      findings.add(
          Finding.of(
              FindingCode.DEFINITION_MISSING,
              definition,
              "must be installed in the cluster for Skiff to read its "
                  + kind.kind()
                  + " objects; `skiff crds | kubectl apply --server-side -f -` installs it"));
    }
    if (refused != null) {
      findings.add(
          Finding.of(
              FindingCode.NOT_READABLE,
              definition,
              "must be readable by Skiff (list and watch), found: " + refused));
    }
    return findings;
  }
}
