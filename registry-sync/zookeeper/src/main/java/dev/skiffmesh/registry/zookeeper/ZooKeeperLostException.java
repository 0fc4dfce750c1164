package dev.skiffmesh.registry.zookeeper;

import java.io.IOException;

/** ZooKeeper does not answer; the message is one sentence without its full stop. */
final class ZooKeeperLostException extends IOException {

  private static final long serialVersionUID = 1L;

  ZooKeeperLostException(String reason, Throwable cause) {
    super(reason, cause);
  }
}
