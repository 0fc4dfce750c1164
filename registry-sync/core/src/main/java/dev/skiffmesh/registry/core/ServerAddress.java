package dev.skiffmesh.registry.core;

import java.net.URI;

/**
 * Addresses of servers, as users write them. An address is shown in findings, logs and pages, so
 * that none may hold a login; one that does is refused, and not shown even then.
 */
public final class ServerAddress {

  private ServerAddress() {}

  /** Tells whether there is a login: something before an {@code @}, where a server's name is. */
  public static boolean holdsLogin(String address) {
    int scheme = address.indexOf("://");
    String rest = scheme < 0 ? address : address.substring(scheme + 3);
    int end = rest.length();
    for (char mark : new char[] {'/', '?', '#'}) {
      int at = rest.indexOf(mark);
      end = at < 0 ? end : Math.min(end, at);
    }
    return rest.lastIndexOf('@', end - 1) >= 0;
  }

  /**
   * Refuses a login.
   *
   * @param key of the setting
   * @param instead where the login belongs
   */
  public static void requireNoLogin(String key, String address, String instead) {
    SourceSettings.require(!holdsLogin(address), key, "must not hold a login; write " + instead);
  }

  /**
   * An address of HTTP, without the slash behind it, which users write and leave out.
   *
   * @param key of the setting
   * @param example of a right one
   * @param instead where a login belongs
   */
  public static URI http(String key, URI server, String example, String instead) {
    requireNoLogin(key, server.toString(), instead);
    boolean isHttp = "http".equals(server.getScheme()) || "https".equals(server.getScheme());
    SourceSettings.require(
        isHttp && server.getHost() != null && server.getRawQuery() == null,
        key,
        "must be like '" + example + "', found '" + server + "'");
    String text = server.toString();
    return URI.create(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
  }
}
