package dev.skiffmesh.translator.evaluate;

import dev.skiffmesh.api.model.Service;
import dev.skiffmesh.api.model.ServiceId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.pcollections.TreePMap;

/**
 * Finds services by what documents call them: the mesh name, or an alias within a namespace. An
 * alias that two services of a namespace have finds neither.
 */
final class ServiceDirectory {

  private final TreePMap<ServiceId, Service> services;
  private final Map<String, Service> aliases = new HashMap<>();
  private final Map<String, List<ServiceId>> namespaces = new HashMap<>();

  ServiceDirectory(TreePMap<ServiceId, Service> services) {
    this.services = services;
    Set<String> ambiguous = new HashSet<>();
    for (Service service : services.values()) {
      namespaces
          .computeIfAbsent(service.id().namespace(), name -> new ArrayList<>())
          .add(service.id());
      for (String alias : service.aliases()) {
        String key = key(service.id().namespace(), alias);
        Service other = aliases.putIfAbsent(key, service);
        if (other != null && !other.id().equals(service.id())) {
          ambiguous.add(key);
        }
      }
    }
    aliases.keySet().removeAll(ambiguous);
  }

  /** The service of that name or alias, in any case. */
  Optional<Service> find(String namespace, String name) {
    if (ServiceId.isLabel(namespace) && ServiceId.isLabel(name)) {
      Service exact = services.get(new ServiceId(namespace, name));
      if (exact != null) {
        return Optional.of(exact);
      }
    }
    return Optional.ofNullable(aliases.get(key(namespace, name)));
  }

  /** Tells whether any service is in that namespace. */
  boolean hasNamespace(String namespace) {
    return namespaces.containsKey(namespace);
  }

  /** All services of a namespace. */
  List<ServiceId> servicesOf(String namespace) {
    return Collections.unmodifiableList(namespaces.getOrDefault(namespace, List.of()));
  }

  /** All services. */
  Set<ServiceId> services() {
    return services.keySet();
  }

  private static String key(String namespace, String name) {
    return namespace + "/" + name.toLowerCase(Locale.ROOT);
  }
}
