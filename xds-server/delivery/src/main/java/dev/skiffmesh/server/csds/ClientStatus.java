package dev.skiffmesh.server.csds;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Timestamp;
import dev.skiffmesh.server.delivery.ConnectedNode;
import dev.skiffmesh.server.delivery.DeliveryInspection;
import dev.skiffmesh.server.delivery.RejectedContent;
import dev.skiffmesh.server.delivery.ResourceStanding;
import dev.skiffmesh.translator.resource.Resource;
import dev.skiffmesh.translator.resource.ResourceKind;
import io.envoyproxy.envoy.admin.v3.ClientResourceStatus;
import io.envoyproxy.envoy.admin.v3.UpdateFailureState;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.status.v3.ClientConfig;
import io.envoyproxy.envoy.service.status.v3.ClientConfig.GenericXdsConfig;
import io.envoyproxy.envoy.service.status.v3.ClientStatusRequest;
import io.envoyproxy.envoy.service.status.v3.ClientStatusResponse;
import io.envoyproxy.envoy.service.status.v3.ConfigStatus;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * The answer to one request for client status, from what the engine keeps anyway. Reads the streams
 * and changes nothing; on any thread.
 *
 * <p>It is the view of a management server ({@code csds.proto}): {@code xds_config} and {@code
 * version_info} are what the proxy should have, and {@code config_status} says how far that has
 * come. {@code last_updated} stays empty, because when each single resource was accepted is not
 * kept for idle streams.
 */
final class ClientStatus {

  /** A resource without its content, roughly: names, version, status and their tags. */
  private static final int BYTES_BESIDE_CONTENT = 256;

  private final DeliveryInspection streams;
  private final long mostBytes;

  /**
   * Reads from {@code streams}.
   *
   * @param mostBytes what one answer may take
   */
  ClientStatus(DeliveryInspection streams, long mostBytes) {
    this.streams = streams;
    this.mostBytes = mostBytes;
  }

  /** An answer would be too large. */
  static final class TooLargeException extends Exception {
    private static final long serialVersionUID = 1;

    TooLargeException(String message) {
      super(message);
    }
  }

  /**
   * One {@link ClientConfig} for each node that is asked for, whatever the number of its streams,
   * by the age of its oldest stream.
   *
   * @throws IllegalArgumentException for a matcher that cannot be used, with its field
   * @throws TooLargeException with what makes it smaller
   */
  ClientStatusResponse answer(ClientStatusRequest request) throws TooLargeException {
    Predicate<Node> wanted = NodeFilter.of(request.getNodeMatchersList());
    Map<String, ClientConfig.Builder> byNode = new LinkedHashMap<>();
    long bytes = 0;
    for (ConnectedNode connected : streams.nodes()) {
      if (wanted.test(connected.node())) {
        List<ResourceStanding> resources = streams.resources(connected.stream());
        bytes += size(resources, request.getExcludeResourceContents());
        if (bytes > mostBytes) {
          throw new TooLargeException(
              "the answer would be larger than "
                  + (mostBytes >> 20)
                  + " MiB; ask with `exclude_resource_contents` or for fewer nodes with"
                  + " `node_matchers`");
        }
        ClientConfig.Builder config =
            byNode.computeIfAbsent(
                connected.node().getId(),
                id -> ClientConfig.newBuilder().setNode(connected.node()));
        resources.forEach(
            resource ->
                config.addGenericXdsConfigs(
                    config(resource, request.getExcludeResourceContents())));
      }
    }
    ClientStatusResponse.Builder response = ClientStatusResponse.newBuilder();
    byNode.values().forEach(response::addConfig);
    return response.build();
  }

  private static long size(List<ResourceStanding> resources, boolean withoutContents) {
    long bytes = 0;
    for (ResourceStanding resource : resources) {
      bytes += BYTES_BESIDE_CONTENT;
      if (!withoutContents && resource.content().isPresent()) {
        bytes += resource.content().get().any().size();
      }
    }
    return bytes;
  }

  private static GenericXdsConfig config(ResourceStanding resource, boolean withoutContents) {
    GenericXdsConfig.Builder config =
        GenericXdsConfig.newBuilder()
            .setTypeUrl(resource.kind().typeUrl())
            .setName(resource.name())
            .setConfigStatus(
                switch (resource.state()) {
                  case ACCEPTED -> ConfigStatus.SYNCED;
                  case SENT -> ConfigStatus.STALE;
                  case UNSENT -> ConfigStatus.NOT_SENT;
                  case REJECTED -> ConfigStatus.ERROR;
                })
            .setClientStatus(client(resource));
    resource
        .content()
        .ifPresent(
            content -> {
              config.setVersionInfo(content.version());
              if (!withoutContents && !content.kind().equals(ResourceKind.SECRET)) {
                config.setXdsConfig(any(content));
              }
            });
    resource.refusal().ifPresent(refusal -> config.setErrorState(error(refusal)));
    return config.build();
  }

  private static ClientResourceStatus client(ResourceStanding resource) {
    return switch (resource.state()) {
      case ACCEPTED ->
          resource.content().isPresent()
              ? ClientResourceStatus.ACKED
              : ClientResourceStatus.DOES_NOT_EXIST;
      // Until the newest content is answered, the proxy stays on what it has.
      case SENT, UNSENT ->
          resource.acceptedVersion().isPresent()
              ? ClientResourceStatus.ACKED
              : ClientResourceStatus.REQUESTED;
      case REJECTED -> ClientResourceStatus.NACKED;
    };
  }

  private static UpdateFailureState error(RejectedContent refusal) {
    Instant at = refusal.at();
    return UpdateFailureState.newBuilder()
        .setDetails(refusal.text())
        .setVersionInfo(refusal.version())
        .setLastUpdateAttempt(
            Timestamp.newBuilder().setSeconds(at.getEpochSecond()).setNanos(at.getNano()))
        .build();
  }

  private static Any any(Resource content) {
    try {
      return Any.parseFrom(content.any());
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("a resource is always packed as an Any: " + content, e);
    }
  }
}
