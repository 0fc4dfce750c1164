package dev.skiffmesh.bootstrap;

import java.util.List;

/**
 * The flags of {@code skiff bootstrap}, as they were typed.
 *
 * @param service {@code --service}
 * @param namespace {@code --namespace}
 * @param address {@code --address}
 * @param zone {@code --zone}, empty if it was not given
 * @param labels each {@code --label}, {@code key=value}
 * @param appPorts each {@code --app-port}: {@code PORT}, {@code NAME=PORT}, or {@code
 *     NAME=REGISTERED:PORT}; the protocol is told by the name
 * @param xds each {@code --xds}, {@code HOST:PORT}; empty for {@link ControlPlaneAddress#DEFAULT}
 * @param ports the proxy's own three ports
 */
public record BootstrapFlags(
    String service,
    String namespace,
    String address,
    String zone,
    List<String> labels,
    List<String> appPorts,
    List<String> xds,
    ListenerPorts ports) {

  /** Copies the lists. */
  public BootstrapFlags {
    labels = List.copyOf(labels);
    appPorts = List.copyOf(appPorts);
    xds = List.copyOf(xds);
  }

  /**
   * What {@code --address} is unless given: right for a machine that holds the whole mesh, and
   * refused as soon as a control plane is on another one.
   */
  public static final String DEFAULT_ADDRESS = "127.0.0.1";

  /** For whom a bootstrap is written. */
  public enum Format {
    /** Envoy's YAML. */
    ENVOY,
    /** The JSON of gRPC's xDS clients, {@code --grpc}. */
    GRPC
  }

  /**
   * Where the proxy itself listens.
   *
   * @param egress {@code --egress-port}
   * @param inbound {@code --inbound-port}
   * @param admin {@code --admin-port}
   */
  public record ListenerPorts(int egress, int inbound, int admin) {

    /** 15001, 15006 and 15000. */
    public static final ListenerPorts DEFAULT =
        new ListenerPorts(
            BootstrapRequest.DEFAULT_EGRESS_PORT,
            BootstrapRequest.DEFAULT_INBOUND_PORT,
            BootstrapRequest.DEFAULT_ADMIN_PORT);
  }

  /** Renders the bootstrap, or says all that is wrong with the flags. Pure. */
  public Rendered render(Format format) {
    FlagReader reader = new FlagReader(this);
    return switch (reader.read()) {
      case FlagReader.Read.Good(BootstrapRequest request) ->
          new Rendered.Written(
              switch (format) {
                case ENVOY -> EnvoyBootstrap.yaml(request);
                case GRPC -> GrpcBootstrap.json(request);
              });
      case FlagReader.Read.Bad(List<String> problems) -> new Rendered.Refused(problems);
    };
  }
}
