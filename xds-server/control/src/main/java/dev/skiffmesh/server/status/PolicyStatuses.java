package dev.skiffmesh.server.status;

import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.policy.Policy;
import dev.skiffmesh.api.status.Condition;
import dev.skiffmesh.api.status.Condition.Reason;
import dev.skiffmesh.api.status.PolicyStatus;
import dev.skiffmesh.server.delivery.StreamId;
import dev.skiffmesh.server.delivery.StreamStanding;
import dev.skiffmesh.translator.Acceptance;
import dev.skiffmesh.translator.PolicyEffect;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What is to be said of each policy: what the evaluation thinks of it, and how the proxies stand to
 * the resources that it shaped.
 */
final class PolicyStatuses {

  private final ReportInput input;

  /** By policy and proxy. */
  private final Map<DocumentKey, Map<String, Stand>> stands = new HashMap<>();

  /**
   * Of one moment.
   *
   * @param memory what is known of the streams from earlier moments
   */
  PolicyStatuses(ReportInput input, Map<StreamId, StreamStanding> standings, StandMemory memory) {
    this.input = input;
    for (ReportInput.Stream stream : input.streams()) {
      StreamStanding standing = standings.get(stream.id());
      if (stream.translation() != null && standing != null) {
        memory.of(stream, standing).forEach((policy, stand) -> add(stream, policy, stand));
      }
    }
  }

  private void add(ReportInput.Stream stream, DocumentKey policy, Stand ofTranslation) {
    Stand stand =
        ofTranslation instanceof Stand.Acked && !stream.current()
            ? new Stand.Pending()
            : ofTranslation;
    // What it was without effect in, and what it has become since, are two things.
    boolean outdated = stand instanceof Stand.None && isWithout(stream, policy);
    if (!outdated) {
      stands
          .computeIfAbsent(policy, _ -> new HashMap<>())
          .merge(stream.identity().id(), stand, Stand::worse);
    }
  }

  /** What is to be said of one document. */
  PolicyStatus of(LedgerEntry entry) {
    List<Stand> known = List.copyOf(stands.getOrDefault(entry.key(), Map.of()).values());
    boolean inForce = entry.inForce(input.at()).isPresent();
    PolicyStatus.Proxies proxies =
        inForce
            ? new PolicyStatus.Proxies(
                known.size(), count(known, Stand.Acked.class), count(known, Stand.Rejected.class))
            : PolicyStatus.Proxies.NONE;
    return new PolicyStatus(
        entry.key(),
        entry.generation(),
        accepted(entry),
        inForce ? programmed(entry, known, streamsWithout(entry)) : notInForce(entry),
        proxies);
  }

  /** How many streams were last translated for without that version of the policy. */
  private int streamsWithout(LedgerEntry entry) {
    Map<String, Stand> known = stands.getOrDefault(entry.key(), Map.of());
    return (int)
        input.streams().stream()
            .filter(stream -> isWithout(stream, entry.key()))
            .filter(stream -> !known.containsKey(stream.identity().id()))
            .count();
  }

  /**
   * Tells whether what {@code stream} has was made of another version of the policy, or of none.
   */
  private boolean isWithout(ReportInput.Stream stream, DocumentKey policy) {
    if (stream.current() || stream.translation() == null) {
      return false;
    }
    LedgerEntry entry = input.entries().get(policy);
    if (entry == null) {
      return false;
    }
    Policy<?> known = stream.policies().get(policy);
    return entry
        .good()
        .filter(good -> known == null || known.generation() != good.policy().generation())
        .isPresent();
  }

  private Condition accepted(LedgerEntry entry) {
    long generation = entry.generation();
    long good = entry.good().map(one -> one.policy().generation()).orElse(0L);
    if (good != generation) {
      return new Condition(
          Condition.Type.ACCEPTED,
          false,
          Reason.INVALID,
          good == 0
              ? "generation %d refused, no version in force".formatted(generation)
              : "generation %d refused, generation %d in force".formatted(generation, good),
          generation);
    }
    Acceptance acceptance =
        input.evaluation() == null ? null : input.evaluation().acceptances().get(entry.key());
    // A policy that has expired or is not yet evaluated is understood all the same.
    return acceptance == null
        ? new Condition(Condition.Type.ACCEPTED, true, Reason.ACCEPTED, "", generation)
        : new Condition(
            Condition.Type.ACCEPTED,
            acceptance.accepted(),
            acceptance.reason(),
            acceptance.message(),
            generation);
  }

  private static Condition notInForce(LedgerEntry entry) {
    return entry
        .good()
        .map(
            good ->
                programmed(
                    good.policy().generation(),
                    false,
                    Reason.NOTHING_TO_PROGRAM,
                    "expired at " + good.expiresAt()))
        .orElseGet(
            () ->
                programmed(
                    entry.generation(),
                    false,
                    Reason.NOTHING_TO_PROGRAM,
                    "no version is in force"));
  }

  private Condition programmed(LedgerEntry entry, List<Stand> known, int without) {
    long generation = entry.good().orElseThrow().policy().generation();
    boolean accepted =
        input.evaluation() == null
            || !input.evaluation().acceptances().containsKey(entry.key())
            || input.evaluation().acceptances().get(entry.key()).accepted();
    if (!accepted) {
      return programmed(generation, false, Reason.NOTHING_TO_PROGRAM, "it is not accepted");
    }
    if (known.isEmpty() && without == 0) {
      return programmed(
          generation, false, Reason.NOTHING_TO_PROGRAM, "no connected proxy uses it yet");
    }
    SortedSet<String> rejections = new TreeSet<>();
    SortedSet<String> missing = new TreeSet<>();
    SortedSet<String> winners = new TreeSet<>();
    SortedSet<String> nothing = new TreeSet<>();
    for (Stand stand : known) {
      switch (stand) {
        case Stand.Rejected(String words) -> rejections.add(words);
        case Stand.Acked(PolicyEffect effect) -> {
          if (effect.outcome() == PolicyEffect.Outcome.PARTLY) {
            missing.add(effect.message());
          }
        }
        case Stand.None(PolicyEffect effect) ->
            (effect.outcome() == PolicyEffect.Outcome.OVERRIDDEN ? winners : nothing)
                .add(effect.message());
        case Stand.Pending _ -> {}
      }
    }
    int acked = count(known, Stand.Acked.class);
    int pending = count(known, Stand.Pending.class);
    if (!rejections.isEmpty()) {
      return programmed(generation, false, Reason.REJECTED_BY_PROXY, String.join("; ", rejections));
    }
    if (without > 0) {
      return programmed(
          generation,
          false,
          Reason.PENDING,
          "acknowledged by %d of %d proxies, not yet translated for %d more"
              .formatted(acked, acked + pending, without));
    }
    if (acked + pending == 0) {
      return winners.isEmpty()
          ? programmed(generation, false, Reason.NOTHING_TO_PROGRAM, sentence(nothing))
          : programmed(generation, false, Reason.OVERRIDDEN, sentence(winners));
    }
    if (pending > 0) {
      return programmed(
          generation,
          false,
          Reason.PENDING,
          "acknowledged by %d of %d proxies".formatted(acked, acked + pending));
    }
    missing.addAll(winners);
    return missing.isEmpty()
        ? programmed(generation, true, Reason.PROGRAMMED, "")
        : programmed(generation, false, Reason.PARTIALLY_PROGRAMMED, sentence(missing));
  }

  private static String sentence(SortedSet<String> parts) {
    String joined = String.join("; ", parts.stream().filter(part -> !part.isEmpty()).toList());
    return joined.isEmpty() ? "it changes nothing for the connected proxies" : joined;
  }

  private static int count(List<Stand> known, Class<? extends Stand> kind) {
    return (int) known.stream().filter(kind::isInstance).count();
  }

  private static Condition programmed(
      long generation, boolean status, Reason reason, String message) {
    return new Condition(Condition.Type.PROGRAMMED, status, reason, message, generation);
  }
}
