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
interface ProtocolVariant<Q> {

  /** The machine, shared by all streams of such clients. */
  StreamMachine machine(Node client);

  /** True for delta xDS. */
  boolean incremental();

  /** Who wrote the request; empty in all but the first message of many clients. */
  Node node(Q request);

  /** Which type it is about. */
  String typeUrl(Q request);

  /** The request as the machine takes it. */
  StreamEvent event(Q request, ResourceKind kind, Instant at);

  /** Tells whether a type is served in this variant. */
  boolean serves(ResourceKind kind);

  /** Incremental xDS. */
  record Delta(DeltaStream ofEnvoy, DeltaStream byTheLetter)
      implements ProtocolVariant<DeltaDiscoveryRequest> {

    /** Under {@code rules} and what they are for other clients. */
    static Delta under(DeliveryRules rules) {
      return new Delta(new DeltaStream(rules), new DeltaStream(rules.byTheLetter()));
    }

    @Override
    public StreamMachine machine(Node client) {
      return NodeReader.isEnvoy(client) ? ofEnvoy : byTheLetter;
    }

    @Override
    public boolean serves(ResourceKind kind) {
      return ofEnvoy.rules.rule(kind).isPresent();
    }

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
  record Sotw(SotwStream ofEnvoy, SotwStream byName) implements ProtocolVariant<DiscoveryRequest> {

    /** Under {@code rules} and what they are for other clients. */
    static Sotw under(DeliveryRules rules) {
      return new Sotw(new SotwStream(rules), new SotwStream(rules.byName()));
    }

    @Override
    public StreamMachine machine(Node client) {
      return NodeReader.isEnvoy(client) ? ofEnvoy : byName;
    }

    @Override
    public boolean serves(ResourceKind kind) {
      return ofEnvoy.rules.rule(kind).filter(KindRule::sotw).isPresent();
    }

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
