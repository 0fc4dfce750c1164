package dev.skiffmesh.server.control;

import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.status.Finding;
import dev.skiffmesh.api.status.FindingCode;
import dev.skiffmesh.server.status.LedgerEntry;
import dev.skiffmesh.translator.Translation;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Which runtime keys are served: those of policies that somebody vouches for. A key harms, so that
 * doubt ends it. Confined to the control thread.
 *
 * <p>The renewals begin here, on the one thread that knows the sources: should it stand still,
 * nobody is renewed, and each proxy drops its keys by itself.
 */
final class RuntimeKeys {

  private final Map<String, SourceState> sources;
  private final PolicyLedger ledger;
  private final SortedMap<DocumentKey, String> withheld = new TreeMap<>();

  /** Over sources by name; later changes of both are seen. */
  RuntimeKeys(Map<String, SourceState> sources, PolicyLedger ledger) {
    this.sources = sources;
    this.ledger = ledger;
  }

  /** A translation without the keys that nobody vouches for now; the same object if all stay. */
  Translation served(Translation whole) {
    SortedSet<DocumentKey> silent = new TreeSet<>();
    if (!whole.runtime().keys().isEmpty()) {
      for (DocumentKey policy : whole.runtime().policies()) {
        if (!isVouchedFor(policy)) {
          silent.add(policy);
        }
      }
    }
    return silent.isEmpty() ? whole : whole.withoutKeysOf(silent);
  }

  private boolean isVouchedFor(DocumentKey policy) {
    SourceState source = sources.get(source(policy));
    return source != null && source.vouchesFor(policy);
  }

  /** Empty for a policy that was deleted just now. */
  private String source(DocumentKey policy) {
    LedgerEntry entry = ledger.entries().get(policy);
    return entry == null ? "" : entry.source();
  }

  /**
   * Remembers whose keys are withheld.
   *
   * @return whether they are others than before
   */
  boolean withhold(SortedSet<DocumentKey> policies) {
    if (withheld.keySet().equals(policies)) {
      return false;
    }
    withheld.clear();
    policies.forEach(policy -> withheld.put(policy, source(policy)));
    return true;
  }

  /** One for each source whose policies' keys are withheld. */
  List<Finding> findings() {
    SortedMap<String, SortedSet<DocumentKey>> bySource = new TreeMap<>();
    withheld.forEach(
        (policy, source) -> bySource.computeIfAbsent(source, _ -> new TreeSet<>()).add(policy));
    return bySource.entrySet().stream()
        .filter(entry -> !entry.getKey().isEmpty())
        .map(
            entry ->
                Finding.of(
                    FindingCode.SOURCE_SILENT,
                    entry.getKey(),
                    "must answer for what its policies harm to go on, and has not lately; ended for now: "
                        + String.join(
                            ", ", entry.getValue().stream().map(DocumentKey::toString).toList())))
        .toList();
  }
}
