package dev.skiffmesh.server.cli;

import com.github.difflib.DiffUtils;
import com.github.difflib.UnifiedDiffUtils;
import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import dev.skiffmesh.translator.resource.ResourceKind;
import dev.skiffmesh.translator.wire.PackedTypes;
import io.envoyproxy.envoy.config.core.v3.HealthStatus;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.endpoint.v3.LbEndpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LocalityLbEndpoints;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a proxy is to have, beside what its Envoy says that it runs. Pure. */
final class EnvoyComparison {

  /** Of these Envoy tells nothing, or not the content. */
  private static final Set<ResourceKind> HIDDEN = Set.of(ResourceKind.RUNTIME, ResourceKind.SECRET);

  private static final int CONTEXT_LINES = 3;

  private static final JsonMapper JSON = JsonMapper.shared();
  private static final JsonFormat.Parser PARSER =
      JsonFormat.parser().usingTypeRegistry(PackedTypes.REGISTRY);
  private static final JsonFormat.Printer PRINTER =
      JsonFormat.printer().usingTypeRegistry(PackedTypes.REGISTRY).sortingMapKeys();

  /**
   * One thing in which they differ.
   *
   * @param state {@code Missing} (in Envoy), {@code Extra} (Skiff did not mean it), {@code
   *     Differs}, {@code Warming} (Envoy has it and does not use it yet), or how far it has come on
   *     its way: {@code Unsent}, {@code Sent}, {@code Rejected}
   * @param intended the version that the proxy is to have; empty for none
   * @param envoy the version that its Envoy has, as far as it keeps it; empty for none
   * @param policies that shaped it
   * @param lines a unified diff from what is intended to what Envoy has; empty if one is missing
   */
  record Difference(
      String type,
      String name,
      String state,
      String intended,
      String envoy,
      List<String> policies,
      List<String> lines) {}

  private final EnvoyDump dump;
  private final List<Difference> differences = new ArrayList<>();

  private EnvoyComparison(EnvoyDump dump) {
    this.dump = dump;
  }

  /**
   * All differences, by type and name.
   *
   * @param intended the items of {@code /api/v1/proxies/ID/config}
   */
  static List<Difference> of(JsonNode intended, EnvoyDump dump) {
    EnvoyComparison comparison = new EnvoyComparison(dump);
    SortedMap<ResourceKind, Set<String>> known = new TreeMap<>();
    for (JsonNode item : intended) {
      ResourceKind kind =
          ResourceKind.ofTypeUrl(item.path("config").path("@type").asString("")).orElse(null);
      if (kind != null && !HIDDEN.contains(kind)) {
        known.computeIfAbsent(kind, _ -> new TreeSet<>()).add(Tables.text(item, "name"));
        comparison.compare(kind, item);
      }
    }
    for (ResourceKind kind : ResourceKind.ALL) {
      // Envoy makes an assignment of its own for each cluster without.
      if (!kind.equals(ResourceKind.ENDPOINT)) {
        comparison.extra(kind, known.getOrDefault(kind, Set.of()));
      }
    }
    comparison.differences.sort(
        Comparator.comparing(Difference::type).thenComparing(Difference::name));
    return comparison.differences;
  }

  private void compare(ResourceKind kind, JsonNode item) {
    String name = Tables.text(item, "name");
    String delivery = Tables.text(item, "state");
    if (delivery.equals("NotAsked")) {
      return;
    }
    EnvoyDump.Held held = dump.get(kind, name).orElse(null);
    List<String> is = held == null ? List.of() : lines(kind, held.config());
    List<String> should = lines(kind, item.path("config"));
    if (held != null && !held.warming() && is.equals(should)) {
      return;
    }
    String state = delivery;
    if (delivery.equals("Accepted")) {
      state = held == null ? "Missing" : held.warming() ? "Warming" : "Differs";
    }
    differences.add(
        new Difference(
            kind.shortName(),
            name,
            state,
            Tables.text(item, "version"),
            held == null ? "" : held.version(),
            item.path("policies").valueStream().map(JsonNode::asString).toList(),
            held == null ? List.of() : unified(kind + " " + name, should, is)));
  }

  private void extra(ResourceKind kind, Set<String> known) {
    dump.of(kind)
        .forEach(
            (name, held) -> {
              if (!known.contains(name)) {
                differences.add(
                    new Difference(
                        kind.shortName(), name, "Extra", "", held.version(), List.of(), List.of()));
              }
            });
  }

  private static List<String> unified(String what, List<String> should, List<String> is) {
    return UnifiedDiffUtils.generateUnifiedDiff(
        "skiff: " + what, "envoy: " + what, should, DiffUtils.diff(should, is), CONTEXT_LINES);
  }

  /** One form for both, whatever names and order their JSON has. */
  private static List<String> lines(ResourceKind kind, JsonNode config) {
    Any.Builder any = Any.newBuilder();
    try {
      PARSER.merge(config.toString(), any);
      Any whole =
          kind.equals(ResourceKind.ENDPOINT)
              ? Any.pack(comparable(any.build().unpack(ClusterLoadAssignment.class)))
              : any.build();
      // Printed once more: protobuf's own printer escapes more than people like to read.
      JsonNode tree = JSON.readTree(PRINTER.print(whole));
      return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(tree).lines().toList();
    } catch (InvalidProtocolBufferException e) {
      return List.of("(not readable by this version of Skiff: " + e.getMessage() + ")");
    }
  }

  /**
   * Envoy rebuilds an assignment from its hosts: it writes down what is the default, what it has
   * found out about their health, and keeps no order.
   */
  private static ClusterLoadAssignment comparable(ClusterLoadAssignment assignment) {
    ClusterLoadAssignment.Builder plain = assignment.toBuilder().clearPolicy().clearEndpoints();
    assignment.getEndpointsList().stream()
        .map(EnvoyComparison::comparable)
        .filter(locality -> locality.getLbEndpointsCount() > 0)
        .sorted(
            Comparator.comparingInt(LocalityLbEndpoints::getPriority)
                .thenComparing(locality -> locality.getLocality().toString()))
        .forEach(plain::addEndpoints);
    return plain.build();
  }

  private static LocalityLbEndpoints comparable(LocalityLbEndpoints locality) {
    LocalityLbEndpoints.Builder plain =
        locality.toBuilder().clearLbEndpoints().clearLoadBalancingWeight();
    if (!locality.hasLocality()) {
      plain.getLocalityBuilder();
    }
    locality.getLbEndpointsList().stream()
        .map(EnvoyComparison::comparable)
        .sorted(Comparator.comparing(endpoint -> endpoint.getEndpoint().getAddress().toString()))
        .forEach(plain::addLbEndpoints);
    return plain.build();
  }

  private static LbEndpoint comparable(LbEndpoint endpoint) {
    LbEndpoint.Builder plain = endpoint.toBuilder().setHealthStatus(HealthStatus.UNKNOWN);
    plain.getEndpointBuilder().clearHealthCheckConfig();
    if (plain.getLoadBalancingWeight().getValue() == 1) {
      plain.clearLoadBalancingWeight();
    }
    return plain.build();
  }
}
