package dev.skiffmesh.registry.nacos;

import dev.skiffmesh.api.model.Endpoint;
import dev.skiffmesh.api.model.EndpointKey;
import dev.skiffmesh.api.model.EndpointUse;
import dev.skiffmesh.api.model.Immutable;
import dev.skiffmesh.registry.core.PortKind;
import dev.skiffmesh.registry.nacos.DubboMetadata.Exported;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BinaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The interfaces that the applications of one portion serve, which Dubbo 3 registers by application
 * alone. Not thread-safe; has neither threads nor a clock.
 *
 * <p>Which interfaces a revision has never changes, so that it is read once. While the description
 * of an instance's new revision is not there yet, the instance serves what its last one did: a
 * rollout has no gap.
 */
final class DubboApplications {

  /** A provider writes its description shortly before it registers, or shortly after. */
  private static final Duration ASK_AGAIN_AFTER = Duration.ofSeconds(2);

  /** By application, then by the name of its revision. */
  private final Map<String, Map<String, Description>> descriptions = new HashMap<>();

  /** What is not described yet. */
  private final Map<Revision, Description> open = new HashMap<>();

  /** By application: the interfaces that it serves or has served. */
  private final Map<String, Set<String>> served = new HashMap<>();

  /** By application: its instances as the mesh has them. */
  private final NavigableMap<String, MappedService> applications = new TreeMap<>();

  /** The last revision of an instance that was understood. */
  private final Map<EndpointKey, Revision> understood = new HashMap<>();

  /** By interface, then by application. */
  private final NavigableMap<String, SortedMap<String, List<Endpoint>>> interfaces =
      new TreeMap<>();

  /** One set of interfaces of one application. */
  record Revision(String application, String name) {}

  /**
   * Takes an application's instances.
   *
   * @return the interfaces whose endpoints changed
   */
  Set<String> accept(String application, MappedService content) {
    if (content.revisions().isEmpty() && !applications.containsKey(application)) {
      return Set.of();
    }
    MappedService before = applications.put(application, content);
    if (before != null) {
      before.revisions().keySet().stream()
          .filter(key -> !content.revisions().containsKey(key))
          .forEach(understood::remove);
    }
    for (String revision : content.revisions().values()) {
      descriptions
          .computeIfAbsent(application, _ -> new HashMap<>())
          .computeIfAbsent(
              revision,
              _ -> {
                Description unknown = new Description();
                open.put(new Revision(application, revision), unknown);
                return unknown;
              });
    }
    return derive(application);
  }

  /**
   * Forgets an application.
   *
   * @return the interfaces whose endpoints changed
   */
  Set<String> remove(String application) {
    MappedService before = applications.remove(application);
    if (before == null) {
      return Set.of();
    }
    before.revisions().keySet().forEach(understood::remove);
    descriptions
        .getOrDefault(application, Map.of())
        .keySet()
        .forEach(revision -> open.remove(new Revision(application, revision)));
    descriptions.remove(application);
    return derive(application);
  }

  /** The revisions that have to be read now. */
  List<Revision> due(Instant now) {
    return open.entrySet().stream()
        .filter(known -> known.getValue().isDue(now))
        .map(Map.Entry::getKey)
        .sorted(Comparator.comparing(Revision::toString))
        .toList();
  }

  /** Tells whether every revision was asked for. */
  boolean wereAllAsked() {
    return open.values().stream().allMatch(Description::wasAsked);
  }

  /**
   * Takes the description of a revision.
   *
   * @param json null if there is none
   * @param reason why there is none
   * @return the interfaces whose endpoints changed
   */
  Set<String> described(Revision revision, @Nullable String json, String reason, Instant now) {
    Description description = description(revision);
    if (description == null) {
      return Set.of();
    }
    description.take(json, reason, now.plus(ASK_AGAIN_AFTER));
    if (description.exported == null) {
      return Set.of();
    }
    open.remove(revision);
    return derive(revision.application());
  }

  /** Tells whether an application serves the interface. */
  boolean has(String service) {
    return interfaces.containsKey(service);
  }

  /** The interface's endpoints in all applications; of an address that two have the more usable. */
  List<Endpoint> endpoints(String service) {
    Map<EndpointKey, Endpoint> all = new TreeMap<>();
    interfaces
        .getOrDefault(service, new TreeMap<>())
        .values()
        .forEach(
            some ->
                some.forEach(
                    endpoint ->
                        all.merge(
                            endpoint.key(),
                            endpoint,
                            BinaryOperator.minBy(EndpointUse.USABLE_FIRST))));
    return List.copyOf(all.values());
  }

  /** By application: which revisions could not be read, and why. */
  SortedMap<String, String> problems() {
    SortedMap<String, String> problems = new TreeMap<>();
    open.forEach(
        (revision, description) -> {
          if (description.wasAsked()) {
            problems.put(
                revision.application() + " (revision " + revision.name() + ")", description.reason);
          }
        });
    return problems;
  }

  /** Forgets revisions that no instance has any more, and works out the interfaces anew. */
  private Set<String> derive(String application) {
    MappedService content = applications.getOrDefault(application, MappedService.NOTHING);
    Map<String, List<Endpoint>> derived = new TreeMap<>();
    Set<Revision> used = new HashSet<>();
    for (Endpoint endpoint : content.endpoints().endpoints()) {
      revision(application, content, endpoint)
          .ifPresent(
              revision -> {
                used.add(revision);
                for (Exported exported : exported(revision)) {
                  at(endpoint, exported)
                      .ifPresent(
                          there ->
                              derived
                                  .computeIfAbsent(exported.service(), name -> new ArrayList<>())
                                  .add(there));
                }
              });
    }
    Set<String> changed = new TreeSet<>();
    boolean hasInstances = !content.endpoints().endpoints().isEmpty();
    Set<String> serves = served.computeIfAbsent(application, _ -> new TreeSet<>());
    for (String service : List.copyOf(serves)) {
      SortedMap<String, List<Endpoint>> byApplication = interfaces.get(service);
      if (byApplication != null && !derived.containsKey(service)) {
        changed.add(service);
        if (hasInstances || !applications.containsKey(application)) {
          byApplication.remove(application);
          serves.remove(service);
        } else {
          // As with any service: when the last instance goes, the service is still known.
          byApplication.put(application, List.of());
        }
        if (byApplication.isEmpty()) {
          interfaces.remove(service);
        }
      }
    }
    serves.addAll(derived.keySet());
    if (serves.isEmpty()) {
      served.remove(application);
    }
    derived.forEach(
        (service, endpoints) -> {
          List<Endpoint> before =
              interfaces
                  .computeIfAbsent(service, name -> new TreeMap<>())
                  .put(application, List.copyOf(endpoints));
          if (!endpoints.equals(before)) {
            changed.add(service);
          }
        });
    forgetUnused(application, content, used);
    return changed;
  }

  private void forgetUnused(String application, MappedService content, Set<Revision> used) {
    Set<String> registered = new HashSet<>(content.revisions().values());
    descriptions
        .getOrDefault(application, new HashMap<>())
        .keySet()
        .removeIf(
            name -> {
              Revision revision = new Revision(application, name);
              boolean isUnused = !used.contains(revision) && !registered.contains(name);
              if (isUnused) {
                open.remove(revision);
              }
              return isUnused;
            });
  }

  private @Nullable Description description(Revision revision) {
    return descriptions.getOrDefault(revision.application(), Map.of()).get(revision.name());
  }

  /** The instance's revision if it can be understood, else its last one that could. */
  private Optional<Revision> revision(
      String application, MappedService content, Endpoint endpoint) {
    String name = content.revisions().get(endpoint.key());
    if (name == null) {
      return Optional.empty();
    }
    Revision now = new Revision(application, name);
    Description description = description(now);
    if (description != null && description.exported != null) {
      understood.put(endpoint.key(), now);
      return Optional.of(now);
    }
    return Optional.ofNullable(understood.get(endpoint.key()));
  }

  private List<Exported> exported(Revision revision) {
    Description description = description(revision);
    return description == null || description.exported == null ? List.of() : description.exported;
  }

  /** The instance as it serves one interface by one protocol; named as if registered by itself. */
  private static Optional<Endpoint> at(Endpoint instance, Exported exported) {
    String portName = PortKind.of(exported.protocol()).portName();
    Integer listed = instance.ports().get(portName);
    int port = exported.port() > 0 ? exported.port() : listed == null ? 0 : listed;
    if (port == 0) {
      return Optional.empty();
    }
    SortedMap<String, String> labels = new TreeMap<>(instance.labels());
    labels.put("interface", exported.name().intern());
    putIfPresent(labels, "version", exported.version());
    putIfPresent(labels, "group", exported.group());
    return Optional.of(
        new Endpoint(
            new EndpointKey(
                instance.key().registry(),
                instance.key().cluster(),
                NacosMapper.hostPort(instance.address(), port)),
            instance.address(),
            Immutable.sortedMap(Map.of(portName, port)),
            instance.weight().multiply(exported.weight()),
            instance.health(),
            instance.enabled() && exported.enabled(),
            instance.locality(),
            labels,
            instance.additionalAddresses()));
  }

  private static void putIfPresent(SortedMap<String, String> labels, String key, String value) {
    if (!value.isEmpty()) {
      labels.put(key, value.intern());
    }
  }

  /** What is known of one revision. */
  private static final class Description {
    private @Nullable List<Exported> exported;
    private @Nullable Instant askAgain;
    private String reason = "";

    boolean wasAsked() {
      return exported != null || askAgain != null;
    }

    boolean isDue(Instant now) {
      return exported == null && (askAgain == null || !now.isBefore(askAgain));
    }

    void take(@Nullable String json, String why, Instant next) {
      askAgain = next;
      reason = why;
      if (json != null) {
        try {
          exported = DubboMetadata.interfaces(json);
        } catch (IllegalArgumentException malformed) {
          reason = "its description " + malformed.getMessage();
        }
      }
    }
  }
}
