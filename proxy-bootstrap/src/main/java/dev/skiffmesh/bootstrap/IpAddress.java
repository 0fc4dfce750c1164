package dev.skiffmesh.bootstrap;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reading and writing IP literals and ports, without ever asking a name server. */
final class IpAddress {

  static final int LARGEST_PORT = 65_535;

  /** The JDK also takes {@code 127.1} and {@code 1}; Envoy does not. */
  private static final Pattern FOUR_PARTS = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");

  private static final Pattern DIGITS = Pattern.compile("\\d{1,5}");

  private IpAddress() {}

  /** Reads a literal of four decimal parts, or an IPv6 one without scope or brackets. */
  static Optional<InetAddress> read(String text) {
    try {
      if (text.contains(":")) {
        return text.contains("%") || text.contains("[")
            ? Optional.empty()
            : Optional.of(Inet6Address.ofLiteral(text));
      }
      return FOUR_PARTS.matcher(text).matches()
          ? Optional.of(Inet4Address.ofLiteral(text))
          : Optional.empty();
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  static boolean isLiteral(String text) {
    return read(text).isPresent();
  }

  static boolean isLoopback(String text) {
    return read(text).map(InetAddress::isLoopbackAddress).orElse(false);
  }

  /** Reads a port from 1 to 65535. */
  static Optional<Integer> readPort(String text) {
    if (!DIGITS.matcher(text).matches()) {
      return Optional.empty();
    }
    int port = Integer.parseInt(text);
    return isPort(port) ? Optional.of(port) : Optional.empty();
  }

  static boolean isPort(int port) {
    return port >= 1 && port <= LARGEST_PORT;
  }

  /** {@code address:port}, with brackets around an IPv6 literal (RFC 3986, section 3.2.2). */
  static String withPort(String address, int port) {
    return address.contains(":") ? "[" + address + "]:" + port : address + ":" + port;
  }
}
