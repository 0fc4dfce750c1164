package dev.skiffmesh.server.delivery;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/**
 * The file handles that this process may still open, as they were counted.
 *
 * @param left how many
 * @param most how many it may have altogether
 */
record FreeHandles(long left, long most) {

  /** What never runs out, where the system does not tell. */
  private static final FreeHandles MANY = new FreeHandles(Integer.MAX_VALUE, Integer.MAX_VALUE);

  /**
   * So many are kept for files, registries and the admin port, and a tenth where there are few.
   * Without any, Java cannot even load a class that it needs for the first time, and never tries
   * again.
   */
  private static final int KEPT = 64;

  private static final int SHARE_KEPT = 10;

  /** Those of this process now; the system lists all that are open for it. */
  static FreeHandles ofThisProcess() {
    if (!(ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix)) {
      return MANY;
    }
    long most = unix.getMaxFileDescriptorCount();
    // The count opens a folder; where even that is refused (-1), none is left.
    long open = unix.getOpenFileDescriptorCount();
    return most <= 0 ? MANY : new FreeHandles(open < 0 ? 0 : Math.max(0, most - open), most);
  }

  /** How many are not for connections. */
  long kept() {
    return Math.min(KEPT, most / SHARE_KEPT);
  }

  /** How many connections may still come; negative if they have taken more already. */
  long forConnections() {
    return left - kept();
  }
}
