package dev.skiffmesh.server.admin;

import java.util.List;

/**
 * The port of people, scrapers and the command line.
 *
 * @param host an address or a host name of this machine
 * @param port 0 for any free one
 * @param hosts names under which it is reached, beside that address and loopback's
 */
public record AdminSettings(String host, int port, List<String> hosts) {

  /** Copies the names. */
  public AdminSettings {
    hosts = List.copyOf(hosts);
  }
}
