package dev.skiffmesh.translator.evaluate;

import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.translator.PolicyEffect;
import dev.skiffmesh.translator.PolicyEffect.Outcome;
import dev.skiffmesh.translator.policy.Contribution;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** Adds up what became of each policy. Confined to one thread. */
public final class EffectLedger {

  /** A message names at most so many things; the rest is counted. */
  private static final int MOST_NAMED = 3;

  private static final class Account {
    private boolean shaped;
    private final Set<String> lacking = new LinkedHashSet<>();
    private final Set<String> winners = new LinkedHashSet<>();
    private final Set<String> notes = new LinkedHashSet<>();
  }

  private final SortedMap<DocumentKey, Account> accounts = new TreeMap<>();

  /** Nothing so far. */
  public EffectLedger() {}

  /** The policy reaches something here, whatever comes of it. */
  void reaches(DocumentKey policy) {
    account(policy);
  }

  void record(Contribution contribution) {
    Account account = account(contribution.by());
    switch (contribution) {
      case Contribution.Routes _,
          Contribution.Scope _,
          Contribution.Uses _,
          Contribution.RuntimeKey _,
          Contribution.Filters _,
          Contribution.ExtraCluster _ ->
          account.shaped = true;
      case Contribution.At(var placed) -> placed.by().forEach(by -> account(by).shaped = true);
      case Contribution.Lacking(_, String message) -> account.lacking.add(message);
      case Contribution.Loses(_, DocumentKey winner) -> account.winners.add(winner.toString());
      case Contribution.Reports _ -> {}
    }
  }

  /** Nothing comes of the policy, for this reason. */
  void nothing(DocumentKey policy, String reason) {
    account(policy).notes.add(reason);
  }

  /** Takes over what another ledger came to. */
  public void add(Map<DocumentKey, PolicyEffect> effects) {
    effects.forEach(
        (policy, effect) -> {
          Account account = account(policy);
          switch (effect.outcome()) {
            case SHAPED -> account.shaped = true;
            case PARTLY -> {
              account.shaped = true;
              account.lacking.add(effect.message());
            }
            case OVERRIDDEN -> account.winners.add(effect.message());
            case NOTHING -> account.notes.add(effect.message());
          }
        });
  }

  /** What each policy came to. */
  public SortedMap<DocumentKey, PolicyEffect> effects() {
    SortedMap<DocumentKey, PolicyEffect> effects = new TreeMap<>();
    accounts.forEach((policy, account) -> effects.put(policy, effect(account)));
    return effects;
  }

  private static PolicyEffect effect(Account account) {
    if (account.shaped) {
      // What came to nothing for one of several services is a part that is missing.
      Set<String> missing = new LinkedHashSet<>(account.lacking);
      account.notes.stream().filter(note -> !note.isEmpty()).forEach(missing::add);
      return missing.isEmpty()
          ? PolicyEffect.SHAPED
          : new PolicyEffect(Outcome.PARTLY, join(missing));
    }
    if (!account.lacking.isEmpty()) {
      return new PolicyEffect(Outcome.NOTHING, join(account.lacking));
    }
    return account.winners.isEmpty()
        ? new PolicyEffect(Outcome.NOTHING, join(account.notes))
        : new PolicyEffect(Outcome.OVERRIDDEN, join(account.winners));
  }

  private static String join(Set<String> parts) {
    String named =
        String.join("; ", parts.stream().filter(p -> !p.isEmpty()).limit(MOST_NAMED).toList());
    return parts.size() <= MOST_NAMED
        ? named
        : named + "; and " + (parts.size() - MOST_NAMED) + " more";
  }

  private Account account(DocumentKey policy) {
    return accounts.computeIfAbsent(policy, key -> new Account());
  }
}
