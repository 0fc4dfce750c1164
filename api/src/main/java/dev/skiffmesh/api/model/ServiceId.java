package dev.skiffmesh.api.model;

import java.util.Comparator;
import java.util.regex.Pattern;

/**
 * A mesh service's name: two DNS labels (RFC 1123), {@code namespace/name}.
 *
 * <p>What a registry calls the service, if it is not a DNS label, is one of its {@link
 * Service#aliases()}.
 *
 * @param namespace a DNS label, at most 63 characters
 * @param name a DNS label, at most 63 characters
 */
public record ServiceId(String namespace, String name) implements Comparable<ServiceId> {

  private static final Pattern DNS_LABEL = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");
  private static final Comparator<ServiceId> ORDER =
      Comparator.comparing(ServiceId::namespace).thenComparing(ServiceId::name);

  /** Refuses what is not a DNS label with an {@link IllegalArgumentException}. */
  public ServiceId {
    requireLabel("namespace", namespace);
    requireLabel("name", name);
  }

  /** Tells whether {@code text} may stand as a namespace or a name. */
  public static boolean isLabel(String text) {
    return DNS_LABEL.matcher(text).matches();
  }

  /**
   * Reads {@code namespace/name}.
   *
   * @throws IllegalArgumentException if {@code text} has another form
   */
  public static ServiceId parse(String text) {
    int slash = text.indexOf('/');
    if (slash < 0) {
      throw new IllegalArgumentException(
          "A service is written namespace/name, found '" + text + "'");
    }
    return new ServiceId(text.substring(0, slash), text.substring(slash + 1));
  }

  /** Sorts before all other services of a namespace. */
  public static ServiceId leastOf(String namespace) {
    return new ServiceId(namespace, "0");
  }

  /** The host name that is the service's own in every namespace: {@code name.namespace}. */
  public String host() {
    return name + "." + namespace;
  }

  @Override
  public int compareTo(ServiceId other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return namespace + "/" + name;
  }

  private static void requireLabel(String what, String text) {
    if (!isLabel(text)) {
      throw new IllegalArgumentException(
          "A service's "
              + what
              + " must be a DNS label of at most 63 characters, found '"
              + text
              + "'");
    }
  }
}
