package dev.skiffmesh.server.control;

import dev.skiffmesh.api.model.ProxyIdentity;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.policy.scope.ScopeMode;
import dev.skiffmesh.server.delivery.Differences;
import dev.skiffmesh.translator.Evaluation;
import dev.skiffmesh.translator.ProxyView;
import dev.skiffmesh.translator.Translation;
import dev.skiffmesh.translator.resource.Resource;
import dev.skiffmesh.translator.resource.ResourceKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Translates for one proxy at a time, from immutable values alone. Thread-safe. */
final class TranslationWork {

  private static final Logger LOG = LoggerFactory.getLogger(TranslationWork.class);

  private final Translations translations;
  private final ControlThreads threads;
  private final ControlMetrics metrics;
  private final Differences differences = new Differences();

  TranslationWork(Translations translations, ControlThreads threads, ControlMetrics metrics) {
    this.translations = translations;
    this.threads = threads;
    this.metrics = metrics;
  }

  /**
   * Translates. Never throws: an error of one proxy's translation (a stack that overflows, too)
   * must not reach the others.
   *
   * @param learned what the proxy uses, as far as it is known
   * @param lastView of its last translation; null at the first
   * @param last its last translation; null at the first
   */
  Outcome run(
      ProxyIdentity identity,
      Evaluation from,
      SortedSet<ServiceId> learned,
      @Nullable ProxyView lastView,
      @Nullable Translation last) {
    long start = threads.nanos();
    try {
      ProxyView view = view(from, identity, learned, lastView);
      if (last != null && view.equals(lastView)) {
        return new Outcome.Same(view);
      }
      Translation translation = translations.translate(view);
      metrics.translated(Duration.ofNanos(threads.nanos() - start));
      return last == null
          ? new Outcome.New(view, translation, List.of(), List.of())
          : difference(view, last, translation);
    } catch (RuntimeException | Error e) {
      metrics.translationFailed();
      LOG.atError()
          .addKeyValue("proxy", identity.id())
          .setCause(e)
          .log("A translation failed; the proxy keeps what it has, and it is tried again");
      return new Outcome.Failed(e.toString());
    }
  }

  private ProxyView view(
      Evaluation from,
      ProxyIdentity identity,
      SortedSet<ServiceId> learned,
      @Nullable ProxyView last) {
    ProxyView view = translations.view(from, identity, learned);
    if (last == null
        || last.scope().mode() != ScopeMode.ALL
        || view.scope().mode() != ScopeMode.ON_DEMAND) {
      return view;
    }
    // It has everything, and nobody knows what of it it uses.
    SortedSet<ServiceId> everything = new TreeSet<>(learned);
    everything.addAll(last.outbound().services().keySet());
    return translations.view(from, identity, everything);
  }

  private Outcome difference(ProxyView view, Translation last, Translation translation) {
    List<Convergence.Sent> sent = new ArrayList<>();
    List<Convergence.Sent> removed = new ArrayList<>();
    NavigableSet<ResourceKind> kinds = new TreeSet<>(last.resources().byKind().keySet());
    kinds.addAll(translation.resources().byKind().keySet());
    for (ResourceKind kind : kinds) {
      Map<String, Resource> before = last.resources().of(kind);
      Map<String, Resource> after = translation.resources().of(kind);
      for (String name :
          differences.between(last.resources().of(kind), translation.resources().of(kind))) {
        Resource now = after.get(name);
        if (now != null) {
          sent.add(new Convergence.Sent(kind, name, now.version()));
        } else {
          removed.add(new Convergence.Sent(kind, name, before.get(name).version()));
        }
      }
    }
    return new Outcome.New(view, translation, sent, removed);
  }
}
