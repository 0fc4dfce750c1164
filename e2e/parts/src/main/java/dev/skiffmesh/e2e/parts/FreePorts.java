package dev.skiffmesh.e2e.parts;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports for parts that must be told their port before they start; thread-safe.
 *
 * <p>Ports come at random from below the system's range for outgoing connections (Linux: 32768 and
 * up), so that no client takes one between the choice and the use, and none is handed out twice in
 * one JVM. Where a part can bind port 0 and say what it got, let it.
 */
public final class FreePorts {

  private static final int LOWEST = 15_000;
  private static final int HIGHEST = 32_000;
  private static final int ATTEMPTS = 10_000;
  private static final Set<Integer> HANDED_OUT = new HashSet<>();

  private FreePorts() {}

  /** One port that nobody listens on, on any address. */
  public static int next() {
    return nextWithOffsets();
  }

  /**
   * A port P such that P and each P + offset are free; all of them count as handed out.
   *
   * @param offsets for parts that derive further ports from their main one; may be negative
   * @throws IllegalStateException if there seems to be none
   */
  public static int nextWithOffsets(int... offsets) {
    synchronized (HANDED_OUT) {
      for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
        Set<Integer> candidate = new HashSet<>();
        int port = ThreadLocalRandom.current().nextInt(LOWEST, HIGHEST);
        candidate.add(port);
        for (int offset : offsets) {
          candidate.add(port + offset);
        }
        if (candidate.stream().allMatch(FreePorts::isUsable)) {
          HANDED_OUT.addAll(candidate);
          return port;
        }
      }
    }
    throw new IllegalStateException("No free port from " + LOWEST + " to " + HIGHEST);
  }

  private static boolean isUsable(int port) {
    return port >= LOWEST
        && port < HIGHEST
        && !HANDED_OUT.contains(port)
        && canBind(new InetSocketAddress(port))
        && canBind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
  }

  private static boolean canBind(InetSocketAddress address) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(address);
      return true;
    } catch (IOException taken) {
      return false;
    }
  }
}
