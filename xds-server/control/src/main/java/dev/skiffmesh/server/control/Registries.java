package dev.skiffmesh.server.control;

import dev.skiffmesh.api.model.Endpoint;
import dev.skiffmesh.api.model.EndpointKey;
import dev.skiffmesh.api.model.EndpointSet;
import dev.skiffmesh.api.model.EndpointUse.Twin;
import dev.skiffmesh.api.model.Service;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.status.Finding;
import dev.skiffmesh.api.status.FindingCode;
import dev.skiffmesh.server.state.SavedService;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.pcollections.TreePMap;

/** All sources seen as one registry. Confined to the control thread. */
final class Registries {

  private final List<SourceState> sources;
  private final SortedSet<ServiceId> shared = new TreeSet<>();
  private final SortedMap<ServiceId, Finding> twins = new TreeMap<>();

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

  /** One service as all sources together say it is now; empty if none has it. */
  Optional<Service> service(ServiceId id) {
    List<RegistryMerge.Said> said = said(id);
    return said.isEmpty() ? Optional.empty() : Optional.of(RegistryMerge.service(said));
  }

  /** The endpoints of one service over all sources. */
  EndpointSet endpoints(ServiceId id) {
    List<RegistryMerge.Said> said = said(id);
    if (said.isEmpty()) {
      twins.remove(id);
      return EndpointSet.EMPTY;
    }
    List<Twin> found = RegistryMerge.twins(said);
    if (found.isEmpty()) {
      twins.remove(id);
    } else {
      twins.put(id, finding(id, found));
    }
    return RegistryMerge.endpoints(said);
  }

  private static Finding finding(ServiceId id, List<Twin> twins) {
    Twin first = twins.getFirst();
    return Finding.of(
        FindingCode.ADDRESS_TWICE,
        "Service " + id,
        "An address and port must stand once, found %s as %s and as %s%s; the first of them counts"
            .formatted(
                first.counts().address(),
                words(first.counts()),
                words(first.other()),
                twins.size() == 1 ? "" : ", and %d more".formatted(twins.size() - 1)));
  }

  private static String words(Endpoint endpoint) {
    EndpointKey key = endpoint.key();
    return "'%s' of '%s'%s (%s%s)"
        .formatted(
            key.instanceId(),
            key.registry(),
            key.cluster().isEmpty() ? "" : " in '%s'".formatted(key.cluster()),
            endpoint.health().name().toLowerCase(Locale.ROOT),
            endpoint.enabled() ? "" : ", disabled");
  }

  /**
   * The services with {@code touched} looked at anew; the same object if nothing differs.
   *
   * @param failed told of each that could not be looked at and stays as it was
   */
  TreePMap<ServiceId, Service> settle(
      TreePMap<ServiceId, Service> before,
      Set<ServiceId> touched,
      BiConsumer<ServiceId, Throwable> failed) {
    TreePMap<ServiceId, Service> services = before;
    for (ServiceId id : touched) {
      try {
        services = settle(services, id);
      } catch (RuntimeException | Error e) {
        failed.accept(id, e);
      }
    }
    return services;
  }

  private TreePMap<ServiceId, Service> settle(TreePMap<ServiceId, Service> before, ServiceId id) {
    List<RegistryMerge.Said> said = said(id);
    if (said.size() > 1) {
      shared.add(id);
    } else {
      shared.remove(id);
    }
    Service known = before.get(id);
    if (said.isEmpty()) {
      twins.remove(id);
      return known == null ? before : before.minus(id);
    }
    Service now = RegistryMerge.service(said);
    return now.equals(known) ? before : before.plus(id, now);
  }

  /**
   * One for each service that stands in several sources, and one for each in which an address
   * stands twice.
   */
  List<Finding> findings() {
    return Stream.concat(shared.stream().map(this::shared), twins.values().stream()).toList();
  }

  private Finding shared(ServiceId id) {
    List<RegistryMerge.Said> said = said(id);
    return Finding.of(
        FindingCode.MERGED_SERVICE,
        "Service " + id,
        "It is registered in %s; calls go to the endpoints of all of them, and '%s' counts where they differ"
            .formatted(
                String.join(", ", said.stream().map(one -> "'" + one.source() + "'").toList()),
                said.isEmpty() ? "" : said.getFirst().source()));
  }
}
