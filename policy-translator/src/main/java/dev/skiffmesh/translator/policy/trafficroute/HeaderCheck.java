package dev.skiffmesh.translator.policy.trafficroute;

import dev.skiffmesh.api.policy.trafficroute.HeaderEdits;
import dev.skiffmesh.translator.policy.SpecChecker;
import dev.skiffmesh.translator.policy.match.HeaderNames;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What headers may be changed to. */
final class HeaderCheck {

  /** A name or IPv4 address, or an IPv6 address in brackets (RFC 3986, section 3.2.2). */
  private static final Pattern HOST =
      Pattern.compile("(?:[^\\[\\]:]+|\\[[0-9A-Fa-f:.]+\\])(?::([0-9]{1,5}))?");

  private static final int GREATEST_PORT = 65_535;

  /** Belong to the connection or the message's framing (RFC 9110, section 7.6.1). */
  private static final Set<String> FRAMING =
      Set.of(
          "connection",
          "content-length",
          "keep-alive",
          "proxy-connection",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade");

  private final SpecChecker checker;

  HeaderCheck(SpecChecker checker) {
    this.checker = checker;
  }

  void edits(String at, @Nullable HeaderEdits edits) {
    if (edits == null) {
      return;
    }
    edits.set().forEach((name, value) -> header(at + ".set", name, value));
    edits.add().forEach((name, value) -> header(at + ".add", name, value));
    for (int i = 0; i < edits.remove().size(); i++) {
      header(at + ".remove[" + i + "]", edits.remove().get(i), "");
    }
  }

  void header(String at, String name, String value) {
    String lower = name.toLowerCase(Locale.ROOT);
    if (lower.equals("host")) {
      checker.refuse(at, "must not change 'host'; use `rewrite.host`");
    } else if (!HeaderNames.isToken(name)) {
      checker.refuse(at, "must have header names without spaces and ':', found '" + name + "'");
    } else if (FRAMING.contains(lower)) {
      checker.refuse(at, "must not change '" + lower + "', which belongs to the connection");
    }
    if (value.chars().anyMatch(c -> c == '\r' || c == '\n' || c == 0)) {
      checker.refuse(at, "must have values of one line, '" + name + "' has several");
    }
  }

  /** Refuses a host that no Host header can carry; null is none. */
  void host(String field, @Nullable String host) {
    if (host == null) {
      return;
    }
    Matcher parts = HOST.matcher(host);
    if (!parts.matches() || !isPort(parts.group(1))) {
      checker.refuse(
          field,
          "must be a name or an address, an IPv6 address in brackets, with a port from 1 to 65535"
              + " if any, found '"
              + host
              + "'");
    }
  }

  /** Tells whether a host that was not refused names a port. */
  static boolean hasPort(String host) {
    Matcher parts = HOST.matcher(host);
    return parts.matches() && parts.group(1) != null;
  }

  private static boolean isPort(@Nullable String digits) {
    if (digits == null) {
      return true;
    }
    int port = Integer.parseInt(digits);
    return port > 0 && port <= GREATEST_PORT;
  }
}
