package dev.skiffmesh.server.control;

import dev.skiffmesh.server.delivery.Delivery;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The start: nothing takes effect before every source has answered once or the startup timeout is
 * over, so that nothing is ever withdrawn because a source was slower than another; then proxies
 * are let in once the first round has passed. Confined to the control thread.
 */
final class Opening {

  private static final Logger LOG = LoggerFactory.getLogger(Opening.class);

  private final Sources sources;
  private final InForce inForce;
  private final Delivery delivery;
  private final Runnable settle;
  private final Alarm timeout;
  private boolean isOpen;
  private boolean isReady;

  /**
   * Closed.
   *
   * @param settle begins the first round
   */
  Opening(
      Sources sources,
      InForce inForce,
      Delivery delivery,
      ControlThreads threads,
      Failures failures,
      Runnable settle) {
    this.sources = sources;
    this.inForce = inForce;
    this.delivery = delivery;
    this.settle = settle;
    this.timeout = new Alarm(threads, failures, "the end of the start", this::open);
  }

  /** The sources have been started. */
  void begun(Duration startupTimeout) {
    timeout.within(startupTimeout);
    heard();
  }

  /** A source has said something. */
  void heard() {
    if (!isOpen && sources.haveAllAnswered()) {
      open();
    }
  }

  private void open() {
    if (!isOpen) {
      isOpen = true;
      settle.run();
    }
  }

  /** A round is over: from the first that has passed on, proxies are served. */
  void letIn() {
    if (!isReady && isOpen && inForce.evaluation() != null) {
      delivery.accepting(true);
      isReady = true;
      LOG.atInfo()
          .addKeyValue("services", inForce.world().services().size())
          .addKeyValue("policies", inForce.world().policies().size())
          .log("Ready");
      if (!notes().isEmpty()) {
        LOG.atWarn()
            .addKeyValue("notes", String.join("; ", notes()))
            .log("Something of what is served is missing or old");
      }
    }
  }

  /** What is missing or old, one sentence for each source. */
  List<String> notes() {
    return sources.inOrder().stream().flatMap(source -> source.note().stream()).toList();
  }

  /** Tells whether changes take effect. */
  boolean isOpen() {
    return isOpen;
  }

  /** Tells whether proxies are served. */
  boolean isReady() {
    return isReady;
  }
}
