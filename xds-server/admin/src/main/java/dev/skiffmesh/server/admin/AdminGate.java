package dev.skiffmesh.server.admin;

import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Decides which requests the admin port answers. It has no login, so what is kept out is what an
 * operator's own browser could be made to send by a page of somebody else: with a name that the
 * page's owner has pointed at this port (DNS rebinding), or a change from another origin. Pure.
 */
public final class AdminGate {

  /**
   * What a change must carry, with any value. A page of another origin may send it only where this
   * port allows it (CORS, "preflight"), which it never does.
   */
  public static final String CHANGE_HEADER = "Skiff-Change";

  private static final Set<String> READING = Set.of("GET", "HEAD", "OPTIONS");

  /** What a browser says of a request that no other site has caused (Fetch Metadata). */
  private static final Set<String> OWN_SITES = Set.of("same-origin", "none");

  private static final Pattern IPV4 = Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}");
  private static final Pattern PORT = Pattern.compile(":[0-9]*$");

  private final Set<String> names = new TreeSet<>(Set.of("localhost"));

  /**
   * The names under which {@code admin} is reached are its own, those of its list, and loopback's.
   */
  AdminGate(AdminSettings admin) {
    names.add(name(admin.host()));
    admin.hosts().forEach(host -> names.add(name(host)));
  }

  /**
   * What a request says of itself.
   *
   * @param hosts all values of {@code Host}
   * @param origin null if it has none, as is {@code site}, the header {@code Sec-Fetch-Site}
   * @param hasChangeHeader whether {@link #CHANGE_HEADER} is there
   */
  record Asked(
      String method,
      List<String> hosts,
      @Nullable String origin,
      @Nullable String site,
      boolean hasChangeHeader) {}

  /** Why {@code asked} is not answered, for people; empty if it is. */
  Optional<String> refusal(Asked asked) {
    for (String host : asked.hosts()) {
      if (!isOwn(name(host))) {
        return Optional.of(
            "`Host` must be an address, localhost or a name in `admin.hosts`, found '"
                + host
                + "'");
      }
    }
    if (asked.hosts().size() > 1) {
      return Optional.of("There must be one `Host`, found " + asked.hosts().size());
    }
    String origin = asked.origin();
    if (origin != null && !isSame(origin, asked.hosts())) {
      return Optional.of("Pages of other origins are not answered, found '" + origin + "'");
    }
    if (READING.contains(asked.method())) {
      return Optional.empty();
    }
    String site = asked.site();
    if (site != null && !OWN_SITES.contains(site)) {
      return Optional.of("A change must not come from another site, found '" + site + "'");
    }
    return asked.hasChangeHeader()
        ? Optional.empty()
        : Optional.of(
            "A change must carry the header `%s` (any value), as in curl -H '%s: yes'"
                .formatted(CHANGE_HEADER, CHANGE_HEADER));
  }

  /** An address cannot be pointed elsewhere, so whoever has it has asked for this machine. */
  private boolean isOwn(String name) {
    return names.contains(name)
        || name.endsWith(".localhost")
        || name.startsWith("[")
        || IPV4.matcher(name).matches();
  }

  private static boolean isSame(String origin, List<String> hosts) {
    try {
      String authority = URI.create(origin).getRawAuthority();
      return authority != null && hosts.stream().allMatch(authority::equalsIgnoreCase);
    } catch (IllegalArgumentException noUri) {
      return false;
    }
  }

  /** Without its port, in lower case; an IPv6 address stays, or comes, in brackets. */
  private static String name(String host) {
    String lower = host.strip().toLowerCase(Locale.ROOT);
    boolean bare = lower.indexOf(':') != lower.lastIndexOf(':') && !lower.startsWith("[");
    if (bare) {
      return "[" + lower + "]";
    }
    String name = PORT.matcher(lower).replaceFirst("");
    return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
  }
}
