package dev.skiffmesh.server.admin;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The admin API's answers: stable names, nothing of the inside. Times are RFC 3339. */
final class Responses {

  private Responses() {}

  record Items<T>(List<T> items) {}

  record ServiceItem(
      String namespace,
      String name,
      List<String> aliases,
      List<PortItem> ports,
      List<String> registries,
      int endpoints,
      int healthy) {}

  record PortItem(String name, int number, String protocol) {}

  record EndpointItem(
      String namespace,
      String service,
      String address,
      Map<String, Integer> ports,
      String weight,
      String health,
      boolean enabled,
      boolean used,
      String registry,
      String zone,
      Map<String, String> labels) {}

  record ProxyItem(
      String id,
      String namespace,
      String service,
      String dialect,
      String peer,
      String connectedSince,
      boolean inSync,
      List<TypeItem> types) {}

  record TypeItem(
      String type,
      String typeUrl,
      String sync,
      int names,
      int accepted,
      int waiting,
      long responsesSent,
      long resourcesSent,
      long removalsSent,
      long acked,
      long nacked,
      @Nullable String lastAcked,
      List<RejectionItem> rejected) {}

  record RejectionItem(String name, String version, String text, String when) {}

  record PolicyItem(
      String kind,
      String namespace,
      String name,
      long generation,
      long generationInForce,
      String source,
      @Nullable String location,
      List<String> targets,
      List<ConditionItem> conditions,
      ProxyCounts proxies,
      @Nullable String expiresAt) {}

  record ConditionItem(
      String type, String status, String reason, String message, long observedGeneration) {}

  record ProxyCounts(int targeted, int acked, int rejected) {}

  record FindingItem(
      String code,
      String severity,
      String turn,
      String subject,
      @Nullable String location,
      @Nullable String field,
      String message) {}

  record SourceItem(
      String name,
      String type,
      List<String> roles,
      String state,
      String since,
      String reason,
      @Nullable String lastEventAt,
      int services,
      int endpoints,
      int policies) {}

  record ResourceItem(
      String type, String name, String version, List<String> policies, Object config) {}

  record EffectItem(String kind, String namespace, String name, String outcome, String message) {}

  record Health(String status, List<String> notes) {}

  record Problem(int status, String message) {}
}
