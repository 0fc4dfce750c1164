package dev.skiffmesh.server.control;

import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.status.Finding;
import dev.skiffmesh.api.status.FindingCode;
import dev.skiffmesh.server.delivery.DeliveryRules;
import dev.skiffmesh.server.delivery.StreamId;
import dev.skiffmesh.server.status.LedgerEntry;
import dev.skiffmesh.translator.Translation;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which runtime keys are served: those of policies that somebody vouches for. A key harms, so that
 * doubt ends it. Confined to the control thread.
 *
 * <p>The renewals begin here, on the one thread that knows the sources: should it stand still,
 * nobody is renewed, and each proxy drops its keys by itself.
 */
final class RuntimeKeys {

  private static final Logger LOG = LoggerFactory.getLogger(RuntimeKeys.class);

  private final Sources sources;
  private final PolicyLedger ledger;
  private final ControlMetrics metrics;
  private SortedMap<DocumentKey, String> withheld = new TreeMap<>();

  /** Over all sources; later changes of both are seen. */
  RuntimeKeys(Sources sources, PolicyLedger ledger, ControlMetrics metrics) {
    this.sources = sources;
    this.ledger = ledger;
    this.metrics = metrics;
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
    return source != null && source.vouchesFor(policy, DeliveryRules.RUNTIME_TTL);
  }

  /** Empty for a policy that was deleted just now. */
  private String source(DocumentKey policy) {
    LedgerEntry entry = ledger.entries().get(policy);
    return entry == null ? "" : entry.source();
  }

  /**
   * Takes back the keys of policies that nobody vouches for any more, by an update, and gives them
   * again when somebody does.
   *
   * @param publish told what a proxy is to have from now on
   * @return whether there is something new to report
   */
  boolean check(Collection<ProxyStream> streams, Consumer<ProxyStream> publish) {
    SortedMap<DocumentKey, String> now = new TreeMap<>();
    boolean news = false;
    for (ProxyStream stream : streams) {
      Translation whole = stream.whole;
      Translation before = stream.translation;
      if (whole == null || before == null || whole.runtime().keys().isEmpty()) {
        continue;
      }
      Translation served = served(whole);
      for (DocumentKey policy : whole.runtime().policies()) {
        if (!served.runtime().policies().contains(policy)) {
          now.put(policy, source(policy));
        }
      }
      if (!served.runtime().equals(before.runtime())) {
        stream.translation = served;
        publish.accept(stream);
        news = true;
      }
    }
    metrics.runtimeKeys(harmed(streams).size(), now.size());
    if (!now.equals(withheld)) {
      withheld = now;
      LOG.atInfo()
          .addKeyValue("withheld", now.keySet())
          .log("The policies whose runtime keys are withheld, since their sources do not answer");
      news = true;
    }
    return news;
  }

  /** The streams whose runtime layer has keys. */
  static List<StreamId> harmed(Collection<ProxyStream> streams) {
    List<StreamId> harmed = new ArrayList<>();
    for (ProxyStream stream : streams) {
      Translation served = stream.translation;
      if (served != null && !served.runtime().keys().isEmpty()) {
        harmed.add(stream.id);
      }
    }
    return harmed;
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
                    "must answer for what its policies harm to go on, and has not lately; ended for"
                        + " now: "
                        + String.join(
                            ", ", entry.getValue().stream().map(DocumentKey::toString).toList())))
        .toList();
  }
}
