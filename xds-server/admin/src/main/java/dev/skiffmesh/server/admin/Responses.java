package dev.skiffmesh.server.admin;

import dev.skiffmesh.api.schema.Description;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The admin API's answers: stable names, nothing of the inside. Times are RFC 3339 in UTC. The
 * OpenAPI document is made of these records.
 */
final class Responses {

  private Responses() {}

  record Items<T>(List<T> items) {}

  record Service(
      String namespace,
      String name,
      @Description("What else it is called, as its registry spells it.") List<String> aliases,
      List<Port> ports,
      @Description("Names of the sources that know it, in order of priority.")
          List<String> registries,
      @Description("The DNS name that its callers resolve; empty if it has endpoints.")
          String externalName,
      @Description("How many it has, in use or not.") int endpoints,
      @Description("How many of them get new calls.") int healthy) {}

  record Port(
      String name, int number, @Description("http, http2, grpc, tcp or dubbo.") String protocol) {}

  record Endpoint(
      String namespace,
      String service,
      String address,
      @Description("Further addresses of the same instance, called if the first cannot be.")
          List<String> additionalAddresses,
      @Description("The instance's own port under each name of the service's ports.")
          Map<String, Integer> ports,
      @Description("A decimal in the registry's own unit; 0 drains.") String weight,
      @Description("Healthy, Unhealthy or Draining, as the registry says.") String health,
      @Description("False if an operator took it out.") boolean enabled,
      @Description("Whether it gets new calls.") boolean used,
      @Description("Why it gets none, or why it gets some although its registry does not say so.")
          String why,
      String registry,
      @Description("The registry's own grouping (Nacos clusterName); empty for none.")
          String cluster,
      @Description("Empty if it is unknown.") String zone,
      @Description("Since when this control plane knows it.") String since,
      Map<String, String> labels) {}

  record RegistryService(
      String namespace,
      String name,
      @Description("What else it is called, as its registry spells it.") List<String> aliases,
      List<Port> ports,
      @Description("The DNS name that its callers resolve; empty if it has endpoints.")
          String externalName,
      List<Endpoint> endpoints) {}

  record ServiceName(String namespace, String name) {}

  record Proxy(
      @Description("The node id; percent-encode it in paths.") String id,
      String namespace,
      String service,
      @Description("Which xDS it speaks: 'envoy 1.40', 'grpc java', ...") String dialect,
      @Description("Its remote address.") String peer,
      @Description("The machine of the control plane that it is connected to.") String replica,
      String connectedSince,
      @Description("Whether it has acknowledged all that it is to have.") boolean inSync,
      List<ResourceType> types) {}

  record ResourceType(
      @Description(
              "listener, route, virtual-host, cluster, endpoint, secret, extension or runtime.")
          String type,
      String typeUrl,
      @Description("SYNCED, STALE (something is on its way) or ERROR (it rejected something).")
          String sync,
      @Description("How many resources it asked for by name.") int names,
      @Description("How many resources it has, as far as it said so.") int accepted,
      @Description("How many are on their way.") int waiting,
      @Description("On this stream, as all that follow.") long responsesSent,
      long resourcesSent,
      long removalsSent,
      long acked,
      long nacked,
      @Nullable String lastAcked,
      @Nullable String lastNacked,
      @Description("The proxy's own words at its last rejection.") @Nullable String lastRefusal,
      @Description("What it rejects, until its content changes.") List<Rejection> rejected) {}

  record Rejection(
      @Description("The resource's name.") String name,
      @Description("The rejected version; empty if a removal was rejected.") String version,
      @Description("The proxy's own words.") String text,
      String when) {}

  record Difference(
      @Description(
              "listener, route, virtual-host, cluster, endpoint, secret, extension or runtime.")
          String type,
      @Description("The resource's name.") String name,
      @Description(
              "Unsent (still to be sent), Sent (not yet answered) or Rejected (not sent again until"
                  + " its content changes).")
          String state,
      @Description("The version that it is to have; absent if it is to have none.")
          @Nullable String intended,
      @Description("The version that it has, as far as it said so; absent for none.")
          @Nullable String accepted,
      @Description("The proxy's own words, if it rejected it.") @Nullable String text,
      @Description("Which policies shaped it.") List<String> policies) {}

  record Change(
      @Description("When it took effect.") String at,
      @Description("What has changed: policies, services or endpoints.") String cause,
      @Description("How many proxies were sent something.") int proxies,
      @Description("The first of them.") List<String> someProxies,
      @Description("What they were sent, by type.") List<ChangedType> types) {}

  record ChangedType(
      String type,
      @Description("How many names have a new content.") int changed,
      @Description("How many names are gone.") int removed,
      @Description("The first of both; a removed one begins with '-'.") List<String> someNames) {}

  record Scope(
      @Description("Of the workload.") String namespace,
      @Description("Of the workload.") String service,
      @Description("The label version; empty for none.") String version,
      @Description("OnDemand, Declared or All; absent if no proxy is connected.")
          @Nullable String mode,
      @Description("How many are connected.") int proxies,
      List<Used> uses) {}

  record Used(
      String namespace,
      String service,
      @Description(
              "Learned (a proxy asked for it or called it), Declared (a ScopePolicy) or Kept (a"
                  + " proxy had it).")
          String how,
      @Description("When a proxy asked for it or called it first.") @Nullable String first,
      @Description("When a proxy asked for it or called it last, exact to the hour.")
          @Nullable String last) {}

  record Policy(
      String kind,
      String namespace,
      String name,
      @Description("Of the newest document.") long generation,
      @Description("Of the version that counts; 0 if none ever was good.") long generationInForce,
      @Description("The name of the source that it counts from.") String source,
      @Description("Where the newest document stands.") @Nullable String location,
      List<String> targets,
      @Description("Accepted, then Programmed.") List<Condition> conditions,
      ProxyCounts proxies,
      @Description("When it ends by itself.") @Nullable String expiresAt) {}

  record Condition(
      @Description("Accepted or Programmed.") String type,
      @Description("True or False.") String status,
      String reason,
      @Description("Empty where the reason says all.") String message,
      long observedGeneration) {}

  record ProxyCounts(
      @Description("Connected proxies whose view contains the target.") int targeted,
      int acked,
      int rejected) {}

  record Finding(
      @Description("A number of the catalogue, docs/findings.md.") String code,
      @Description("Error, Warning or Info.") String severity,
      @Description("Whose turn it is: User, Registry, Proxy or Skiff.") String turn,
      @Description("What it is about.") String subject,
      @Description("FILE:LINE or the like.") @Nullable String location,
      @Description("The field's path in the document.") @Nullable String field,
      String message) {}

  record Source(
      String name,
      @Description("file, nacos, ...") String type,
      @Description("Registry, Policies or both.") List<String> roles,
      @Description("Starting, Stale, Synced or Lost.") String state,
      @Description("When it came into that state.") String since,
      @Description("The source's own sentence while it is lost, else empty.") String reason,
      @Nullable String lastEventAt,
      int services,
      int endpoints,
      int policies,
      @Description("Services whose last good instances stay because the registry is doubted.")
          int heldBack) {}

  record Resource(
      @Description(
              "listener, route, virtual-host, cluster, endpoint, secret, extension or runtime.")
          String type,
      String name,
      @Description("A hash of the content.") String version,
      @Description("Which policies shaped it.") List<String> policies,
      @Description(
              "Accepted, Sent (and not yet answered), Unsent, Rejected, or NotAsked: the proxy has"
                  + " not asked for it. Null where there is no proxy, as in `skiff translate`.")
          @Nullable String state,
      @Description("The resource in protobuf's JSON form.") JsonNode config) {}

  record Effect(
      String kind,
      String namespace,
      String name,
      @Description("Shaped, Partly, Overridden or Nothing.") String outcome,
      @Description("What is missing and why, or who won.") String message) {}

  record Health(
      @Description("UP or DOWN.") String status,
      @Description("Why it is not ready, or what to know although it is.") List<String> notes) {}

  record Problem(
      @Description("The HTTP status.") int status,
      @Description("What must be true and what was found.") String message) {}
}
