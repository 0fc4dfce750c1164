package dev.skiffmesh.bootstrap;

import dev.skiffmesh.api.model.Locality;
import dev.skiffmesh.api.model.Protocol;
import dev.skiffmesh.api.model.ProxyIdentity.ProxyPort;
import dev.skiffmesh.api.model.ServiceId;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads {@link BootstrapFlags} and collects every problem, not the first alone. */
final class FlagReader {

  /** {@code PORT}, {@code NAME=PORT} or {@code NAME=REGISTERED:PORT}. */
  private static final Pattern APP_PORT =
      Pattern.compile("(?:(?<name>[^=]*)=)?(?:(?<inbound>\\d{1,5}):)?(?<app>\\d{1,5})");

  private static final String DEFAULT_PORT_NAME = "http";
  private static final String LOOPBACK = "127.0.0.1";

  private final BootstrapFlags flags;
  private final List<String> problems = new ArrayList<>();

  FlagReader(BootstrapFlags flags) {
    this.flags = flags;
  }

  /** What the flags say. */
  sealed interface Read {
    /** All is well. */
    record Good(BootstrapRequest request) implements Read {}

    /** At least one flag is wrong. */
    record Bad(List<String> problems) implements Read {}
  }

  Read read() {
    name("--service", flags.service());
    name("--namespace", flags.namespace());
    address();
    port("--egress-port", flags.ports().egress());
    port("--inbound-port", flags.ports().inbound());
    port("--admin-port", flags.ports().admin());
    Map<String, String> labels = labels();
    List<ControlPlaneAddress> controlPlanes = controlPlanes();
    List<ProxyPort> ports = appPorts();
    if (problems.isEmpty()) {
      reachable(controlPlanes);
      clashes(ports);
    }
    if (!problems.isEmpty()) {
      return new Read.Bad(List.copyOf(problems));
    }
    return new Read.Good(
        new BootstrapRequest(
            BootstrapRequest.sidecar(
                new ServiceId(flags.namespace(), flags.service()),
                flags.address(),
                ports.isEmpty() ? flags.ports().inbound() : ports.getFirst().inbound(),
                labels,
                ports,
                flags.ports().egress(),
                Locality.ofZone(flags.zone())),
            controlPlanes,
            flags.ports().admin()));
  }

  private void name(String flag, String found) {
    if (ServiceId.isLabel(found)) {
      return;
    }
    String likely = found.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9-]", "-");
    problems.add(
        "`%s` must be a DNS label (lower-case letters, digits and '-', at most 63 characters), found '%s'%s"
            .formatted(
                flag,
                found,
                ServiceId.isLabel(likely) ? "; in the mesh it is '" + likely + "'" : ""));
  }

  private void address() {
    Optional<InetAddress> address = IpAddress.read(flags.address());
    if (address.isEmpty()) {
      problems.add(
          "`--address` must be the IP address under which the service is registered, found '%s'"
              .formatted(flags.address()));
    } else if (address.get().isAnyLocalAddress() || address.get().isMulticastAddress()) {
      problems.add(
          "`--address` must be one address that callers can reach, found '%s'"
              .formatted(flags.address()));
    }
  }

  /**
   * On two machines it would be the same node id, and the newest stream would win over the other.
   */
  private void reachable(List<ControlPlaneAddress> controlPlanes) {
    if (IpAddress.isLoopback(flags.address())) {
      controlPlanes.stream()
          .filter(controlPlane -> !controlPlane.isOnThisMachine())
          .findFirst()
          .ifPresent(
              away ->
                  problems.add(
                      "`--address` must be the machine's own address when a control plane ('%s') is elsewhere, found '%s'"
                          .formatted(away, flags.address())));
    }
  }

  private void port(String flag, int found) {
    if (!IpAddress.isPort(found)) {
      problems.add("`%s` must be from 1 to 65535, found %d".formatted(flag, found));
    }
  }

  private Map<String, String> labels() {
    Map<String, String> labels = new TreeMap<>();
    for (String label : flags.labels()) {
      int equals = label.indexOf('=');
      if (equals < 1) {
        problems.add("`--label` must be key=value, found '%s'".formatted(label));
        continue;
      }
      String key = label.substring(0, equals);
      String value = label.substring(equals + 1);
      String before = labels.putIfAbsent(key, value);
      if (before != null && !before.equals(value)) {
        problems.add(
            "`--label` must name each key once, found '%s' with '%s' and '%s'"
                .formatted(key, before, value));
      }
    }
    return labels;
  }

  private List<ControlPlaneAddress> controlPlanes() {
    if (flags.xds().isEmpty()) {
      return List.of(ControlPlaneAddress.DEFAULT);
    }
    Set<ControlPlaneAddress> addresses = new LinkedHashSet<>();
    for (String text : flags.xds()) {
      Optional<ControlPlaneAddress> address = ControlPlaneAddress.read(text);
      if (address.isEmpty()) {
        problems.add(
            "`--xds` must be HOST:PORT with a port from 1 to 65535, found '%s'".formatted(text));
      } else if (!addresses.add(address.get())) {
        problems.add("`--xds` must name each control plane once, found '%s' twice".formatted(text));
      }
    }
    return List.copyOf(addresses);
  }

  private List<ProxyPort> appPorts() {
    List<ProxyPort> ports = new ArrayList<>();
    Set<String> names = new LinkedHashSet<>();
    for (String text : flags.appPorts()) {
      Optional<ProxyPort> port = appPort(text, flags.ports().inbound() + ports.size());
      if (port.isEmpty()) {
        problems.add(
            "`--app-port` must be PORT, NAME=PORT or NAME=REGISTERED:PORT with a DNS label as name"
                + " and ports from 1 to 65535, found '%s'".formatted(text));
        continue;
      }
      ports.add(port.get());
      if (!names.add(port.get().name())) {
        problems.add(
            "`--app-port` must give each port its own name, found '%s' twice; write NAME=PORT"
                .formatted(port.get().name()));
      }
    }
    return ports;
  }

  private static Optional<ProxyPort> appPort(String text, int nextInbound) {
    Matcher matcher = APP_PORT.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    String name = matcher.group("name") == null ? DEFAULT_PORT_NAME : matcher.group("name");
    int inbound =
        matcher.group("inbound") == null ? nextInbound : Integer.parseInt(matcher.group("inbound"));
    int app = Integer.parseInt(matcher.group("app"));
    return ServiceId.isLabel(name) && IpAddress.isPort(inbound) && IpAddress.isPort(app)
        ? Optional.of(new ProxyPort(name, inbound, app, protocol(name)))
        : Optional.empty();
  }

  /** {@code grpc} and {@code grpc-orders} speak gRPC, as port names do in Kubernetes. */
  private static Protocol protocol(String name) {
    int dash = name.indexOf('-');
    return Protocol.fromWireName(dash < 0 ? name : name.substring(0, dash)).orElse(Protocol.HTTP);
  }

  /** One socket cannot be bound twice; Envoy would say so only at its start. */
  private void clashes(List<ProxyPort> ports) {
    Map<String, String> users = new LinkedHashMap<>();
    claim(users, LOOPBACK, flags.ports().egress(), "`--egress-port`");
    claim(users, LOOPBACK, flags.ports().admin(), "`--admin-port`");
    for (ProxyPort port : ports) {
      claim(users, flags.address(), port.inbound(), "the registered port of '" + port.name() + "'");
      claim(users, LOOPBACK, port.app(), "`--app-port` of '" + port.name() + "'");
    }
  }

  private void claim(Map<String, String> users, String address, int port, String user) {
    String at = IpAddress.withPort(address, port);
    String before = users.putIfAbsent(at, user);
    if (before != null) {
      problems.add(
          "%s and %s must differ, both are %s (the proxy and the application share the machine)"
              .formatted(before, user, at));
    }
  }
}
