package dev.skiffmesh.registry.core;

import java.net.Inet6Address;
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
}
