package dev.skiffmesh.e2e.scenarios;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.skiffmesh.server.delivery.testing.TestingDeltaProxy;
import dev.skiffmesh.translator.resource.ResourceKind;
import io.envoyproxy.envoy.config.core.v3.BuildVersion;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.type.v3.SemanticVersion;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Proxies that connect, ask for everything, accept all and leave, without end: each is a new
 * replica with a name that was never there before, of one of a few services. Some leave as a
 * process that ends, some in the middle of what they are being sent. One thread of its own.
 */
final class ComingAndGoing implements AutoCloseable {

  /** So many are there at the same time. */
  static final int MOST = 20;

  private static final int SERVICES = 5;
  private static final long PAUSE_NANOS = 200_000_000;

  private final int port;
  private final Random random;
  private final AtomicLong came = new AtomicLong();
  private final Thread thread;
  private volatile boolean closed;
  private volatile @Nullable Throwable failure;

  private ComingAndGoing(int port, long seed) {
    this.port = port;
    this.random = new Random(seed);
    this.thread = Thread.ofPlatform().name("proxies-come-and-go").unstarted(this::run);
  }

  /** Begins to connect to {@code port}. */
  static ComingAndGoing start(int port, long seed) {
    ComingAndGoing proxies = new ComingAndGoing(port, seed);
    proxies.thread.start();
    return proxies;
  }

  /** How many have connected. */
  long came() {
    return came.get();
  }

  /** Why it has stopped before it was told to. */
  Optional<Throwable> failure() {
    return Optional.ofNullable(failure);
  }

  @Override
  public void close() {
    closed = true;
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    Deque<TestingDeltaProxy> there = new ArrayDeque<>();
    try {
      while (!closed) {
        TestingDeltaProxy proxy = TestingDeltaProxy.likeEnvoy(port, node(came.get()));
        there.add(proxy);
        proxy.connect();
        came.incrementAndGet();
        if (random.nextInt(4) != 0) {
          // The others may leave before they have anything.
          proxy.await("clusters", () -> !proxy.accepted(ResourceKind.CLUSTER).isEmpty());
        }
        if (there.size() > random.nextInt(MOST)) {
          there.remove().close();
        }
        if (there.size() >= MOST) {
          there.removeLast().close();
        }
        LockSupport.parkNanos(random.nextLong(PAUSE_NANOS));
      }
    } catch (RuntimeException | AssertionError e) {
      failure = e;
    } finally {
      there.forEach(TestingDeltaProxy::close);
    }
  }

  private static Node node(long number) {
    String service = "caller-" + number % SERVICES;
    Struct skiff =
        Struct.newBuilder()
            .putFields("v", Value.newBuilder().setNumberValue(1).build())
            .putFields("namespace", Value.newBuilder().setStringValue("trading").build())
            .putFields("service", Value.newBuilder().setStringValue(service).build())
            .putFields("egress", Value.newBuilder().setNumberValue(15_001).build())
            .build();
    String address =
        "10." + (number / 62_500 + 1) + "." + number / 250 % 250 + "." + (number % 250 + 1);
    return Node.newBuilder()
        .setId("trading/" + service + "/" + address + ":8080")
        .setUserAgentName("envoy")
        .setUserAgentBuildVersion(
            BuildVersion.newBuilder()
                .setVersion(SemanticVersion.newBuilder().setMajorNumber(1).setMinorNumber(40)))
        .setMetadata(
            Struct.newBuilder()
                .putFields("skiff", Value.newBuilder().setStructValue(skiff).build()))
        .build();
  }
}
