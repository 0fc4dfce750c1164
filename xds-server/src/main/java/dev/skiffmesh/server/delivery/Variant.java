package dev.skiffmesh.server.delivery;

import dev.skiffmesh.translator.resource.ResourceKind;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import java.time.Instant;
import java.util.List;

/**
 * One of the two protocol variants: how its requests are read and which machine takes them.
 *
 * @param <Q> its request message
 */
interface Variant<Q> {

  /** The machine, shared by all streams of the variant. */
  StreamMachine machine();

  /** True for delta xDS. */
  boolean incremental();

  /** Who wrote the request; empty in all but the first message of many clients. */
  Node node(Q request);

  /** Which type it is about. */
  String typeUrl(Q request);

  /** The request as the machine takes it. */
  StreamEvent event(Q request, ResourceKind kind, Instant at);

  /** Tells whether a type is served in this variant. */
  default boolean serves(ResourceKind kind) {
    return machine().rules.rule(kind).filter(rule -> incremental() || rule.sotw()).isPresent();
  }

  /** Incremental xDS. */
  record Delta(DeltaStream machine) implements Variant<DeltaDiscoveryRequest> {

    @Override
    public boolean incremental() {
      return true;
    }

    @Override
    public Node node(DeltaDiscoveryRequest request) {
      return request.getNode();
    }

    @Override
    public String typeUrl(DeltaDiscoveryRequest request) {
      return request.getTypeUrl();
    }

    @Override
    public StreamEvent event(DeltaDiscoveryRequest request, ResourceKind kind, Instant at) {
      return new StreamEvent.DeltaRequest(
          kind,
          Bounds.nonce(request.getResponseNonce()),
          request.hasErrorDetail() ? Bounds.errorText(request.getErrorDetail().getMessage()) : null,
          Bounds.names(List.copyOf(request.getResourceNamesSubscribeList())),
          Bounds.names(List.copyOf(request.getResourceNamesUnsubscribeList())),
          Bounds.versions(request.getInitialResourceVersionsMap()),
          at);
    }
  }

  /** State of the world. */
  record Sotw(SotwStream machine) implements Variant<DiscoveryRequest> {

    @Override
    public boolean incremental() {
      return false;
    }

    @Override
    public Node node(DiscoveryRequest request) {
      return request.getNode();
    }

    @Override
    public String typeUrl(DiscoveryRequest request) {
      return request.getTypeUrl();
    }

    @Override
    public StreamEvent event(DiscoveryRequest request, ResourceKind kind, Instant at) {
      return new StreamEvent.SotwRequest(
          kind,
          Bounds.nonce(request.getResponseNonce()),
          request.hasErrorDetail() ? Bounds.errorText(request.getErrorDetail().getMessage()) : null,
          Bounds.names(List.copyOf(request.getResourceNamesList())),
          Bounds.version(request.getVersionInfo()),
          at);
    }
  }
}
