package dev.skiffmesh.server.control;

import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.policy.scope.ScopeMode;
import dev.skiffmesh.server.state.SavedScope;
import dev.skiffmesh.server.status.ScopeReport;
import dev.skiffmesh.translator.Scope;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.NavigableMap;
import java.util.SortedMap;
import java.util.TreeMap;

/** What workloads use, for people. Pure. */
final class ScopeReports {

  private static final NavigableMap<String, ScopeMode> NOBODY =
      Collections.unmodifiableNavigableMap(new TreeMap<>());

  private ScopeReports() {}

  /**
   * By workload.
   *
   * @param learned what is written down
   * @param streams the connected proxies, which may be sent more than that
   */
  static List<ScopeReport> of(Collection<SavedScope> learned, Collection<ProxyStream> streams) {
    SortedMap<SavedScope.Workload, SortedMap<ServiceId, ScopeReport.Used>> uses = new TreeMap<>();
    for (SavedScope scope : learned) {
      uses.put(scope.workload(), used(scope));
    }
    // A proxy may have several streams.
    SortedMap<SavedScope.Workload, NavigableMap<String, ScopeMode>> modes = new TreeMap<>();
    for (ProxyStream stream : streams) {
      if (stream.view != null) {
        Scope scope = stream.view.scope();
        modes
            .computeIfAbsent(stream.workload, _ -> new TreeMap<>())
            .put(stream.identity.id(), scope.mode());
        addSent(scope, uses.computeIfAbsent(stream.workload, _ -> new TreeMap<>()));
      }
    }
    List<ScopeReport> reports = new ArrayList<>();
    uses.forEach(
        (workload, own) -> {
          NavigableMap<String, ScopeMode> connected = modes.getOrDefault(workload, NOBODY);
          reports.add(
              new ScopeReport(
                  workload,
                  connected.isEmpty() ? null : connected.lastEntry().getValue(),
                  connected.size(),
                  List.copyOf(own.values())));
        });
    return reports;
  }

  private static SortedMap<ServiceId, ScopeReport.Used> used(SavedScope scope) {
    SortedMap<ServiceId, ScopeReport.Used> used = new TreeMap<>();
    scope
        .uses()
        .forEach(
            (service, use) ->
                used.put(
                    service,
                    new ScopeReport.Used(
                        service, ScopeReport.How.LEARNED, use.first(), use.last())));
    return used;
  }

  private static void addSent(Scope scope, SortedMap<ServiceId, ScopeReport.Used> uses) {
    for (ServiceId service : scope.services()) {
      ScopeReport.How how =
          scope.declared().contains(service) ? ScopeReport.How.DECLARED : ScopeReport.How.KEPT;
      uses.putIfAbsent(service, new ScopeReport.Used(service, how, null, null));
    }
  }
}
