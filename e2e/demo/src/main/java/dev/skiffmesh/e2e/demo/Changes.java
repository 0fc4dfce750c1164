package dev.skiffmesh.e2e.demo;

import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.model.Endpoint;
import dev.skiffmesh.api.model.EndpointKey;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.status.Finding;
import dev.skiffmesh.server.delivery.ProxySnapshot;
import dev.skiffmesh.server.status.MeshReport;
import dev.skiffmesh.server.status.PolicyReport;
import dev.skiffmesh.server.status.ProxyReport;
import dev.skiffmesh.translator.resource.Resource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What happened between two reports, for people.
 *
 * @param causes what changed in the registries and policies, and what was found wrong
 * @param pushes which resources went to which proxies
 */
record Changes(List<String> causes, List<String> pushes) {

  static Changes between(MeshReport before, MeshReport after) {
    List<String> causes = new ArrayList<>();
    policies(before, after, causes);
    endpoints(before, after, causes);
    findings(before, after, causes);
    return new Changes(causes, pushes(before, after));
  }

  boolean isEmpty() {
    return causes.isEmpty() && pushes.isEmpty();
  }

  /** {@code order v2} for the proxy of that instance. */
  static String title(ProxyReport proxy) {
    return new Instance(
            proxy.identity().workload().service().name(),
            proxy.identity().workload().labels().getOrDefault("version", ""),
            0)
        .title();
  }

  private static void policies(MeshReport before, MeshReport after, List<String> causes) {
    Map<DocumentKey, PolicyReport> old = byKey(before);
    Map<DocumentKey, PolicyReport> now = byKey(after);
    for (Map.Entry<DocumentKey, PolicyReport> entry : now.entrySet()) {
      PolicyReport was = old.get(entry.getKey());
      PolicyReport is = entry.getValue();
      if (was == null || was.status().generation() != is.status().generation()) {
        causes.add(entry.getKey() + (was == null ? " is new" : " has changed") + standing(is));
      } else if (!reason(was).equals(reason(is))) {
        causes.add(entry.getKey() + standing(is));
      }
    }
    old.keySet().stream()
        .filter(key -> !now.containsKey(key))
        .forEach(key -> causes.add(key + " is gone"));
  }

  private static String standing(PolicyReport policy) {
    if (policy.refusal().isPresent()) {
      return policy.inForce().isPresent()
          ? ": refused, the last good version stays in force"
          : ": refused";
    }
    return ": "
        + words(policy.status().accepted().reason())
        + ", "
        + words(policy.status().programmed().reason())
        + " ("
        + policy.status().proxies().acked()
        + " of "
        + policy.status().proxies().targeted()
        + " proxies)";
  }

  private static String reason(PolicyReport policy) {
    return policy.status().accepted().reason() + "/" + policy.status().programmed().reason();
  }

  private static void endpoints(MeshReport before, MeshReport after, List<String> causes) {
    SortedSet<ServiceId> services = new TreeSet<>(before.world().services().keySet());
    services.addAll(after.world().services().keySet());
    for (ServiceId service : services) {
      Map<EndpointKey, Endpoint> old = byKey(before, service);
      Map<EndpointKey, Endpoint> now = byKey(after, service);
      SortedSet<EndpointKey> keys = new TreeSet<>(old.keySet());
      keys.addAll(now.keySet());
      for (EndpointKey key : keys) {
        Endpoint was = old.get(key);
        Endpoint is = now.get(key);
        if (was == null && is != null) {
          causes.add(service + " has a new endpoint " + described(is));
        } else if (was != null && is == null) {
          causes.add(service + " has lost the endpoint " + described(was));
        } else if (was != null && is != null && !was.equals(is)) {
          causes.add(service + " has an endpoint that changed: " + described(is));
        }
      }
    }
  }

  private static String described(Endpoint endpoint) {
    return endpoint.address()
        + ":"
        + endpoint.ports().values().stream().map(String::valueOf).collect(Collectors.joining("/"))
        + " weight "
        + endpoint.weight().toPlainString()
        + " "
        + endpoint.labels()
        + (endpoint.isDrained() ? ", drained" : "")
        + ", "
        + words(endpoint.health());
  }

  private static void findings(MeshReport before, MeshReport after, List<String> causes) {
    after.findings().stream()
        .filter(finding -> !before.findings().contains(finding))
        .map(Finding::toString)
        .forEach(causes::add);
  }

  /** Proxies that were sent the same share a line. */
  private static List<String> pushes(MeshReport before, MeshReport after) {
    Map<String, ProxyReport> old =
        before.proxies().stream()
            .collect(
                Collectors.toMap(
                    proxy -> proxy.identity().id(), Function.identity(), (newest, _) -> newest));
    Map<String, List<String>> proxiesByContent = new LinkedHashMap<>();
    for (ProxyReport proxy : after.proxies()) {
      ProxyReport was = old.get(proxy.identity().id());
      String content =
          String.join(", ", changed(was == null ? null : was.snapshot(), proxy.snapshot()));
      if (!content.isEmpty()) {
        proxiesByContent.computeIfAbsent(content, _ -> new ArrayList<>()).add(title(proxy));
      }
    }
    return proxiesByContent.entrySet().stream()
        .map(entry -> String.join(", ", entry.getValue()) + " <- " + entry.getKey())
        .toList();
  }

  private static List<String> changed(@Nullable ProxySnapshot was, @Nullable ProxySnapshot is) {
    List<String> changed = new ArrayList<>();
    Map<String, String> old = versions(was);
    Map<String, String> now = versions(is);
    now.forEach(
        (name, version) -> {
          if (!version.equals(old.get(name))) {
            changed.add(name);
          }
        });
    old.keySet().stream()
        .filter(name -> !now.containsKey(name))
        .forEach(name -> changed.add(name + " removed"));
    return changed;
  }

  /** The version of each resource by kind and name, the assignments that are used among them. */
  private static Map<String, String> versions(@Nullable ProxySnapshot snapshot) {
    Map<String, String> versions = new TreeMap<>();
    if (snapshot != null) {
      snapshot
          .resources()
          .byKind()
          .values()
          .forEach(resources -> resources.values().forEach(resource -> put(versions, resource)));
      snapshot.resources().assignmentNames().stream()
          .map(name -> snapshot.assignments().get(name))
          .filter(Objects::nonNull)
          .forEach(resource -> put(versions, resource));
    }
    return versions;
  }

  private static void put(Map<String, String> versions, Resource resource) {
    versions.put(resource.kind().shortName() + " " + resource.name(), resource.version());
  }

  private static Map<DocumentKey, PolicyReport> byKey(MeshReport report) {
    Map<DocumentKey, PolicyReport> policies = new TreeMap<>();
    report.policies().forEach(policy -> policies.put(policy.status().policy(), policy));
    return policies;
  }

  private static Map<EndpointKey, Endpoint> byKey(MeshReport report, ServiceId service) {
    Map<EndpointKey, Endpoint> endpoints = new TreeMap<>();
    report
        .world()
        .endpointsOf(service)
        .endpoints()
        .forEach(endpoint -> endpoints.put(endpoint.key(), endpoint));
    return endpoints;
  }

  private static String words(Enum<?> reason) {
    return reason.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
