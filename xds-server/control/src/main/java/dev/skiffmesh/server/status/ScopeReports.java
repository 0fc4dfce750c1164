package dev.skiffmesh.server.status;

import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.policy.scope.ScopeMode;
import dev.skiffmesh.server.state.SavedScope;
import dev.skiffmesh.translator.Scope;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.NavigableMap;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What workloads use, for people: what is learned of them, and what their connected proxies are
 * sent beside it. Made anew only when one of the two has changed; used by one report at a time.
 */
final class ScopeReports {

  private static final NavigableMap<String, ScopeMode> NOBODY =
      Collections.unmodifiableNavigableMap(new TreeMap<>());

  /** A stream whose proxy is sent something. A proxy may have several. */
  private record Sent(SavedScope.Workload workload, String proxy, Scope scope) {}

  private List<SavedScope> learned = List.of();
  private List<Sent> sent = List.of();
  private List<ScopeReport> reports = List.of();

  /** By workload. */
  List<ScopeReport> of(ReportInput input) {
    List<Sent> now = sent(input.streams());
    if (!now.equals(sent) || !input.learned().equals(learned)) {
      sent = now;
      learned = input.learned();
      reports = make();
    }
    return reports;
  }

  private static List<Sent> sent(List<ReportInput.Stream> streams) {
    List<Sent> sent = new ArrayList<>();
    for (ReportInput.Stream stream : streams) {
      Scope scope = stream.scope();
      if (scope != null) {
        sent.add(new Sent(stream.workload(), stream.identity().id(), scope));
      }
    }
    return sent;
  }

  private List<ScopeReport> make() {
    SortedMap<SavedScope.Workload, SortedMap<ServiceId, ScopeReport.Used>> uses = new TreeMap<>();
    for (SavedScope scope : learned) {
      uses.put(scope.workload(), used(scope));
    }
    SortedMap<SavedScope.Workload, NavigableMap<String, ScopeMode>> modes = new TreeMap<>();
    for (Sent one : sent) {
      modes
          .computeIfAbsent(one.workload(), _ -> new TreeMap<>())
          .put(one.proxy(), one.scope().mode());
      addSent(one.scope(), uses.computeIfAbsent(one.workload(), _ -> new TreeMap<>()));
    }
    List<ScopeReport> made = new ArrayList<>();
    uses.forEach(
        (workload, own) -> {
          NavigableMap<String, ScopeMode> connected = modes.getOrDefault(workload, NOBODY);
          made.add(
              new ScopeReport(
                  workload,
                  connected.isEmpty() ? null : connected.lastEntry().getValue(),
                  connected.size(),
                  List.copyOf(own.values())));
        });
    return List.copyOf(made);
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
