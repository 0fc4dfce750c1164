package dev.skiffmesh.translator.policy.trafficroute;

import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.model.Immutable;
import dev.skiffmesh.api.model.Service;
import dev.skiffmesh.api.model.ServicePort;
import dev.skiffmesh.api.policy.match.HashKey;
import dev.skiffmesh.api.policy.trafficroute.Destination;
import dev.skiffmesh.api.policy.trafficroute.HeaderEdits;
import dev.skiffmesh.api.policy.trafficroute.Mirror;
import dev.skiffmesh.api.policy.trafficroute.Redirect;
import dev.skiffmesh.api.policy.trafficroute.Reply;
import dev.skiffmesh.api.policy.trafficroute.Rewrite;
import dev.skiffmesh.api.policy.trafficroute.TrafficRule;
import dev.skiffmesh.api.policy.trafficroute.TrafficRule.WhenEmpty;
import dev.skiffmesh.api.status.Finding;
import dev.skiffmesh.api.status.FindingCode;
import dev.skiffmesh.translator.place.AnswerOption;
import dev.skiffmesh.translator.place.ClusterName;
import dev.skiffmesh.translator.place.ForwardOption;
import dev.skiffmesh.translator.place.Option;
import dev.skiffmesh.translator.place.Placed;
import dev.skiffmesh.translator.place.RouteOption;
import dev.skiffmesh.translator.place.Slot;
import dev.skiffmesh.translator.plan.RouteAction;
import dev.skiffmesh.translator.plan.RoutePlan;
import dev.skiffmesh.translator.policy.Contribution;
import dev.skiffmesh.translator.policy.TargetPort;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Turns a rule into a route of one port. What names something that does not exist is left out and
 * said: references close by dropping the rule that dangles, never by withholding the rest.
 */
final class RuleCompiler {

  private final DocumentKey policy;
  private final TargetPort target;
  private final List<Contribution> contributions;

  RuleCompiler(DocumentKey policy, TargetPort target, List<Contribution> contributions) {
    this.policy = policy;
    this.target = target;
    this.contributions = contributions;
  }

  static String name(TrafficRule rule, int index) {
    return rule.name() == null ? "rule-" + (index + 1) : rule.name();
  }

  Optional<RoutePlan> compile(TrafficRule rule, int index) {
    String name = name(rule, index);
    return action(rule, "rule " + name)
        .map(
            action ->
                new RoutePlan(
                    policy.namespace() + "/" + policy.name() + "/" + name,
                    rule.matches(),
                    action,
                    placed(headers(rule)),
                    Immutable.sortedSet(Set.of(policy))));
  }

  private Optional<RouteAction> action(TrafficRule rule, String what) {
    Redirect redirect = rule.redirect();
    if (redirect != null) {
      return Optional.of(answered(new AnswerOptions.Redirected(redirect)));
    }
    Reply reply = rule.reply();
    if (reply != null) {
      return Optional.of(answered(new AnswerOptions.Replied(reply)));
    }
    boolean orRest = rule.whenEmpty() == WhenEmpty.FALLBACK;
    List<RouteAction.Share> shares = new ArrayList<>();
    for (Destination destination : destinations(rule)) {
      Optional<ClusterName> cluster =
          resolve(
              what,
              destination.service(),
              destination.namespace(),
              destination.port(),
              destination.labels(),
              orRest);
      if (cluster.isEmpty()) {
        return Optional.empty();
      }
      shares.add(new RouteAction.Share(cluster.get(), destination.weight()));
    }
    return Optional.of(new RouteAction.Forward(shares, options(rule, shares, what)));
  }

  private SortedMap<Slot, Placed<ForwardOption>> options(
      TrafficRule rule, List<RouteAction.Share> shares, String what) {
    List<ForwardOption> options = new ArrayList<>();
    HashKey stickyBy = rule.stickyBy();
    if (stickyBy != null) {
      options.add(new ForwardOptions.Sticky(stickyBy, shares.size() > 1));
    }
    mirror(rule, what).ifPresent(options::add);
    Rewrite rewrite = rule.rewrite();
    if (rewrite != null) {
      options.add(new ForwardOptions.Rewritten(rewrite));
    }
    return placed(options);
  }

  private RouteAction.Answered answered(AnswerOption option) {
    return new RouteAction.Answered(Placed.of(policy, option));
  }

  private static List<RouteOption> headers(TrafficRule rule) {
    List<RouteOption> options = new ArrayList<>();
    HeaderEdits ofRequest = rule.requestHeaders();
    if (ofRequest != null) {
      options.add(new HeaderOptions.OfRequest(ofRequest));
    }
    HeaderEdits ofResponse = rule.responseHeaders();
    Reply reply = rule.reply();
    if (reply != null && !reply.headers().isEmpty()) {
      options.add(new HeaderOptions.OfReply(reply.headers(), ofResponse));
    } else if (ofResponse != null) {
      options.add(new HeaderOptions.OfResponse(ofResponse));
    }
    return options;
  }

  private <O extends Option> SortedMap<Slot, Placed<O>> placed(List<O> options) {
    SortedMap<Slot, Placed<O>> placed = new TreeMap<>();
    options.forEach(option -> placed.put(option.slot(), Placed.of(policy, option)));
    return placed;
  }

  private static List<Destination> destinations(TrafficRule rule) {
    return rule.destinations().isEmpty()
        ? List.of(new Destination(null, null, null, Map.of(), 1))
        : rule.destinations();
  }

  private Optional<ForwardOption> mirror(TrafficRule rule, String what) {
    Mirror mirror = rule.mirror();
    if (mirror == null || mirror.percent().partsPerMillion() == 0) {
      return Optional.empty();
    }
    return resolve(
            "the mirror of " + what,
            mirror.service(),
            mirror.namespace(),
            mirror.port(),
            mirror.labels(),
            false)
        .map(cluster -> new ForwardOptions.Copies(cluster, mirror.percent().partsPerMillion()));
  }

  private Optional<ClusterName> resolve(
      String what,
      @Nullable String service,
      @Nullable String namespace,
      @Nullable Integer port,
      Map<String, String> labels,
      boolean orRest) {
    Optional<Service> found = Optional.of(target.service());
    String targetNamespace = target.service().id().namespace();
    String inNamespace = namespace == null ? targetNamespace : namespace;
    if (service != null) {
      found = target.directory().find(inNamespace, service);
    }
    if (found.isEmpty()) {
      leaveOut(what, "there is no service '" + service + "' in namespace '" + inNamespace + "'");
      return Optional.empty();
    }
    Optional<ServicePort> servicePort = port(found.get(), port);
    if (servicePort.isEmpty()) {
      leaveOut(
          what,
          found.get().id()
              + " has no HTTP, HTTP/2 or gRPC port"
              + (port == null ? "" : " with the number " + port));
      return Optional.empty();
    }
    return Optional.of(
        new ClusterName(
            found.get().id(), servicePort.get().name(), Immutable.sortedMap(labels), orRest, ""));
  }

  /** The port that was asked for; else the one most like the called port; else the first. */
  private Optional<ServicePort> port(Service service, @Nullable Integer number) {
    List<ServicePort> usable =
        service.ports().stream().filter(port -> port.protocol().isHttpFamily()).toList();
    if (number != null) {
      return usable.stream().filter(port -> port.number() == number).findFirst();
    }
    return usable.stream()
        .filter(port -> port.equals(target.port()))
        .findFirst()
        .or(() -> usable.stream().filter(p -> p.name().equals(target.port().name())).findFirst())
        .or(() -> usable.stream().filter(p -> p.protocol() == target.port().protocol()).findFirst())
        .or(() -> usable.stream().findFirst());
  }

  private void leaveOut(String what, String why) {
    contributions.add(
        new Contribution.Lacking(
            policy, what + " is left out for " + target.service().id() + ": " + why));
    contributions.add(
        new Contribution.Reports(
            policy,
            Finding.of(
                FindingCode.DANGLING_DESTINATION,
                policy.toString(),
                what + " is left out for " + target.service().id() + ": " + why)));
  }
}
