package dev.skiffmesh.e2e.parts;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A TCP connection's way through a network that can be cut: nothing passes, and nobody is told, as
 * in a real partition. What was under way waits, and arrives when the link is whole again.
 * Thread-safe; loopback only.
 */
public final class CuttableLink implements AutoCloseable {

  private static final int BUFFER = 16 * 1024;

  private final ServerSocket listener;
  private final int target;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final Object lock = new Object();

  // Guarded by lock.
  private boolean cut;
  private boolean closed;

  private CuttableLink(ServerSocket listener, int target) {
    this.listener = listener;
    this.target = target;
  }

  /** Leads from {@link #port()} to that port; whole at first. */
  public static CuttableLink to(int target) {
    try {
      ServerSocket listener = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
      CuttableLink link = new CuttableLink(listener, target);
      Thread.ofVirtual().name("link-" + target).start(link::accept);
      return link;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Where to connect instead of the target. */
  public int port() {
    return listener.getLocalPort();
  }

  /** From now on nothing passes, in either direction; connections stay open. */
  public void cut() {
    synchronized (lock) {
      cut = true;
    }
  }

  /** What waits passes, and everything after it. */
  public void mend() {
    synchronized (lock) {
      cut = false;
      lock.notifyAll();
    }
  }

  @Override
  public void close() {
    synchronized (lock) {
      closed = true;
      lock.notifyAll();
    }
    closeQuietly(listener);
    sockets.forEach(CuttableLink::closeQuietly);
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket near = listener.accept();
        sockets.add(near);
        Thread.ofVirtual().name("link-" + target).start(() -> connect(near));
      } catch (IOException ended) {
        return;
      }
    }
  }

  private void connect(Socket near) {
    try {
      if (!awaitWhole()) {
        return;
      }
      Socket far = new Socket(InetAddress.getLoopbackAddress(), target);
      sockets.add(far);
      Thread.ofVirtual().name("link-" + target).start(() -> pump(far, near));
      pump(near, far);
    } catch (IOException refused) {
      end(near);
    }
  }

  /** When one side ends, so does the other. */
  private void pump(Socket from, Socket to) {
    byte[] buffer = new byte[BUFFER];
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      int read = in.read(buffer);
      while (read >= 0 && awaitWhole()) {
        out.write(buffer, 0, read);
        read = in.read(buffer);
      }
      // The end of a connection does not pass a cut either.
      awaitWhole();
    } catch (IOException ended) {
      // As when it ends in order.
    }
    end(from);
    end(to);
  }

  /** Waits while the link is cut; tells whether it is still wanted. */
  private boolean awaitWhole() {
    synchronized (lock) {
      try {
        while (cut && !closed) {
          lock.wait();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
      return !closed;
    }
  }

  private void end(Socket socket) {
    sockets.remove(socket);
    closeQuietly(socket);
  }

  private static void closeQuietly(AutoCloseable socket) {
    try {
      socket.close();
    } catch (Exception ignored) {
      // It is no longer of use.
    }
  }
}
