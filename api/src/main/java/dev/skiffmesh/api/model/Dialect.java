package dev.skiffmesh.api.model;

/**
 * Which xDS a data plane understands. The translator leaves out what a dialect lacks and says so.
 */
public sealed interface Dialect {

  /**
   * An Envoy.
   *
   * @param major 1
   * @param minor for example 40
   * @param incremental true for delta xDS, false for state-of-the-world: virtual hosts can be
   *     resources of their own (VHDS) over delta only
   */
  record Envoy(int major, int minor, boolean incremental) implements Dialect {

    /** The least minor version that takes VHDS over the one ADS stream. */
    private static final int VHDS_OVER_ADS_SINCE = 37;

    /** The least minor version whose on-demand discovery can be relied on. */
    private static final int ON_DEMAND_SINCE = 40;

    /** Tells whether this version is at least {@code 1.minor}. */
    public boolean isAtLeast(int leastMinor) {
      return major > 1 || (major == 1 && minor >= leastMinor);
    }

    /** Tells whether virtual hosts are sent as resources of their own (VHDS) over ADS. */
    public boolean takesVirtualHosts() {
      return incremental && isAtLeast(VHDS_OVER_ADS_SINCE);
    }

    /**
     * Tells whether it asks for virtual hosts that it does not know. Older ones hang where a known
     * host has no route, and lose large first requests.
     */
    public boolean asksForVirtualHosts() {
      return incremental && isAtLeast(ON_DEMAND_SINCE);
    }

    @Override
    public String toString() {
      return "envoy " + major + "." + minor + (incremental ? "" : " (state of the world)");
    }
  }

  /**
   * A gRPC library's xDS client (proxyless).
   *
   * @param language {@code java}, {@code go}, {@code c-core} or {@code unknown}
   */
  record Grpc(String language) implements Dialect {
    @Override
    public String toString() {
      return "grpc " + language;
    }
  }
}
