package dev.skiffmesh.registry.core;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Optional;
import java.util.regex.Pattern;

/** Tells addresses from host names without asking any resolver. */
public final class IpAddresses {

  /** Four numbers; the JDK's own literals would also be {@code 127.1}, which Envoy refuses. */
  private static final Pattern FOUR_NUMBERS =
      Pattern.compile("((25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])(\\.(?!$)|$)){4}");

  private IpAddresses() {}

  /** Tells whether {@code text} is an IPv4 or IPv6 address, without a zone and without brackets. */
  public static boolean isLiteral(String text) {
    if (FOUR_NUMBERS.matcher(text).matches()) {
      return true;
    }
    if (text.indexOf(':') < 0 || text.indexOf('%') >= 0 || text.indexOf('[') >= 0) {
      return false;
    }
    try {
      // The JDK gives back an IPv4 address for a mapped one (::ffff:10.0.0.1), which is one too.
      Inet6Address.ofLiteral(text);
      return true;
    } catch (IllegalArgumentException notAnAddress) {
      return false;
    }
  }

  /**
   * The address that {@code text} spells in any way in which clients of registries write and read
   * them: with brackets, as in a URL (Spring Cloud Alibaba, Dubbo), and with the zone that Java
   * writes behind the address of an interface ({@code 2001:db8::8%eth0}), which means something on
   * that machine alone. A link-local address means nothing without its zone and is none here.
   */
  public static Optional<InetAddress> spelled(String text) {
    String bare = bare(text);
    int zone = bare.indexOf('%');
    String literal = zone < 0 ? bare : bare.substring(0, zone);
    if (!isLiteral(literal) || (zone >= 0 && literal.indexOf(':') < 0)) {
      return Optional.empty();
    }
    InetAddress address = InetAddress.ofLiteral(literal);
    return zone >= 0 && address.isLinkLocalAddress() ? Optional.empty() : Optional.of(address);
  }

  /** Tells whether it is an address of a machine's own link, with or without its zone. */
  static boolean isLinkLocal(String text) {
    String bare = bare(text);
    int zone = bare.indexOf('%');
    String literal = zone < 0 ? bare : bare.substring(0, zone);
    return isLiteral(literal) && InetAddress.ofLiteral(literal).isLinkLocalAddress();
  }

  /** Tells whether others than the machine itself may call it. */
  static boolean isForOthers(InetAddress address) {
    return !address.isAnyLocalAddress()
        && !address.isMulticastAddress()
        && !address.isLoopbackAddress()
        && !address.isLinkLocalAddress();
  }

  private static String bare(String text) {
    String stripped = text.strip();
    return stripped.startsWith("[") && stripped.endsWith("]")
        ? stripped.substring(1, stripped.length() - 1)
        : stripped;
  }
}
