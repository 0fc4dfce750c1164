package dev.skiffmesh.translator.policy.match;

import java.util.regex.Pattern;

/** What a header may be called. */
public final class HeaderNames {

  /** RFC 9110, section 5.6.2. */
  private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

  private HeaderNames() {}

  /** Tells whether a header, a cookie or a mark may have that name. */
  public static boolean isToken(String name) {
    return TOKEN.matcher(name).matches();
  }
}
