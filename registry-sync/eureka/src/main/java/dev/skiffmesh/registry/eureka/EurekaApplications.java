package dev.skiffmesh.registry.eureka;

import dev.skiffmesh.registry.core.ServiceCatalog;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** All applications that a server is known to list. Not thread-safe. */
final class EurekaApplications {

  private final ServiceCatalog catalog;
  private SortedMap<String, SortedMap<String, EurekaInstance>> applications = new TreeMap<>();

  EurekaApplications(ServiceCatalog catalog) {
    this.catalog = catalog;
  }

  ServiceCatalog catalog() {
    return catalog;
  }

  /** All of them are these. */
  void become(EurekaAnswer all) {
    SortedMap<String, SortedMap<String, EurekaInstance>> now = new TreeMap<>();
    for (EurekaAnswer.Entry entry : all.entries()) {
      now.computeIfAbsent(entry.application(), _ -> new TreeMap<>())
          .put(entry.instance().id(), entry.instance());
    }
    SortedSet<String> changed = new TreeSet<>(applications.keySet());
    changed.addAll(now.keySet());
    changed.removeIf(name -> now.containsKey(name) && now.get(name).equals(applications.get(name)));
    applications = now;
    changed.forEach(this::tell);
  }

  /** Some have changed, maybe once more: a list of changes says each for some minutes. */
  void change(EurekaAnswer changes) {
    SortedSet<String> changed = new TreeSet<>();
    for (EurekaAnswer.Entry entry : changes.entries()) {
      SortedMap<String, EurekaInstance> instances =
          applications.computeIfAbsent(entry.application(), _ -> new TreeMap<>());
      EurekaInstance before =
          entry.isGone()
              ? instances.remove(entry.instance().id())
              : instances.put(entry.instance().id(), entry.instance());
      if (entry.isGone() ? before != null : !entry.instance().equals(before)) {
        changed.add(entry.application());
      }
      if (instances.isEmpty()) {
        applications.remove(entry.application());
      }
    }
    changed.forEach(this::tell);
  }

  private void tell(String name) {
    SortedMap<String, EurekaInstance> instances = applications.get(name);
    if (instances == null) {
      catalog.remove(name);
      return;
    }
    SortedSet<String> aliases = new TreeSet<>();
    for (EurekaInstance instance : instances.values()) {
      aliases.addAll(instance.vipAddresses());
    }
    catalog.put(name, aliases, instances.values().stream().map(EurekaInstance::instance).toList());
  }

  /**
   * What the server says of its own content, so that both can be compared: how many instances have
   * each status, by the statuses' names (Eureka's {@code Applications.getReconcileHashCode}).
   */
  String hashcode() {
    SortedMap<String, Integer> counts = new TreeMap<>();
    applications
        .values()
        .forEach(
            instances ->
                instances
                    .values()
                    .forEach(instance -> counts.merge(instance.status(), 1, Integer::sum)));
    StringBuilder text = new StringBuilder();
    counts.forEach((status, count) -> text.append(status).append('_').append(count).append('_'));
    return text.toString();
  }
}
