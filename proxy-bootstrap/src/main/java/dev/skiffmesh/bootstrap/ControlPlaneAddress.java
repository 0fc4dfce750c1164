package dev.skiffmesh.bootstrap;

import java.util.Optional;

/**
 * Where a control plane answers xDS.
 *
 * @param host a host name or an IP literal, an IPv6 one without its brackets
 * @param port 1 to 65535
 */
public record ControlPlaneAddress(String host, int port) {

  /** Where {@code skiff serve} listens unless told otherwise. */
  public static final ControlPlaneAddress DEFAULT = new ControlPlaneAddress("127.0.0.1", 18_000);

  /**
   * Refuses an empty host and a port outside 1 to 65535 with an {@link IllegalArgumentException}.
   */
  public ControlPlaneAddress {
    if (host.isEmpty() || port < 1 || port > IpAddress.LARGEST_PORT) {
      throw new IllegalArgumentException("Not a control plane's address: " + host + ":" + port);
    }
  }

  /**
   * Reads {@code HOST:PORT}, {@code [IPv6]:PORT} included; empty if {@code text} has another form.
   */
  static Optional<ControlPlaneAddress> read(String text) {
    int colon = text.lastIndexOf(':');
    if (colon < 1) {
      return Optional.empty();
    }
    Optional<Integer> port = IpAddress.readPort(text.substring(colon + 1));
    String host = text.substring(0, colon);
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
      if (!host.contains(":") || !IpAddress.isLiteral(host)) {
        return Optional.empty();
      }
    } else if (!isHostName(host)) {
      return Optional.empty();
    }
    String bare = host;
    return port.map(number -> new ControlPlaneAddress(bare, number));
  }

  /** Tells whether {@link #host()} is an IP literal, so that no name has to be resolved. */
  boolean isIpLiteral() {
    return IpAddress.isLiteral(host);
  }

  /** Tells whether only this machine reaches the address. */
  boolean isOnThisMachine() {
    return host.equals("localhost") || IpAddress.isLoopback(host);
  }

  /** {@code HOST:PORT}, with brackets around an IPv6 literal. */
  @Override
  public String toString() {
    return IpAddress.withPort(host, port);
  }

  private static boolean isHostName(String host) {
    return host.matches("[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?");
  }
}
