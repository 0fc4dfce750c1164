package dev.skiffmesh.e2e.scenarios;

import dev.skiffmesh.e2e.parts.HttpService;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * Changes a mesh of files without end: services come and go, endpoints change, policies are written
 * and deleted, and the service {@code order} is always there with both instances. One thread of its
 * own; ends when it is closed.
 */
final class ChurningMesh implements AutoCloseable {

  /** Services beside {@code order} that come and go. */
  private static final int OTHERS = 40;

  private static final Duration PAUSE = Duration.ofMillis(20);

  private final BiConsumer<String, String> write;
  private final Consumer<String> delete;
  private final HttpService v1;
  private final HttpService v2;
  private final Random random;
  private final long pauseNanos;
  private final Set<String> written = new TreeSet<>();
  private final AtomicLong changes = new AtomicLong();
  private final ReentrantLock changing = new ReentrantLock(true);
  private final Thread thread;
  private volatile boolean closed;

  private ChurningMesh(
      BiConsumer<String, String> write,
      Consumer<String> delete,
      HttpService v1,
      HttpService v2,
      long seed,
      Duration pause) {
    this.write = write;
    this.delete = delete;
    this.v1 = v1;
    this.v2 = v2;
    this.random = new Random(seed);
    this.pauseNanos = pause.toNanos();
    this.thread = Thread.ofPlatform().name("churn").unstarted(this::churn);
  }

  /**
   * Writes {@code order} and begins.
   *
   * @param write a file's name and text
   * @param delete a file's name; only files that were written
   * @param v1 an instance of {@code order}
   * @param v2 another one
   * @param seed the same seed makes the same changes
   */
  static ChurningMesh start(
      BiConsumer<String, String> write,
      Consumer<String> delete,
      HttpService v1,
      HttpService v2,
      long seed) {
    return start(write, delete, v1, v2, seed, PAUSE);
  }

  /** The same with changes that are at most so long apart, and half as long on average. */
  static ChurningMesh start(
      BiConsumer<String, String> write,
      Consumer<String> delete,
      HttpService v1,
      HttpService v2,
      long seed,
      Duration pause) {
    ChurningMesh mesh = new ChurningMesh(write, delete, v1, v2, seed, pause);
    mesh.put("services/order.yaml", mesh.order());
    mesh.thread.start();
    return mesh;
  }

  /** How many changes were made. */
  long changes() {
    return changes.get();
  }

  /** The files that are there now; to be asked while nothing changes, see {@link #hold}. */
  Set<String> files() {
    return Set.copyOf(written);
  }

  /** Runs {@code look} while nothing changes. */
  void hold(Runnable look) {
    changing.lock();
    try {
      look.run();
    } finally {
      changing.unlock();
    }
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

  private void churn() {
    while (!closed) {
      changing.lock();
      try {
        change();
        changes.incrementAndGet();
      } finally {
        changing.unlock();
      }
      LockSupport.parkNanos(random.nextLong(pauseNanos));
    }
  }

  private void change() {
    switch (random.nextInt(6)) {
      case 0, 1 -> write.accept("services/order.yaml", order());
      case 2 -> {
        int v1Share = random.nextInt(101);
        put("policies/split.yaml", MeshFiles.split("split", v1Share, 100 - v1Share));
      }
      case 3 -> drop("policies/split.yaml");
      case 4 -> other(random.nextInt(OTHERS));
      default -> {
        int number = random.nextInt(OTHERS);
        drop("policies/timeout-" + number + ".yaml");
        drop("services/other-" + number + ".yaml");
      }
    }
  }

  /** Both instances take calls at any moment: a call that fails was not failed by the mesh. */
  private String order() {
    return MeshFiles.service("order", List.of(v1, v2))
        .replace("labels:", "weight: " + (1 + random.nextInt(100)) + ", labels:");
  }

  private void other(int number) {
    put(
        "services/other-" + number + ".yaml",
        """
        apiVersion: skiffmesh.dev/v1alpha1
        kind: Service
        metadata: {name: other-%d, namespace: trading}
        spec:
          ports: [{name: http, port: 80, protocol: http}]
          endpoints: [{address: 10.0.%d.%d, port: 8080}]
        """
            .formatted(number, random.nextInt(250), random.nextInt(250)));
    if (random.nextBoolean()) {
      put(
          "policies/timeout-" + number + ".yaml",
          MeshFiles.timeout("timeout-" + number, "other-" + number, 1 + random.nextInt(20) + "s"));
    }
  }

  private void put(String file, String text) {
    write.accept(file, text);
    written.add(file);
  }

  private void drop(String file) {
    if (written.remove(file)) {
      delete.accept(file);
    }
  }
}
