package dev.skiffmesh.registry.zookeeper;

import dev.skiffmesh.registry.core.IpAddresses;
import java.math.BigDecimal;
import java.net.InetAddress;

/** Reads single values of what was registered. Pure. */
final class NodeValues {

  /** More than anybody means, and far from what would cost memory to write out. */
  private static final int LONGEST_DECIMAL = 12;

  private static final int LONGEST_SHOWN = 60;

  private NodeValues() {}

  /** Nobody can call an instance at any address, and nobody here resolves names. */
  static String address(String text) throws MalformedNodeException {
    if (IpAddresses.isLiteral(text)) {
      InetAddress address = InetAddress.ofLiteral(text);
      if (!address.isAnyLocalAddress() && !address.isMulticastAddress()) {
        return address.getHostAddress();
      }
    }
    throw new MalformedNodeException("`address` must be an IP address, found '" + text + "'");
  }

  static int port(String field, String text) throws MalformedNodeException {
    if (text.matches("\\d{1,5}") && PortKind.isPort(Integer.parseInt(text))) {
      return Integer.parseInt(text);
    }
    throw new MalformedNodeException(
        "`" + field + "` must be from 1 to 65535, found '" + shown(text) + "'");
  }

  /** A weight of 0 or more; one where none is given. */
  static BigDecimal weight(String text) throws MalformedNodeException {
    if (text.isEmpty()) {
      return BigDecimal.ONE;
    }
    if (text.length() <= LONGEST_DECIMAL && text.matches("\\d+(\\.\\d+)?")) {
      return new BigDecimal(text);
    }
    throw new MalformedNodeException(
        "`weight` must be a decimal of 0 or more, found '" + shown(text) + "'");
  }

  static String shown(String text) {
    return text.length() <= LONGEST_SHOWN ? text : text.substring(0, LONGEST_SHOWN) + "…";
  }
}
