package dev.skiffmesh.server.control;

import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.server.guard.Doubt;
import java.time.Duration;
import java.util.SortedSet;

/**
 * What the control loop measures. Called on the loop's threads: implementations are thread-safe,
 * return at once and never throw.
 */
public interface ControlMetrics {

  /** Measures nothing. */
  ControlMetrics NONE = new ControlMetrics() {};

  /**
   * A source has said something.
   *
   * @param source its configured name
   * @param event the event's type: {@code ServicesReplaced}, ...
   */
  default void sourceEvent(String source, String event) {}

  /** A source is synced, or is so no more. */
  default void sourceSynced(String source, boolean synced) {}

  /** There is a guard for a registry; nothing is doubted yet. */
  default void guarded(String source) {}

  /** A registry is doubted about a service, or is so no more. */
  default void doubted(String source, Doubt doubt) {}

  /** Of which services a registry's word is held back now. */
  default void heldBack(String source, SortedSet<ServiceId> services) {}

  /** A new world was built and evaluated. */
  default void snapshotBuilt(Duration took) {}

  /** One proxy's resources were translated. */
  default void translated(Duration took) {}

  /** A report of how all proxies and policies stand was put together. */
  default void reported(Duration took) {}

  /** A translation failed with an exception; the proxy keeps what it has. */
  default void translationFailed() {}

  /**
   * From a source's event to the last acknowledgement of what it changed, over all proxies that
   * were connected.
   */
  default void converged(Duration took) {}

  /**
   * Looked at each second.
   *
   * @param proxies streams whose runtime layer has keys
   * @param withheld policies whose keys are not served because their source does not answer
   */
  default void runtimeKeys(int proxies, int withheld) {}

  /**
   * The control loop's heartbeat has come, each second.
   *
   * @param late how late; so late is everything
   * @param waiting how many tasks wait behind it
   */
  default void loopBeat(Duration late, int waiting) {}

  /** Counted anew with every report. */
  default void proxies(int connected, int outOfSync) {}
}
