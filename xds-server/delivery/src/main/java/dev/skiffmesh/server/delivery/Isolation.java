package dev.skiffmesh.server.delivery;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Finds the bad resource of a rejected response by sending its parts apart.
 *
 * <p>Envoy rejects a response as a whole, and its words name the bad resource only for some errors
 * of CDS and LDS. So the names in the text go one by one; up to {@value #FEW} names all go one by
 * one; more are halved, which finds one bad among a thousand in about twenty responses instead of a
 * thousand. Pure.
 */
final class Isolation {

  static final int FEW = 8;

  /** How Envoy begins when it names each bad cluster or listener of a response with its reason. */
  private static final String EACH_NAMED = "Error adding/updating ";

  private Isolation() {}

  /**
   * The bad ones of a rejected response, if the proxy has named each with its reason (Envoy's CDS
   * and LDS); empty if it has not. To send them again would tell nothing, and would tell wrong: of
   * a cluster that it has rejected, an Envoy that is not initialized yet keeps the hash, passes
   * over the same content the next time and acknowledges it.
   */
  static SortedSet<String> named(InFlight response, String text) {
    SortedSet<String> named = new TreeSet<>();
    if (text.startsWith(EACH_NAMED)) {
      for (String name : response.fresh()) {
        if (response.versions().containsKey(name) && isNamed(name, text)) {
          named.add(name);
        }
      }
    }
    return named;
  }

  /** With a gap before and a colon behind it: a name may be the beginning of another one. */
  private static boolean isNamed(String name, String text) {
    return text.contains(" " + name + ": ") || text.contains("\n" + name + ": ");
  }

  /** The groups that replace a rejected response, in the order in which they are to go. */
  static List<SortedSet<String>> split(InFlight response, String text, Set<String> alreadyNamed) {
    List<SortedSet<String>> groups = new ArrayList<>();
    SortedSet<String> gone = new TreeSet<>();
    SortedSet<String> suspects = new TreeSet<>();
    List<String> others = new ArrayList<>();
    for (String name : new TreeSet<>(response.fresh())) {
      if (alreadyNamed.contains(name)) {
        continue;
      }
      if (!response.versions().containsKey(name)) {
        gone.add(name);
      } else if (text.contains(name)) {
        suspects.add(name);
      } else {
        others.add(name);
      }
    }
    boolean goneAlone = gone.size() == response.fresh().size() - alreadyNamed.size();
    if (goneAlone) {
      others.addAll(gone);
    } else if (!gone.isEmpty()) {
      // Removals first: a new virtual host may need the domain that an old one gives up.
      groups.add(gone);
    }
    if (!suspects.isEmpty()) {
      if (!others.isEmpty()) {
        groups.add(new TreeSet<>(others));
      }
      suspects.forEach(name -> groups.add(single(name)));
    } else if (others.size() > FEW) {
      int middle = others.size() / 2;
      groups.add(new TreeSet<>(others.subList(0, middle)));
      groups.add(new TreeSet<>(others.subList(middle, others.size())));
    } else {
      others.forEach(name -> groups.add(single(name)));
    }
    return groups;
  }

  private static SortedSet<String> single(String name) {
    return new TreeSet<>(Set.of(name));
  }

  /**
   * The first group that still has something to send; groups that have nothing are dropped.
   * Removals that must wait for their turn leave the groups.
   */
  static Pending first(KindDraft draft, List<String> additions, List<String> removals) {
    if (draft.isolation.isEmpty()) {
      return new Pending(List.of(), additions, removals);
    }
    Set<String> pending = new HashSet<>(additions);
    if (draft.rule.removalsWithNews()) {
      pending.addAll(removals);
    }
    List<SortedSet<String>> left = new ArrayList<>();
    Set<String> apart = new HashSet<>();
    for (SortedSet<String> group : draft.isolation) {
      SortedSet<String> rest = new TreeSet<>(group);
      rest.retainAll(pending);
      if (!rest.isEmpty()) {
        left.add(rest);
        apart.addAll(rest);
      }
    }
    draft.isolation = List.copyOf(left);
    if (left.isEmpty()) {
      return new Pending(List.of(), additions, removals);
    }
    additions.removeAll(apart);
    removals.removeAll(apart);
    return new Pending(List.copyOf(left.getFirst()), additions, removals);
  }
}
