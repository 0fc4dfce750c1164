package dev.skiffmesh.server.delivery.testing;

import dev.skiffmesh.server.csds.ClientStatusAccess;
import dev.skiffmesh.server.csds.ClientStatusService;
import dev.skiffmesh.server.delivery.Delivery;
import dev.skiffmesh.server.delivery.DeliveryListener;
import dev.skiffmesh.server.delivery.DeliveryMetrics;
import dev.skiffmesh.server.delivery.DeliveryRules;
import dev.skiffmesh.server.delivery.DeliverySettings;
import dev.skiffmesh.server.delivery.ProxyAnswer;
import dev.skiffmesh.server.delivery.ProxySnapshot;
import dev.skiffmesh.server.delivery.StreamId;
import dev.skiffmesh.server.delivery.StreamRegistry;
import dev.skiffmesh.server.delivery.XdsServer;
import dev.skiffmesh.server.delivery.XdsServerSettings;
import dev.skiffmesh.translator.resource.ResourceKind;
import io.envoyproxy.envoy.config.core.v3.Node;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A whole xDS server on a free loopback port in whose control loop's place stands the test: every
 * stream gets the snapshot that was published last. Thread-safe.
 */
public final class TestingControl implements DeliveryListener, AutoCloseable {

  private static final long PATIENCE_SECONDS = 30;
  private static final long LOOK_AGAIN_MILLIS = 20;

  private final ExecutorService workers = Executors.newFixedThreadPool(2);
  private final StreamRegistry registry;
  private final ClientStatusService status;
  private final XdsServer server;
  private final TreeMap<StreamId, String> open = new TreeMap<>();
  private final List<ProxyAnswer> answers = new ArrayList<>();
  private @Nullable ProxySnapshot newest;
  private Consumer<ProxyAnswer> onAnswer = _ -> {};

  /** Starts it with the gate open. */
  public TestingControl() {
    this(DeliverySettings.DEFAULTS, DeliveryMetrics.NONE);
  }

  /** Starts it with the gate open. */
  public TestingControl(DeliverySettings settings, DeliveryMetrics metrics) {
    this(settings, metrics, XdsServerSettings.at("127.0.0.1", 0));
  }

  /** Starts it with the gate open. */
  public TestingControl(
      DeliverySettings settings, DeliveryMetrics metrics, XdsServerSettings port) {
    registry =
        new StreamRegistry(
            DeliveryRules.of(
                TestingSnapshot::emptyAssignment, DeliveryRules.VIRTUAL_HOSTS_PER_RESPONSE),
            this,
            metrics,
            settings,
            workers,
            InstantSource.system());
    status = new ClientStatusService(registry, ClientStatusAccess.LOOPBACK);
    server = new XdsServer(port, registry, status.services());
    try {
      server.start();
    } catch (IOException e) {
      throw new UncheckedIOException("loopback has no free port", e);
    }
    registry.accepting(true);
  }

  /** Where it listens. */
  public int port() {
    return server.port();
  }

  /** The engine's face to the control loop. */
  public Delivery delivery() {
    return registry;
  }

  /** The engine's face to operators, and the rest. */
  public StreamRegistry registry() {
    return registry;
  }

  /** Gives all streams, and those that come, a snapshot. */
  public synchronized void publish(TestingSnapshot snapshot) {
    ProxySnapshot built = snapshot.build();
    newest = built;
    open.keySet().forEach(stream -> registry.publish(stream, built, null));
  }

  /**
   * Gives each stream a snapshot of its own, in one round; streams that come get nothing until the
   * next one is published.
   *
   * @param ofNode the snapshot for the proxy of that node id
   */
  public synchronized void publishEach(Function<String, TestingSnapshot> ofNode) {
    newest = null;
    open.forEach((stream, node) -> registry.publish(stream, ofNode.apply(node).build(), null));
  }

  /** Gives all streams a snapshot of which only some assignments are new. */
  public synchronized void publishAssignments(TestingSnapshot snapshot, Set<String> changed) {
    ProxySnapshot built = snapshot.build();
    newest = built;
    open.keySet().forEach(stream -> registry.publish(stream, built, changed));
  }

  /** The live streams, the oldest first. */
  public synchronized List<StreamId> streams() {
    return List.copyOf(open.keySet());
  }

  /** All answers so far. */
  public synchronized List<ProxyAnswer> answers() {
    return List.copyOf(answers);
  }

  /** From now on done at each answer, on the stream's own turn. */
  public synchronized void onAnswer(Consumer<ProxyAnswer> task) {
    onAnswer = task;
  }

  /** Waits until {@code condition} holds; it is looked at again and again. */
  public synchronized void await(String what, BooleanSupplier condition) {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    try {
      while (!condition.getAsBoolean()) {
        long left = TimeUnit.NANOSECONDS.toMillis(until - System.nanoTime());
        if (left <= 0) {
          throw new AssertionError("waited in vain for " + what);
        }
        // Not all that a test may wait for comes with a call of the engine.
        wait(Math.min(left, LOOK_AGAIN_MILLIS));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while waiting for " + what, e);
    }
  }

  @Override
  public synchronized void opened(
      StreamId stream, Node node, boolean incremental, String peer, @Nullable ResourceKind only) {
    open.put(stream, node.getId());
    if (newest != null) {
      registry.publish(stream, newest, null);
    }
    notifyAll();
  }

  @Override
  public synchronized void answered(ProxyAnswer ack) {
    onAnswer.accept(ack);
    answers.add(ack);
    notifyAll();
  }

  @Override
  public void wanted(
      StreamId stream, ResourceKind kind, SortedSet<String> asked, SortedSet<String> held) {}

  @Override
  public synchronized void closed(StreamId stream) {
    open.remove(stream);
    notifyAll();
  }

  /** Stops the server as a restart would, streams and all. */
  @Override
  public void close() {
    server.stop(Duration.ofMillis(1));
    status.close();
    workers.shutdown();
    try {
      if (!workers.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        throw new AssertionError("a stream does not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
