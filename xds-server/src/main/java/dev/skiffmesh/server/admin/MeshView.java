package dev.skiffmesh.server.admin;

import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.model.Endpoint;
import dev.skiffmesh.api.model.EndpointSet;
import dev.skiffmesh.api.model.Health;
import dev.skiffmesh.api.model.Service;
import dev.skiffmesh.api.policy.Policy;
import dev.skiffmesh.api.policy.TargetRef;
import dev.skiffmesh.api.status.Condition;
import dev.skiffmesh.api.status.Finding;
import dev.skiffmesh.server.delivery.DeliveryInspection;
import dev.skiffmesh.server.delivery.KindView;
import dev.skiffmesh.server.delivery.ProxySnapshot;
import dev.skiffmesh.server.delivery.Rejection;
import dev.skiffmesh.server.delivery.StreamView;
import dev.skiffmesh.server.status.MeshReport;
import dev.skiffmesh.server.status.PolicyReport;
import dev.skiffmesh.server.status.ProxyReport;
import dev.skiffmesh.server.status.SourceReport;
import dev.skiffmesh.translator.resource.Resource;
import dev.skiffmesh.translator.resource.ResourceKind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** What the admin API says, made from the newest report. Thread-safe. */
public final class MeshView {

  private static final Pattern UNDERSCORED = Pattern.compile("(?:^|_)([a-z])");

  private final Supplier<MeshReport> reports;
  private final DeliveryInspection streams;
  private final JsonMapper json = JsonMapper.builder().build();

  MeshView(Supplier<MeshReport> reports, DeliveryInspection streams) {
    this.reports = reports;
    this.streams = streams;
  }

  String json(Object value) {
    return json.writeValueAsString(value);
  }

  MeshReport report() {
    return reports.get();
  }

  Responses.Items<Responses.ServiceItem> services() {
    MeshReport report = report();
    return new Responses.Items<>(
        report.world().services().values().stream().map(s -> service(report, s)).toList());
  }

  private static Responses.ServiceItem service(MeshReport report, Service service) {
    EndpointSet endpoints = report.world().endpointsOf(service.id());
    return new Responses.ServiceItem(
        service.id().namespace(),
        service.id().name(),
        List.copyOf(service.aliases()),
        service.ports().stream()
            .map(p -> new Responses.PortItem(p.name(), p.number(), p.protocol().wireName()))
            .toList(),
        service.registries(),
        endpoints.endpoints().size(),
        (int) endpoints.endpoints().stream().filter(MeshView::isUsed).count());
  }

  private static boolean isUsed(Endpoint endpoint) {
    return !endpoint.isDrained() && endpoint.health() == Health.HEALTHY;
  }

  Responses.Items<Responses.EndpointItem> endpoints(@Nullable String service) {
    List<Responses.EndpointItem> items = new ArrayList<>();
    report()
        .world()
        .endpoints()
        .forEach(
            (id, endpoints) -> {
              if (service == null
                  || service.equals(id.name())
                  || service.equals(id.toString())
                  || service.equals(id.host())) {
                for (Endpoint endpoint : endpoints.endpoints()) {
                  items.add(
                      new Responses.EndpointItem(
                          id.namespace(),
                          id.name(),
                          endpoint.address(),
                          endpoint.ports(),
                          endpoint.weight().toPlainString(),
                          word(endpoint.health()),
                          endpoint.enabled(),
                          isUsed(endpoint),
                          endpoint.key().registry(),
                          endpoint.locality().zone(),
                          endpoint.labels()));
                }
              }
            });
    return new Responses.Items<>(items);
  }

  Responses.Items<Responses.ProxyItem> proxies() {
    return new Responses.Items<>(report().proxies().stream().map(this::proxy).toList());
  }

  Optional<Responses.ProxyItem> proxy(String id) {
    return report().proxy(id).map(this::proxy);
  }

  private Responses.ProxyItem proxy(ProxyReport proxy) {
    Optional<StreamView> stream = streams.stream(proxy.stream());
    return new Responses.ProxyItem(
        proxy.identity().id(),
        proxy.identity().workload().service().namespace(),
        proxy.identity().workload().service().name(),
        proxy.identity().dialect().toString(),
        proxy.peer(),
        proxy.connectedSince().toString(),
        proxy.inSync(),
        stream.map(StreamView::kinds).orElse(List.of()).stream().map(MeshView::type).toList());
  }

  private static Responses.TypeItem type(KindView kind) {
    return new Responses.TypeItem(
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
        kind.rejected().entrySet().stream().map(MeshView::rejection).toList());
  }

  private static Responses.RejectionItem rejection(Map.Entry<String, Rejection> rejected) {
    return new Responses.RejectionItem(
        rejected.getKey(),
        rejected.getValue().version(),
        rejected.getValue().text(),
        rejected.getValue().at().toString());
  }

  Responses.Items<Responses.PolicyItem> policies() {
    return new Responses.Items<>(report().policies().stream().map(MeshView::policy).toList());
  }

  private static Responses.PolicyItem policy(PolicyReport report) {
    DocumentKey key = report.status().policy();
    Policy<?> inForce = report.policy();
    return new Responses.PolicyItem(
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
            : inForce.spec().targetRefs().stream().map(MeshView::target).toList(),
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

  private static Responses.ConditionItem condition(Condition condition) {
    return new Responses.ConditionItem(
        word(condition.type()),
        condition.status() ? "True" : "False",
        word(condition.reason()),
        condition.message(),
        condition.observedGeneration());
  }

  Responses.Items<Responses.FindingItem> findings() {
    return new Responses.Items<>(report().findings().stream().map(MeshView::finding).toList());
  }

  private static Responses.FindingItem finding(Finding finding) {
    return new Responses.FindingItem(
        finding.code().id(),
        word(finding.code().severity()),
        word(finding.code().turn()),
        finding.subject(),
        finding.location(),
        finding.field(),
        finding.message());
  }

  Responses.Items<Responses.SourceItem> registries() {
    return new Responses.Items<>(report().sources().stream().map(MeshView::source).toList());
  }

  private static Responses.SourceItem source(SourceReport source) {
    return new Responses.SourceItem(
        source.name(),
        source.type(),
        source.roles().stream().map(MeshView::word).toList(),
        word(source.state()),
        source.since().toString(),
        source.reason(),
        source.lastEvent().map(Instant::toString).orElse(null),
        source.services(),
        source.endpoints(),
        source.policies());
  }

  /** What a proxy is to have; empty if it is not connected. */
  Optional<Responses.Items<Responses.ResourceItem>> config(String id, @Nullable String type) {
    return report().proxy(id).map(proxy -> new Responses.Items<>(resources(proxy, type)));
  }

  private static List<Responses.ResourceItem> resources(ProxyReport proxy, @Nullable String type) {
    ProxySnapshot snapshot = proxy.snapshot();
    List<Responses.ResourceItem> items = new ArrayList<>();
    if (snapshot == null) {
      return items;
    }
    for (ResourceKind kind : ResourceKind.ALL) {
      if (type == null || type.equals(kind.shortName())) {
        if (kind.equals(ResourceKind.ENDPOINT)) {
          for (String name : snapshot.resources().assignmentNames()) {
            snapshot.get(kind, name).ifPresent(resource -> items.add(resource(resource)));
          }
        } else {
          snapshot.resources().of(kind).values().forEach(r -> items.add(resource(r)));
        }
      }
    }
    return items;
  }

  private static Responses.ResourceItem resource(Resource resource) {
    return new Responses.ResourceItem(
        resource.kind().shortName(),
        resource.name(),
        resource.version(),
        resource.provenance().policies().stream().map(DocumentKey::toString).toList(),
        ResourcePrinter.tree(resource));
  }

  /** What each policy did to a proxy; empty if it is not connected. */
  Optional<Responses.Items<Responses.EffectItem>> effects(String id) {
    return report()
        .proxy(id)
        .map(
            proxy ->
                new Responses.Items<>(
                    proxy.effects().entrySet().stream()
                        .map(
                            effect ->
                                new Responses.EffectItem(
                                    effect.getKey().kind(),
                                    effect.getKey().namespace(),
                                    effect.getKey().name(),
                                    word(effect.getValue().outcome()),
                                    effect.getValue().message()))
                        .toList()));
  }

  /** {@code REJECTED_BY_PROXY} as documents write it: {@code RejectedByProxy}. */
  static String word(Enum<?> constant) {
    return UNDERSCORED
        .matcher(constant.name().toLowerCase(Locale.ROOT))
        .replaceAll(match -> match.group(1).toUpperCase(Locale.ROOT));
  }
}
