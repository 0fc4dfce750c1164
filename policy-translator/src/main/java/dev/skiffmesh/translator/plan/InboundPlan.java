package dev.skiffmesh.translator.plan;

import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.model.Immutable;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.model.ServicePort;
import dev.skiffmesh.api.policy.CallerRef;
import dev.skiffmesh.api.status.Finding;
import dev.skiffmesh.translator.PolicyEffect;
import dev.skiffmesh.translator.place.InboundFilter;
import dev.skiffmesh.translator.place.RuleKey;
import dev.skiffmesh.translator.place.RuntimeKey;
import dev.skiffmesh.translator.place.Stage;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What the proxies of a service's instances do with the calls that come in. All of its instances
 * share one object, and so do all services that no inbound policy is about.
 *
 * @param ports its HTTP-family ports at which something is done
 * @param runtimeKeys those that its policies raise in its own proxies
 * @param effects what each policy came to
 * @param findings what went wrong
 */
public record InboundPlan(
    List<Port> ports,
    List<RuntimeKey> runtimeKeys,
    SortedMap<DocumentKey, PolicyEffect> effects,
    List<Finding> findings) {

  /** Calls go on to the application as they come. */
  public static final InboundPlan NOTHING =
      new InboundPlan(List.of(), List.of(), Immutable.sortedMap(Map.of()), List.of());

  /** Copies what it is given. */
  public InboundPlan {
    ports = List.copyOf(ports);
    runtimeKeys = List.copyOf(runtimeKeys);
    effects = Immutable.sortedMap(effects);
    findings = List.copyOf(findings);
  }

  /** All rules at all ports. */
  public Stream<Rule> rules() {
    return ports.stream().flatMap(port -> port.stages().values().stream().flatMap(List::stream));
  }

  /**
   * What is done at one port: the unit that is rendered, once for all instances.
   *
   * @param service whose port it is
   * @param port which one
   * @param stages by stage, in the order in which a call passes them; the rules of a stage in the
   *     order of their keys
   */
  public record Port(ServiceId service, ServicePort port, SortedMap<Stage, List<Rule>> stages) {
    /** Copies what it is given. */
    public Port {
      SortedMap<Stage, List<Rule>> ordered = new TreeMap<>();
      stages.forEach((stage, rules) -> ordered.put(stage, List.copyOf(rules)));
      stages = Immutable.sortedMap(ordered);
    }
  }

  /**
   * One rule.
   *
   * @param key whose it is; says its bucket where rules keep state
   * @param filter what it does to which calls
   * @param from whose calls it is about; empty for all
   */
  public record Rule(RuleKey key, InboundFilter filter, List<CallerRef> from) {
    /** Copies the callers. */
    public Rule {
      from = List.copyOf(from);
    }
  }
}
