package dev.skiffmesh.server.control;

import dev.skiffmesh.server.delivery.Delivery;
import dev.skiffmesh.server.delivery.DeliveryListener;
import dev.skiffmesh.server.delivery.ProxyAck;
import dev.skiffmesh.server.delivery.StreamId;
import dev.skiffmesh.server.delivery.StreamInspector;
import dev.skiffmesh.server.state.StateStore;
import dev.skiffmesh.server.status.MeshReport;
import io.envoyproxy.envoy.config.core.v3.Node;
import java.time.Clock;
import java.util.List;

/**
 * The only writer of the world: source events in, snapshots for proxies out, their answers back in.
 * All public methods are thread-safe and return at once.
 */
@SuppressWarnings({"unused", "UnusedVariable"}) // The body follows within the hour.
public final class ControlLoop implements DeliveryListener, AutoCloseable {

  private final ControlThreads threads;
  private volatile MeshReport report;

  /**
   * A loop that does nothing yet.
   *
   * @param sources in order of priority: where two say the same, the earlier one counts
   * @param state closed by its owner after the loop
   * @param threads closed by their owner after the loop
   */
  public ControlLoop(
      List<ConfiguredSource> sources,
      Translations translations,
      NodeIdentifier identifier,
      StateStore state,
      Clock clock,
      ControlThreads threads,
      ControlSettings settings,
      ControlMetrics metrics) {
    this.threads = threads;
    this.report = MeshReport.starting(clock.instant());
  }

  /**
   * Restores what was saved, starts the sources and feeds {@code delivery} from then on; called
   * once. Proxies are accepted once the loop is ready.
   *
   * @param inspector what the engine knows of its streams
   */
  public void start(Delivery delivery, StreamInspector inspector) {
    delivery.accepting(false);
  }

  /** The newest report; at most a few hundred milliseconds old. */
  public MeshReport report() {
    return report;
  }

  @Override
  public void opened(StreamId stream, Node node, boolean incremental, String peer) {}

  @Override
  public void answered(ProxyAck ack) {}

  @Override
  public void closed(StreamId stream) {}

  /** Closes the sources; proxies keep what they have. */
  @Override
  public void close() {}
}
