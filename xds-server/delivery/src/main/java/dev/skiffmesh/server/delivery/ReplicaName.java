package dev.skiffmesh.server.delivery;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Which replica answers, as it stands in each response ({@code control_plane.identifier}): the
 * host's name and a word that is another one after each start. An Envoy shows it as the statistic
 * {@code control_plane.identifier}.
 */
final class ReplicaName {

  /** For example {@code skiff/skiff-7d9f4b/1m3xk2}. */
  static final String OF_THIS_START = "skiff/" + host() + "/" + start();

  private static final int MOST = 253;

  private ReplicaName() {}

  /** Without asking a name server, which may take its time. */
  private static String host() {
    String set = System.getenv("HOSTNAME");
    String name = set == null ? "" : set.strip();
    if (name.isEmpty()) {
      try {
        name = Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
      } catch (IOException elsewhere) {
        name = "";
      }
    }
    return name.isEmpty() ? "unknown" : Bounds.cut(name, MOST);
  }

  private static String start() {
    return Long.toString(ThreadLocalRandom.current().nextLong(1L << 32, 1L << 36), 36);
  }
}
