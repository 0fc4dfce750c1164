package dev.skiffmesh.api.model;

/**
 * One port of a service, as callers name it. The instances' own port numbers are in {@link
 * Endpoint#ports()} under the same name and may differ.
 *
 * @param name unique within the service, for example {@code http}
 * @param number 1 to 65535; for registries that know no service port it is the protocol's customary
 *     one (http 80, http2 80, grpc 50051, dubbo 20880)
 * @param protocol what is spoken there
 */
public record ServicePort(String name, int number, Protocol protocol) {

  /** HTTP's own port, which a URL need not name. */
  public static final int HTTP_DEFAULT = 80;

  /** The name of the port of a framework's own pages, which is no part of the service. */
  public static final String MANAGEMENT = "management";

  /** Refuses a number outside 1 to 65535 with an {@link IllegalArgumentException}. */
  public ServicePort {
    if (number < 1 || number > 65_535) {
      throw new IllegalArgumentException("A port must be from 1 to 65535, found " + number);
    }
  }

  /** Tells whether no call that names no port may come here. */
  public boolean isManagement() {
    return name.equals(MANAGEMENT);
  }
}
