package dev.skiffmesh.server.control;

import dev.skiffmesh.api.model.EndpointSet;
import dev.skiffmesh.api.model.Service;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.translator.resource.Resource;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.pcollections.TreePMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The assignments that proxies use, packed once each and shared by all. Confined to the control
 * thread.
 */
final class Assignments {

  private static final Logger LOG = LoggerFactory.getLogger(Assignments.class);

  private final Translations translations;
  private TreePMap<String, Resource> current = TreePMap.empty();

  /** How many proxies use a set of names: a thousand equal proxies hold one and the same. */
  private final IdentityHashMap<SortedSet<String>, Integer> users = new IdentityHashMap<>();

  /** In how many of those sets a name is. */
  private final Map<String, Integer> uses = new HashMap<>();

  private final Map<ServiceId, SortedSet<String>> namesOf = new HashMap<>();
  private final SortedMap<String, Long> unusedSince = new TreeMap<>();

  Assignments(Translations translations) {
    this.translations = translations;
  }

  /** All of them by name; persistent, so it may be kept. */
  TreePMap<String, Resource> current() {
    return current;
  }

  /**
   * One more proxy uses {@code names}; what is new is made from {@code endpoints}.
   *
   * @param names given back to {@link #release} as this very object, and never changed
   */
  void acquire(SortedSet<String> names, Function<ServiceId, EndpointSet> endpoints) {
    if (users.merge(names, 1, Integer::sum) > 1) {
      return;
    }
    for (String name : names) {
      if (uses.merge(name, 1, Integer::sum) == 1) {
        unusedSince.remove(name);
        if (!current.containsKey(name)) {
          translations
              .assignmentService(name)
              .ifPresentOrElse(
                  service -> {
                    namesOf.computeIfAbsent(service, _ -> new TreeSet<>()).add(name);
                    make(name, endpoints.apply(service));
                  },
                  () -> make(name, EndpointSet.EMPTY));
        }
      }
    }
  }

  /** One proxy less uses {@code names}; they live on for a while, see {@link #expire}. */
  void release(SortedSet<String> names, long nanos) {
    if (users.merge(names, -1, Integer::sum) > 0) {
      return;
    }
    users.remove(names);
    for (String name : names) {
      if (uses.merge(name, -1, Integer::sum) == 0) {
        uses.remove(name);
        unusedSince.put(name, nanos);
      }
    }
  }

  /**
   * Follows the endpoints of one service. An assignment of a port that the service has no more
   * stays as it is: proxies use it until they have what takes its place.
   *
   * @return the names whose content is another one now
   */
  SortedSet<String> update(Service service, EndpointSet endpoints) {
    SortedSet<String> changed = new TreeSet<>();
    for (String name : namesOf.getOrDefault(service.id(), new TreeSet<>())) {
      if (translations.isAssigned(name, service) && make(name, endpoints)) {
        changed.add(name);
      }
    }
    return changed;
  }

  /**
   * A service is gone for good: whoever asks for it by name has no endpoints from now on.
   *
   * @return the names whose content is another one now
   */
  SortedSet<String> empty(ServiceId service) {
    SortedSet<String> changed = new TreeSet<>();
    for (String name : namesOf.getOrDefault(service, new TreeSet<>())) {
      if (make(name, EndpointSet.EMPTY)) {
        changed.add(name);
      }
    }
    return changed;
  }

  /** Tells whether there is an assignment of that service. */
  boolean has(ServiceId service) {
    return namesOf.containsKey(service);
  }

  private boolean make(String name, EndpointSet endpoints) {
    try {
      Resource made = translations.assignment(name, endpoints);
      Resource before = current.get(name);
      if (before != null && before.version().equals(made.version())) {
        return false;
      }
      current = current.plus(name, made);
      return true;
    } catch (RuntimeException | Error e) {
      // The proxies keep what they have of this one; the others go on.
      LOG.atError()
          .addKeyValue("assignment", name)
          .setCause(e)
          .log("An assignment could not be made");
      return false;
    }
  }

  /**
   * Drops what nobody has used since before {@code nanos}.
   *
   * @return the names that are gone
   */
  SortedSet<String> expire(long nanos) {
    SortedSet<String> gone = new TreeSet<>();
    unusedSince.forEach(
        (name, since) -> {
          if (since - nanos < 0) {
            gone.add(name);
          }
        });
    gone.forEach(
        name -> {
          unusedSince.remove(name);
          forget(name);
        });
    return gone;
  }

  private void forget(String name) {
    current = current.minus(name);
    translations
        .assignmentService(name)
        .ifPresent(
            service ->
                namesOf.computeIfPresent(
                    service,
                    (_, names) -> {
                      names.remove(name);
                      return names.isEmpty() ? null : names;
                    }));
  }
}
