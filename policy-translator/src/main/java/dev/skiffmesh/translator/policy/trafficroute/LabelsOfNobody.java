package dev.skiffmesh.translator.policy.trafficroute;

import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.model.Endpoint;
import dev.skiffmesh.api.model.EndpointSet;
import dev.skiffmesh.api.model.Service;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.model.World;
import dev.skiffmesh.api.policy.Policy;
import dev.skiffmesh.api.policy.TargetRef;
import dev.skiffmesh.api.policy.trafficroute.Destination;
import dev.skiffmesh.api.policy.trafficroute.Mirror;
import dev.skiffmesh.api.policy.trafficroute.TrafficRouteSpec;
import dev.skiffmesh.api.policy.trafficroute.TrafficRule;
import dev.skiffmesh.api.status.Finding;
import dev.skiffmesh.api.status.FindingCode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;

/**
 * Destinations whose labels no instance has: legal, and a share of the calls fails. It follows the
 * endpoints without an evaluation of the world, and looks again only at policies and endpoints that
 * have changed since the look before. Confined to one look at a time.
 */
// A persistent part that is the same object is unchanged.
@SuppressWarnings("ReferenceEquality")
public final class LabelsOfNobody {

  /** More values of a label are no advice. */
  private static final int MOST_SHOWN = 10;

  /** Instances that a rule wants. */
  private record Wanted(String rule, ServiceId service, Map<String, String> labels) {}

  private record Looked(
      Policy<?> policy, List<Wanted> wanted, List<EndpointSet> endpoints, List<Finding> findings) {}

  private Map<DocumentKey, Looked> known = Map.of();
  private TreePMap<ServiceId, Service> services = TreePMap.empty();
  private Map<ServiceName, ServiceId> names = Map.of();
  private int compared;

  /** Nothing was looked at so far. */
  public LabelsOfNobody() {}

  private record ServiceName(String namespace, String name) {}

  /** What is to be said of the policies in force. */
  public List<Finding> of(World world) {
    boolean sameServices = world.services() == services;
    if (!sameServices) {
      services = world.services();
      names = names(services);
    }
    Map<DocumentKey, Looked> next = new HashMap<>();
    List<Finding> findings = new ArrayList<>();
    for (Policy<?> policy : world.policies().values()) {
      if (policy.spec() instanceof TrafficRouteSpec spec && !policy.isShadow()) {
        Looked before = known.get(policy.key());
        List<Wanted> wanted =
            before != null && sameServices && before.policy() == policy
                ? before.wanted()
                : wanted(policy, spec);
        if (!wanted.isEmpty()) {
          Looked now = look(policy, wanted, before, world);
          next.put(policy.key(), now);
          findings.addAll(now.findings());
        }
      }
    }
    known = next;
    return findings;
  }

  /** How many label sets were compared with instances so far, which is the work that was done. */
  int compared() {
    return compared;
  }

  private Looked look(Policy<?> policy, List<Wanted> wanted, @Nullable Looked before, World world) {
    List<EndpointSet> endpoints =
        wanted.stream().map(one -> world.endpointsOf(one.service())).toList();
    if (before != null && before.wanted() == wanted && isSame(before.endpoints(), endpoints)) {
      return before;
    }
    List<Finding> findings = new ArrayList<>();
    for (int i = 0; i < wanted.size(); i++) {
      compared++;
      complaint(wanted.get(i), endpoints.get(i))
          .ifPresent(
              message ->
                  findings.add(
                      new Finding(
                          FindingCode.LABELS_OF_NOBODY,
                          policy.key().toString(),
                          policy.origin().toString(),
                          null,
                          message)));
    }
    return new Looked(policy, wanted, endpoints, List.copyOf(findings));
  }

  private static boolean isSame(List<EndpointSet> before, List<EndpointSet> now) {
    for (int i = 0; i < now.size(); i++) {
      if (before.get(i) != now.get(i)) {
        return false;
      }
    }
    return true;
  }

  private static Optional<String> complaint(Wanted wanted, EndpointSet endpoints) {
    // A service without any instance is another matter, and says so itself.
    if (endpoints.endpoints().isEmpty()
        || endpoints.endpoints().stream()
            .anyMatch(
                endpoint -> endpoint.labels().entrySet().containsAll(wanted.labels().entrySet()))) {
      return Optional.empty();
    }
    SortedSet<String> there = new TreeSet<>();
    for (Endpoint endpoint : endpoints.endpoints()) {
      endpoint
          .labels()
          .forEach(
              (key, value) -> {
                if (wanted.labels().containsKey(key)) {
                  there.add(key + "=" + value);
                }
              });
    }
    List<String> few = there.stream().limit(MOST_SHOWN).toList();
    String shown = String.join(", ", few) + (there.size() > few.size() ? ", ..." : "");
    return Optional.of(
        "no instance of %s has %s, which rule %s sends calls to; %s"
            .formatted(
                wanted.service(),
                written(wanted.labels()),
                wanted.rule(),
                there.isEmpty() ? "none has such a label" : "labels there: " + shown));
  }

  private static String written(Map<String, String> labels) {
    return String.join(
        ", ",
        labels.entrySet().stream()
            .map(one -> one.getKey() + "=" + one.getValue())
            .sorted()
            .toList());
  }

  private List<Wanted> wanted(Policy<?> policy, TrafficRouteSpec spec) {
    List<Wanted> wanted = new ArrayList<>();
    for (TargetRef target : spec.targetRefs()) {
      for (int i = 0; i < spec.rules().size(); i++) {
        TrafficRule rule = spec.rules().get(i);
        String name = rule.name() == null ? "rule-" + (i + 1) : rule.name();
        if (rule.whenEmpty() == TrafficRule.WhenEmpty.FAIL) {
          for (Destination one : rule.destinations()) {
            if (one.weight() > 0) {
              want(wanted, policy, target, name, one.service(), one.namespace(), one.labels());
            }
          }
        }
        Mirror mirror = rule.mirror();
        if (mirror != null) {
          want(
              wanted,
              policy,
              target,
              "the mirror of " + name,
              mirror.service(),
              mirror.namespace(),
              mirror.labels());
        }
      }
    }
    return wanted.stream().distinct().toList();
  }

  /** Of a namespace or the mesh not every service has each label, and need not. */
  private void want(
      List<Wanted> wanted,
      Policy<?> policy,
      TargetRef target,
      String rule,
      @Nullable String service,
      @Nullable String namespace,
      Map<String, String> labels) {
    boolean isService = target.kind() == TargetRef.Kind.SERVICE;
    if (labels.isEmpty() || (service == null && !isService)) {
      return;
    }
    String own = policy.key().namespace();
    String around =
        switch (target.kind()) {
          case SERVICE -> target.namespace() == null ? own : target.namespace();
          case NAMESPACE -> target.name() == null ? own : target.name();
          case MESH -> own;
        };
    ServiceId found =
        names.get(
            new ServiceName(
                namespace == null ? around : namespace,
                String.valueOf(service == null ? target.name() : service)));
    if (found != null) {
      wanted.add(new Wanted(rule, found, labels));
    }
  }

  private static Map<ServiceName, ServiceId> names(TreePMap<ServiceId, Service> services) {
    Map<ServiceName, ServiceId> names = new HashMap<>();
    for (Service service : services.values()) {
      for (String alias : service.aliases()) {
        names.putIfAbsent(new ServiceName(service.id().namespace(), alias), service.id());
      }
    }
    // A service's own name goes before another one's alias.
    services.keySet().forEach(id -> names.put(new ServiceName(id.namespace(), id.name()), id));
    return names;
  }
}
