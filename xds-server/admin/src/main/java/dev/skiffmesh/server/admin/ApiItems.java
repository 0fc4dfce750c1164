package dev.skiffmesh.server.admin;

import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.model.EndpointSet;
import dev.skiffmesh.api.model.EndpointUse;
import dev.skiffmesh.api.model.Service;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.model.World;
import dev.skiffmesh.api.policy.Policy;
import dev.skiffmesh.api.policy.TargetRef;
import dev.skiffmesh.api.status.Condition;
import dev.skiffmesh.api.status.Finding;
import dev.skiffmesh.server.delivery.KindView;
import dev.skiffmesh.server.delivery.RejectedContent;
import dev.skiffmesh.server.delivery.ResourceStanding;
import dev.skiffmesh.server.status.PolicyReport;
import dev.skiffmesh.server.status.PushedChange;
import dev.skiffmesh.server.status.ScopeReport;
import dev.skiffmesh.server.status.SourceReport;
import dev.skiffmesh.translator.PolicyEffect;
import dev.skiffmesh.translator.resource.Resource;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** From the inside's types to the answers' records. Pure. */
final class ApiItems {

  private static final Pattern WORD_START = Pattern.compile("(?:^|_)([a-z])");

  private ApiItems() {}

  static Responses.Items<Responses.Service> services(World world) {
    return new Responses.Items<>(
        world.services().values().stream().map(service -> service(world, service)).toList());
  }

  private static Responses.Service service(World world, Service service) {
    EndpointSet endpoints = world.endpointsOf(service.id());
    return new Responses.Service(
        service.id().namespace(),
        service.id().name(),
        List.copyOf(service.aliases()),
        ports(service),
        service.registries(),
        Objects.requireNonNullElse(service.externalName(), ""),
        endpoints.endpoints().size(),
        (int)
            EndpointUse.verdicts(endpoints).values().stream()
                .filter(verdict -> verdict instanceof EndpointUse.Verdict.InUse)
                .count());
  }

  static List<Responses.Port> ports(Service service) {
    return service.ports().stream()
        .map(port -> new Responses.Port(port.name(), port.number(), port.protocol().wireName()))
        .toList();
  }

  static Responses.ResourceType type(KindView kind) {
    return new Responses.ResourceType(
        kind.kind().shortName(),
        kind.kind().typeUrl(),
        kind.sync().name(),
        kind.names().size(),
        kind.accepted().size(),
        kind.waiting().size(),
        kind.tally().responses(),
        kind.tally().resources(),
        kind.tally().removals(),
        kind.tally().accepted(),
        kind.tally().refused(),
        kind.tally().lastAccepted().map(Instant::toString).orElse(null),
        kind.tally().lastRefused().map(Instant::toString).orElse(null),
        kind.tally().lastRefusal().orElse(null),
        kind.rejected().entrySet().stream().map(ApiItems::rejection).toList());
  }

  private static Responses.Rejection rejection(Map.Entry<String, RejectedContent> rejected) {
    return new Responses.Rejection(
        rejected.getKey(),
        rejected.getValue().version(),
        rejected.getValue().text(),
        rejected.getValue().at().toString());
  }

  static Responses.Difference difference(ResourceStanding standing) {
    return new Responses.Difference(
        standing.kind().shortName(),
        standing.name(),
        word(standing.state()),
        standing.content().map(Resource::version).orElse(null),
        standing.acceptedVersion().orElse(null),
        standing.refusal().map(RejectedContent::text).orElse(null),
        standing.content().stream()
            .flatMap(content -> content.provenance().policies().stream())
            .map(DocumentKey::toString)
            .toList());
  }

  static Responses.Change change(PushedChange change) {
    return new Responses.Change(
        change.at().toString(),
        change.cause(),
        change.proxies(),
        change.someProxies(),
        change.kinds().stream()
            .map(
                kind ->
                    new Responses.ChangedType(
                        kind.type(), kind.changed(), kind.removed(), kind.someNames()))
            .toList());
  }

  static Responses.Scope scope(ScopeReport report) {
    ServiceId service = report.workload().service();
    return new Responses.Scope(
        service.namespace(),
        service.name(),
        report.workload().version(),
        Optional.ofNullable(report.mode()).map(ApiItems::word).orElse(null),
        report.proxies(),
        report.uses().stream()
            .map(
                used ->
                    new Responses.Used(
                        used.service().namespace(),
                        used.service().name(),
                        word(used.how()),
                        Optional.ofNullable(used.first()).map(Instant::toString).orElse(null),
                        Optional.ofNullable(used.last()).map(Instant::toString).orElse(null)))
            .toList());
  }

  static Responses.Policy policy(PolicyReport report) {
    DocumentKey key = report.status().policy();
    Policy<?> inForce = report.policy();
    return new Responses.Policy(
        key.kind(),
        key.namespace(),
        key.name(),
        report.status().generation(),
        inForce == null ? 0 : inForce.generation(),
        report.source(),
        report
            .refusal()
            .map(PolicyReport.Refused::origin)
            .or(() -> report.inForce().map(Policy::origin))
            .map(Object::toString)
            .orElse(null),
        inForce == null
            ? List.of()
            : inForce.spec().targetRefs().stream().map(ApiItems::target).toList(),
        List.of(condition(report.status().accepted()), condition(report.status().programmed())),
        new Responses.ProxyCounts(
            report.status().proxies().targeted(),
            report.status().proxies().acked(),
            report.status().proxies().rejected()),
        report.expiry().map(Instant::toString).orElse(null));
  }

  private static String target(TargetRef target) {
    String name = target.name();
    String namespace = target.namespace();
    return word(target.kind())
        + (name == null ? "" : " " + (namespace == null ? "" : namespace + "/") + name)
        + (target.port() == null ? "" : ":" + target.port());
  }

  private static Responses.Condition condition(Condition condition) {
    return new Responses.Condition(
        word(condition.type()),
        condition.status() ? "True" : "False",
        word(condition.reason()),
        condition.message(),
        condition.observedGeneration());
  }

  static Responses.Items<Responses.Finding> findings(List<Finding> findings) {
    return new Responses.Items<>(findings.stream().map(ApiItems::finding).toList());
  }

  private static Responses.Finding finding(Finding finding) {
    return new Responses.Finding(
        finding.code().id(),
        word(finding.code().severity()),
        word(finding.code().turn()),
        finding.subject(),
        finding.location(),
        finding.field(),
        finding.message());
  }

  static Responses.Source source(SourceReport source) {
    return new Responses.Source(
        source.name(),
        source.type(),
        source.roles().stream().map(ApiItems::word).toList(),
        word(source.state()),
        source.since().toString(),
        source.reason(),
        source.lastEvent().map(Instant::toString).orElse(null),
        source.services(),
        source.endpoints(),
        source.policies(),
        source.held().size());
  }

  static Responses.Resource resource(Resource resource, @Nullable String state) {
    return new Responses.Resource(
        resource.kind().shortName(),
        resource.name(),
        resource.version(),
        resource.provenance().policies().stream().map(DocumentKey::toString).toList(),
        state,
        ResourcePrinter.tree(resource));
  }

  static Responses.Effect effect(DocumentKey policy, PolicyEffect effect) {
    return new Responses.Effect(
        policy.kind(), policy.namespace(), policy.name(), word(effect.outcome()), effect.message());
  }

  /** {@code REJECTED_BY_PROXY} as documents write it: {@code RejectedByProxy}. */
  static String word(Enum<?> constant) {
    return WORD_START
        .matcher(constant.name().toLowerCase(Locale.ROOT))
        .replaceAll(match -> match.group(1).toUpperCase(Locale.ROOT));
  }
}
