package dev.skiffmesh.registry.core;

import java.math.BigDecimal;
import java.net.InetAddress;
import java.util.Optional;

/** Reads single values of what was registered, in whatever registry. Pure. */
public final class EntryValues {

  /** More than anybody means, and far from what would cost memory to write out. */
  private static final int LONGEST_DECIMAL = 12;

  private static final int LONGEST_SHOWN = 60;

  private EntryValues() {}

  /**
   * An IP address that can be called, in the one form that all registries share, whatever way it
   * was spelled in: nobody can call an instance at any address, and nobody here resolves names.
   *
   * @param field names it to the user
   */
  public static String address(String field, String text) throws MalformedEntryException {
    Optional<InetAddress> address = IpAddresses.spelled(text);
    if (address.isPresent()
        && !address.get().isAnyLocalAddress()
        && !address.get().isMulticastAddress()) {
      return address.get().getHostAddress();
    }
    throw new MalformedEntryException(
        quoted(field) + " must be an IP address, found '" + shown(text) + "'");
  }

  /** A port; {@code field} names it to the user. */
  public static int port(String field, String text) throws MalformedEntryException {
    if (text.matches("\\d{1,5}") && PortKind.isPort(Integer.parseInt(text))) {
      return Integer.parseInt(text);
    }
    throw new MalformedEntryException(
        quoted(field) + " must be from 1 to 65535, found '" + shown(text) + "'");
  }

  /** A weight of 0 or more; one where none is given. */
  public static BigDecimal weight(String text) throws MalformedEntryException {
    if (text.isEmpty()) {
      return BigDecimal.ONE;
    }
    if (text.length() <= LONGEST_DECIMAL && text.matches("\\d+(\\.\\d+)?")) {
      return new BigDecimal(text);
    }
    throw new MalformedEntryException(
        "`weight` must be a decimal of 0 or more, found '" + shown(text) + "'");
  }

  private static String quoted(String field) {
    return field.endsWith("`") ? field : "`" + field + "`";
  }

  /** A text as messages show it, cut where it is long. */
  public static String shown(String text) {
    return text.length() <= LONGEST_SHOWN ? text : text.substring(0, LONGEST_SHOWN) + "…";
  }
}
