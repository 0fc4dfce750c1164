package dev.skiffmesh.server.control;

import dev.skiffmesh.api.model.EndpointSet;
import dev.skiffmesh.api.model.Service;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.status.Finding;
import dev.skiffmesh.api.status.FindingCode;
import dev.skiffmesh.server.state.SavedService;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.pcollections.TreePMap;

/** All sources seen as one registry. Confined to the control thread. */
final class Registries {

  private final List<SourceState> sources;
  private final SortedSet<ServiceId> shared = new TreeSet<>();

  /** Over {@code sources}, in order of priority; later changes of the list are seen. */
  Registries(List<SourceState> sources) {
    this.sources = sources;
  }

  private List<RegistryMerge.Said> said(ServiceId id) {
    List<RegistryMerge.Said> said = new ArrayList<>(1);
    for (SourceState source : sources) {
      SavedService known = source.services().get(id);
      if (known != null) {
        said.add(new RegistryMerge.Said(source.name(), known));
      }
    }
    return said;
  }

  /** The endpoints of one service over all sources. */
  EndpointSet endpoints(ServiceId id) {
    List<RegistryMerge.Said> said = said(id);
    return said.isEmpty() ? EndpointSet.EMPTY : RegistryMerge.endpoints(said);
  }

  /** The services with {@code touched} looked at anew; the same object if nothing differs. */
  TreePMap<ServiceId, Service> settle(TreePMap<ServiceId, Service> before, Set<ServiceId> touched) {
    TreePMap<ServiceId, Service> services = before;
    for (ServiceId id : touched) {
      List<RegistryMerge.Said> said = said(id);
      if (said.size() > 1) {
        shared.add(id);
      } else {
        shared.remove(id);
      }
      Service known = services.get(id);
      if (said.isEmpty()) {
        services = known == null ? services : services.minus(id);
      } else {
        Service now = RegistryMerge.service(said);
        services = now.equals(known) ? services : services.plus(id, now);
      }
    }
    return services;
  }

  /** One for each service that stands in several sources. */
  List<Finding> findings() {
    return shared.stream()
        .map(
            id ->
                Finding.of(
                    FindingCode.MERGED_SERVICE,
                    "Service " + id,
                    "It is registered in %s; calls go to the endpoints of all of them, and '%s' counts where they differ"
                        .formatted(
                            String.join(
                                ", ",
                                said(id).stream().map(one -> "'" + one.source() + "'").toList()),
                            said(id).isEmpty() ? "" : said(id).getFirst().source())))
        .toList();
  }
}
