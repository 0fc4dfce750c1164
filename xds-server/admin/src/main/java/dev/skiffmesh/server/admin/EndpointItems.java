package dev.skiffmesh.server.admin;

import dev.skiffmesh.api.model.Endpoint;
import dev.skiffmesh.api.model.EndpointKey;
import dev.skiffmesh.api.model.EndpointSet;
import dev.skiffmesh.api.model.EndpointUse;
import dev.skiffmesh.api.model.EndpointUse.Verdict;
import dev.skiffmesh.api.model.Health;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.model.World;
import dev.skiffmesh.server.guard.HeldBack;
import dev.skiffmesh.server.state.SavedService;
import dev.skiffmesh.server.status.MeshReport;
import dev.skiffmesh.server.status.Sightings;
import dev.skiffmesh.server.status.SourceReport;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Endpoints as the admin API shows them: of each registry, and what became of each. Pure. */
final class EndpointItems {

  private EndpointItems() {}

  /** What files alone say. */
  static List<Responses.Endpoint> of(World world) {
    List<Responses.Endpoint> items = new ArrayList<>();
    world
        .endpoints()
        .forEach(
            (id, endpoints) -> {
              Map<EndpointKey, Verdict> verdicts = EndpointUse.verdicts(endpoints);
              for (Endpoint endpoint : endpoints.endpoints()) {
                Verdict verdict = verdicts.getOrDefault(endpoint.key(), new Verdict.Out());
                items.add(item(id, endpoint, verdict, why(endpoint, verdict), ""));
              }
            });
    return items;
  }

  /** What all registries say, by service and then in the registries' order. */
  static List<Responses.Endpoint> of(MeshReport report, Predicate<ServiceId> wanted) {
    Map<ServiceId, List<Responses.Endpoint>> byService = new TreeMap<>();
    for (SourceReport source : report.sources()) {
      source
          .content()
          .forEach(
              (id, saved) -> {
                if (wanted.test(id)) {
                  byService
                      .computeIfAbsent(id, _ -> new ArrayList<>())
                      .addAll(of(report.world().endpointsOf(id), source, saved));
                }
              });
    }
    return byService.values().stream().flatMap(List::stream).toList();
  }

  /** Endpoints of one service of one registry. */
  static List<Responses.Endpoint> of(EndpointSet inForce, SourceReport source, SavedService saved) {
    ServiceId id = saved.service().id();
    Map<EndpointKey, Endpoint> merged = byKey(inForce);
    Map<EndpointKey, Verdict> verdicts = EndpointUse.verdicts(inForce);
    Map<EndpointKey, Endpoint> doubted =
        source.held().stream()
            .filter(held -> held.service().equals(id))
            .findFirst()
            .map(HeldBack::said)
            .map(EndpointItems::byKey)
            .orElse(null);
    Sightings sightings = source.sightings().get(id);
    List<Responses.Endpoint> items = new ArrayList<>();
    List<Endpoint> endpoints = saved.endpoints().endpoints();
    for (int i = 0; i < endpoints.size(); i++) {
      Endpoint own = endpoints.get(i);
      Endpoint now = merged.get(own.key());
      Verdict verdict = verdicts.getOrDefault(own.key(), new Verdict.Out());
      String why =
          now == null
              ? outdone(own, inForce)
              : Optional.of(why(own, verdict))
                  .filter(reason -> !reason.isEmpty())
                  .or(() -> doubt(own, doubted, source))
                  .orElseGet(() -> age(source));
      items.add(
          item(
              id,
              now == null ? own : now,
              verdict,
              why,
              sightings == null ? "" : sightings.at(i).toString()));
    }
    return items;
  }

  private static Map<EndpointKey, Endpoint> byKey(EndpointSet endpoints) {
    Map<EndpointKey, Endpoint> byKey = new HashMap<>();
    endpoints.endpoints().forEach(endpoint -> byKey.put(endpoint.key(), endpoint));
    return byKey;
  }

  /** Why it is not in force: another registry has the same place. */
  private static String outdone(Endpoint own, EndpointSet inForce) {
    return inForce.endpoints().stream()
        .filter(
            other ->
                addresses(other).anyMatch(address -> addresses(own).anyMatch(address::equals))
                    && other.ports().values().stream()
                        .anyMatch(port -> own.ports().containsValue(port)))
        .findFirst()
        .map(other -> outdoneBy(other.key()))
        .orElse("it is not yet in force");
  }

  private static Stream<String> addresses(Endpoint endpoint) {
    return Stream.concat(Stream.of(endpoint.address()), endpoint.additionalAddresses().stream());
  }

  private static String outdoneBy(EndpointKey other) {
    return "the same address and port stand in '%s', which counts".formatted(other.registry());
  }

  /** Why proxies are told to send no calls there, or nevertheless to; empty for no reason. */
  private static String why(Endpoint endpoint, Verdict verdict) {
    return switch (verdict) {
      case Verdict.Outdone(EndpointKey by) -> outdoneBy(by);
      case Verdict.Out() -> itself(endpoint);
      case Verdict.InUse() ->
          endpoint.health() == Health.DRAINING
              ? "it is ending, and so is every other that could take its calls"
              : "";
    };
  }

  private static String itself(Endpoint endpoint) {
    if (!endpoint.enabled()) {
      return "it is disabled";
    }
    if (endpoint.weight().signum() == 0) {
      return "its weight is 0";
    }
    return switch (endpoint.health()) {
      case HEALTHY -> "";
      case UNHEALTHY -> "it is unhealthy";
      case DRAINING -> "it is ending";
    };
  }

  private static Optional<String> doubt(
      Endpoint own, @Nullable Map<EndpointKey, Endpoint> said, SourceReport source) {
    if (said == null) {
      return Optional.empty();
    }
    Endpoint now = said.get(own.key());
    if (now == null) {
      return Optional.of("'%s' lists it no more, but is doubted".formatted(source.name()));
    }
    return now.health() == Health.UNHEALTHY
        ? Optional.of("'%s' says that it is unhealthy, but is doubted".formatted(source.name()))
        : Optional.empty();
  }

  private static String age(SourceReport source) {
    return switch (source.state()) {
      case SYNCED -> "";
      case STARTING, STALE, LOST ->
          "'%s' has said nothing since %s".formatted(source.name(), source.since());
    };
  }

  private static Responses.Endpoint item(
      ServiceId service, Endpoint endpoint, Verdict verdict, String why, String since) {
    return new Responses.Endpoint(
        service.namespace(),
        service.name(),
        endpoint.address(),
        endpoint.additionalAddresses(),
        endpoint.ports(),
        endpoint.weight().toPlainString(),
        ApiItems.word(endpoint.health()),
        endpoint.enabled(),
        verdict instanceof Verdict.InUse,
        why,
        endpoint.key().registry(),
        endpoint.key().cluster(),
        endpoint.locality().zone(),
        since,
        endpoint.labels());
  }
}
