package dev.skiffmesh.server.delivery;

import dev.skiffmesh.translator.resource.ResourceKind;
import java.util.SortedSet;

/** What the state machine wants the world to know. */
sealed interface Notice {

  /** The proxy has answered the newest response of a type. */
  record Answered(ProxyAnswer answer) implements Notice {}

  /**
   * The proxy has asked for names, or has them from an earlier stream, that its snapshot lacks and
   * that the mesh may have.
   *
   * @param asked written by the proxy
   * @param held only listed as what it has
   */
  record Wanted(ResourceKind kind, SortedSet<String> asked, SortedSet<String> held)
      implements Notice {}

  /**
   * The proxy lists hosts from an earlier stream that nobody here remembers to have answered, so
   * that they are answered again.
   */
  record AnsweredAgain(int names) implements Notice {}

  /** The proxy asks for more hosts than are remembered; they are answered all the same. */
  record Forgotten(int names) implements Notice {}

  /**
   * The proxy no longer had what was to be renewed (its time was over before the renewal came), so
   * that it is sent anew.
   */
  record Lapsed(ResourceKind kind, SortedSet<String> names) implements Notice {}

  /** The proxy has answered some other response; only what it asked for was taken from it. */
  record Stale(ResourceKind kind, String nonce) implements Notice {}
}
