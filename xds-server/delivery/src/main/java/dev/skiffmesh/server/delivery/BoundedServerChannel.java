package dev.skiffmesh.server.delivery;

import io.netty.channel.Channel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The listening socket of the port, which asks {@link Connections} for each one that comes. */
final class BoundedServerChannel extends NioServerSocketChannel {

  /** As long as Netty's own server waits after an accept that failed. */
  private static final int PAUSE_SECONDS = 1;

  private final Connections connections;

  BoundedServerChannel(Connections connections) {
    this.connections = connections;
  }

  @Override
  protected int doReadMessages(List<Object> accepted) throws Exception {
    int read;
    try {
      read = super.doReadMessages(accepted);
    } catch (IOException noHandle) {
      // Netty's server would do the same, and write a stack each time.
      connections.failed(noHandle);
      config().setAutoRead(false);
      var _ =
          eventLoop().schedule(() -> config().setAutoRead(true), PAUSE_SECONDS, TimeUnit.SECONDS);
      return 0;
    }
    if (read > 0
        && accepted.getLast() instanceof Channel channel
        && !connections.came(peer(channel))) {
      accepted.removeLast();
      channel.unsafe().closeForcibly();
      return 0;
    }
    return read;
  }

  private static String peer(Channel channel) {
    return channel.remoteAddress() instanceof InetSocketAddress address
            && address.getAddress() != null
        ? address.getAddress().getHostAddress()
        : String.valueOf(channel.remoteAddress());
  }
}
