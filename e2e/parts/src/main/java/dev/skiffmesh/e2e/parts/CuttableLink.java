package dev.skiffmesh.e2e.parts;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A TCP connection's way through a network that can fail as real ones do. It can be cut: nothing
 * passes, and nobody is told, as in a partition; what was under way waits, and arrives when the
 * link is whole again. It can be cut in one direction alone (half-open), be slow, forget its
 * connections, or break them with a reset. Thread-safe; loopback only.
 */
public final class CuttableLink implements AutoCloseable {

  private static final int BUFFER = 16 * 1024;

  /** What a cut holds up. */
  private enum Cut {
    NOTHING,
    ANSWERS,
    EVERYTHING
  }

  private final ServerSocket listener;
  private final int target;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final Object lock = new Object();

  // Guarded by lock.
  private Cut cut = Cut.NOTHING;

  private boolean closed;
  private long connections;
  private long forgotten;
  private Duration latency = Duration.ZERO;

  private CuttableLink(ServerSocket listener, int target) {
    this.listener = listener;
    this.target = target;
  }

  /** Leads from {@link #port()} to that port; whole at first. */
  public static CuttableLink to(int target) {
    return between(0, target);
  }

  /** Leads from that port to the other one, for clients that derive a port from another. */
  public static CuttableLink between(int port, int target) {
    try {
      ServerSocket listener = new ServerSocket(port, 0, InetAddress.getLoopbackAddress());
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
    become(Cut.EVERYTHING);
  }

  /**
   * From now on what comes from the target waits, and what goes to it arrives: the half-open
   * connection of a firewall that has forgotten one direction.
   */
  public void cutAnswers() {
    become(Cut.ANSWERS);
  }

  /**
   * The connections that are there carry nothing any more, whatever becomes of the link, and nobody
   * is told: the fail-over of a firewall or a load balancer. New ones are made as before.
   */
  public void forget() {
    synchronized (lock) {
      forgotten = connections;
    }
  }

  /** Each piece waits that long, in each direction, before it passes on. */
  public void delay(Duration eachWay) {
    synchronized (lock) {
      latency = eachWay;
    }
  }

  /** Breaks all connections with a reset; new ones are made as before. */
  public void reset() {
    Set<Socket> open = Set.copyOf(sockets);
    for (Socket socket : open) {
      try {
        // Closing with a linger of 0 sends RST instead of FIN. All first: whoever pumps closes the
        // second side of a connection as soon as the first is gone.
        socket.setSoLinger(true, 0);
      } catch (IOException ended) {
        // It is no longer of use.
      }
    }
    open.forEach(this::end);
  }

  /** What waits passes, and everything after it. */
  public void mend() {
    become(Cut.NOTHING);
  }

  private void become(Cut now) {
    synchronized (lock) {
      cut = now;
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
    long number;
    synchronized (lock) {
      number = ++connections;
    }
    try {
      if (!awaitWhole(number, Cut.EVERYTHING)) {
        return;
      }
      Socket far = new Socket(InetAddress.getLoopbackAddress(), target);
      sockets.add(far);
      Thread.ofVirtual().name("link-" + target).start(() -> pump(number, far, near, Cut.ANSWERS));
      pump(number, near, far, Cut.EVERYTHING);
    } catch (IOException refused) {
      end(near);
    }
  }

  /**
   * When one side ends, so does the other.
   *
   * @param least the least cut that holds this direction up
   */
  private void pump(long number, Socket from, Socket to, Cut least) {
    byte[] buffer = new byte[BUFFER];
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      int read = in.read(buffer);
      while (read >= 0 && awaitWhole(number, least)) {
        out.write(buffer, 0, read);
        read = in.read(buffer);
      }
      // The end of a connection does not pass a cut either.
      awaitWhole(number, least);
    } catch (IOException ended) {
      // As when it ends in order.
    }
    end(from);
    end(to);
  }

  /** Waits for the latency and while nothing passes; tells whether the link is still wanted. */
  private boolean awaitWhole(long number, Cut least) {
    synchronized (lock) {
      try {
        long passes = System.nanoTime() + latency.toNanos();
        while (!closed) {
          long rest = passes - System.nanoTime();
          if (number <= forgotten || cut.compareTo(least) >= 0) {
            lock.wait();
          } else if (rest > 0) {
            // Rounded up: a wait of 0 would be one without end.
            lock.wait(rest / 1_000_000 + 1);
          } else {
            return true;
          }
        }
        return false;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
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
