package dev.skiffmesh.registry.zookeeper;

/** ZooKeeper does not answer; the reason is one sentence without its full stop. */
final class ZooKeeperLostException extends Exception {

  private static final long serialVersionUID = 1L;

  private final String reason;

  ZooKeeperLostException(String reason, Throwable cause) {
    super(reason, cause);
    this.reason = reason;
  }

  String reason() {
    return reason;
  }
}
