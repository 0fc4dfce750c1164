package dev.skiffmesh.server.delivery;

import dev.skiffmesh.translator.resource.ResourceKind;

/** What the state machine wants the world to know. */
sealed interface Notice {

  /** The proxy has answered the newest response of a type. */
  record Answered(ProxyAck ack) implements Notice {}

  /** The proxy has answered some other response; only what it asked for was taken from it. */
  record Stale(ResourceKind kind, String nonce) implements Notice {}
}
