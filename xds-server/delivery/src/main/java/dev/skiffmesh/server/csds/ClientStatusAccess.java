package dev.skiffmesh.server.csds;

/** Who may read the client status, which contains the configuration of all proxies. */
public enum ClientStatusAccess {
  /** Nobody. */
  OFF,
  /** Peers on a loopback address. */
  LOOPBACK,
  /** Whoever reaches the port. */
  EVERYONE
}
