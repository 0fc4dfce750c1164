package dev.skiffmesh.server.control;

import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.policy.scope.ScopeMode;
import dev.skiffmesh.server.delivery.StreamId;
import dev.skiffmesh.translator.Scope;
import dev.skiffmesh.translator.resource.Reach;
import dev.skiffmesh.translator.resource.ResourceKind;
import java.time.Instant;
import java.util.NavigableSet;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/** What proxies ask for and call beyond what they were sent. Confined to the control thread. */
final class Wants {

  private final ProxyStreams streams;
  private final ScopeBook scopes;
  private final Translating translating;
  private final Runnable changed;

  Wants(ProxyStreams streams, ScopeBook scopes, Translating translating, Runnable changed) {
    this.streams = streams;
    this.scopes = scopes;
    this.translating = translating;
    this.changed = changed;
  }

  /**
   * A proxy has asked for names, or has them from an earlier stream.
   *
   * @see dev.skiffmesh.server.delivery.DeliveryListener#wanted
   */
  void wanted(StreamId id, ResourceKind kind, Set<String> asked, Set<String> held, Instant now) {
    ProxyStream stream = streams.get(id);
    if (stream == null
        || stream.view == null
        || stream.view.scope().mode() != ScopeMode.ON_DEMAND) {
      return;
    }
    SortedSet<ServiceId> used = services(stream, kind, asked);
    stream.keep(services(stream, kind, held));
    stream.keep(used);
    if (!stream.view.scope().services().containsAll(stream.kept)) {
      translating.translate(stream);
    }
    book(stream, used, now);
  }

  private void book(ProxyStream stream, SortedSet<ServiceId> used, Instant now) {
    if (!scopes.keeps(stream.workload)) {
      stream.unbooked.addAll(used);
      return;
    }
    if (scopes.used(stream.workload, used, now)) {
      for (ProxyStream replica : streams.ofService(stream.workload.service())) {
        if (!replica.id.equals(stream.id) && scopes.follows(replica.workload, stream.workload)) {
          translating.translate(replica);
        }
      }
      changed.run();
    }
  }

  /** Writes down what was used by workloads that a registry knows only now. */
  void bookLate(Instant now) {
    for (ProxyStream stream : streams.all()) {
      if (!stream.unbooked.isEmpty() && scopes.keeps(stream.workload)) {
        SortedSet<ServiceId> used = new TreeSet<>(stream.unbooked);
        stream.unbooked.clear();
        book(stream, used, now);
      }
    }
  }

  /**
   * A proxy has called services. What policies send its calls to is not its own choice, so it is
   * not written down where only what a workload chooses is sent to it.
   *
   * @see dev.skiffmesh.server.usage.UsageListener#used
   */
  void used(String nodeId, SortedSet<ServiceId> services, Instant now) {
    for (ProxyStream stream : streams.ofProxy(nodeId)) {
      if (stream.view != null) {
        Scope scope = stream.view.scope();
        NavigableSet<ServiceId> chosen = new TreeSet<>(services);
        chosen.retainAll(
            scope.mode() == ScopeMode.ALL
                ? stream.view.outbound().services().keySet()
                : scope.services());
        if (!scopes.keeps(stream.workload)) {
          stream.unbooked.addAll(chosen);
        } else if (scopes.used(stream.workload, chosen, now)) {
          changed.run();
        }
        return;
      }
    }
  }

  private static SortedSet<ServiceId> services(
      ProxyStream stream, ResourceKind kind, Set<String> names) {
    NavigableSet<ServiceId> services = new TreeSet<>();
    if (stream.translation != null) {
      Reach reach = stream.translation.reach();
      names.forEach(name -> reach.service(kind, name).ifPresent(services::add));
    }
    return services;
  }
}
