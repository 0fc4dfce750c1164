package dev.skiffmesh.e2e.demo;

import dev.skiffmesh.e2e.parts.FreePorts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/** Ports that people know where they are free, others where they are not. */
final class Ports {

  private Ports() {}

  /** {@code known} if nobody listens there, else any free one. */
  static int preferably(int known) {
    return isFree(known) ? known : FreePorts.next();
  }

  static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket()) {
      // As Envoy and Netty bind: a port in TIME_WAIT is free.
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      return true;
    } catch (IOException taken) {
      return false;
    }
  }
}
