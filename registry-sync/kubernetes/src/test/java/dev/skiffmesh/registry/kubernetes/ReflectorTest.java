package dev.skiffmesh.registry.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.registry.core.Backoff;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.KubernetesResourceList;
import io.fabric8.kubernetes.api.model.ListOptions;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.NodeListBuilder;
import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The order of listing and watching, with an API server in the test's hands. */
class ReflectorTest {

  private static final long PATIENCE_SECONDS = 30;

  private final BlockingQueue<String> asked = new LinkedBlockingQueue<>();
  private final BlockingQueue<String> told = new LinkedBlockingQueue<>();
  private final BlockingQueue<Watcher<HasMetadata>> watchers = new LinkedBlockingQueue<>();
  private volatile int refusal;
  private volatile boolean isClosed;
  private Backoff waits = new Backoff(Duration.ofMillis(1), Duration.ofMillis(1));
  private Duration silence = Duration.ofMinutes(3);
  private Thread thread = reflector();

  private Thread reflector() {
    return Thread.ofVirtual()
        .unstarted(new Reflector<>("nodes", "", new Server(), new Listener(), waits, silence));
  }

  @AfterEach
  void end() throws InterruptedException {
    thread.interrupt();
    thread.join();
  }

  @Test
  void listsInPagesAndWatchesFromTheList() throws Exception {
    thread.start();

    assertThat(next(asked)).isEqualTo("list null");
    assertThat(next(asked)).isEqualTo("list more");
    assertThat(next(asked)).isEqualTo("watch 7");
    assertThat(next(told)).isEqualTo("listed [a, b]");
    assertThat(next(told)).isEqualTo("watching");
    watchers.take().eventReceived(Watcher.Action.ADDED, node("c", "8"));
    assertThat(next(told)).isEqualTo("put c");
  }

  @Test
  void aWatchThatEndsGoesOnWhereItWas() throws Exception {
    thread.start();
    Watcher<HasMetadata> first = watchers.take();
    first.eventReceived(Watcher.Action.BOOKMARK, node("", "11"));
    asked.clear();
    first.onClose(new WatcherException("the connection is gone"));

    assertThat(next(asked)).isEqualTo("watch 11");
  }

  @Test
  void aWatchThatSaysNothingAnyMoreIsReplaced() throws Exception {
    silence = Duration.ofMillis(200);
    thread = reflector();
    thread.start();
    Watcher<HasMetadata> first = watchers.take();
    first.eventReceived(Watcher.Action.BOOKMARK, node("", "11"));
    asked.clear();
    assertThat(next(asked)).isEqualTo("watch 11");
  }

  @Test
  void whatIsInterruptedAndRunAgainGoesOnWhereItWas() throws Exception {
    Reflector<ClusterObject> reflector =
        new Reflector<>("nodes", "", new Server(), new Listener(), waits, silence);
    thread = Thread.ofVirtual().start(reflector);
    watchers.take().eventReceived(Watcher.Action.ADDED, node("c", "8"));
    thread.interrupt();
    thread.join();
    asked.clear();

    thread = Thread.ofVirtual().start(reflector);
    assertThat(next(asked)).isEqualTo("watch 8");
  }

  @Test
  void aClientThatIsClosedMeanwhileIsNoFailure() throws Exception {
    isClosed = true;
    thread.start();
    awaitAsked("watch 7");
    isClosed = false;
    awaitTold("watching");
    assertThat(asked).doesNotContain("list null");
    assertThat(told).noneMatch(what -> what.startsWith("failed"));
  }

  private void awaitAsked(String what) throws InterruptedException {
    while (!next(asked).equals(what)) {
      // What was asked before it.
    }
  }

  @Test
  void aVersionThatIsTooOldIsListedAnew() throws Exception {
    thread.start();
    Watcher<HasMetadata> first = watchers.take();
    asked.clear();
    first.onClose(new WatcherException("too old", failure(410), "{}"));

    assertThat(next(asked)).isEqualTo("list null");
  }

  @Test
  void anApiServerThatForgetsAllTheTimeIsNotAskedWithoutAPause() throws Exception {
    waits = new Backoff(Duration.ofHours(1), Duration.ofHours(1));
    thread = reflector();
    thread.start();
    watchers.take().onClose(new WatcherException("too old", failure(410), "{}"));
    watchers.take().onClose(new WatcherException("too old", failure(410), "{}"));

    // Asleep for half an hour at least, so that what it asked is all that it asks.
    long bound = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (thread.getState() != Thread.State.TIMED_WAITING && System.nanoTime() < bound) {
      Thread.onSpinWait();
    }
    assertThat(asked).filteredOn(what -> what.equals("list null")).hasSize(2);
  }

  @Test
  void aRefusalIsToldAndTriedAgain() throws Exception {
    refusal = 403;
    thread.start();
    assertThat(next(told)).startsWith("forbidden");
    refusal = 404;
    awaitTold("missing 'no'");
    refusal = 503;
    awaitTold("failed 'no'");
    refusal = 0;
    awaitTold("watching");
  }

  private void awaitTold(String what) throws InterruptedException {
    while (!next(told).equals(what)) {
      // What was told before it.
    }
  }

  private static String next(BlockingQueue<String> queue) throws InterruptedException {
    return String.valueOf(queue.poll(PATIENCE_SECONDS, TimeUnit.SECONDS));
  }

  private static KubernetesClientException failure(int code) {
    return new KubernetesClientException(
        new StatusBuilder().withCode(code).withMessage("no").build());
  }

  private static HasMetadata node(String name, String version) {
    return new NodeBuilder()
        .withNewMetadata()
        .withName(name)
        .withResourceVersion(version)
        .endMetadata()
        .build();
  }

  private final class Server implements Reflector.Objects {
    @Override
    public KubernetesResourceList<? extends HasMetadata> list(ListOptions options) {
      asked.add("list " + options.getContinue());
      if (refusal != 0) {
        throw failure(refusal);
      }
      boolean isFirst = options.getContinue() == null;
      return new NodeListBuilder()
          .withNewMetadata()
          .withResourceVersion("7")
          .withContinue(isFirst ? "more" : "")
          .endMetadata()
          .addNewItem()
          .withNewMetadata()
          .withName(isFirst ? "a" : "b")
          .endMetadata()
          .endItem()
          .build();
    }

    @Override
    public Watch watch(ListOptions options, Watcher<HasMetadata> watcher) {
      asked.add("watch " + options.getResourceVersion());
      if (isClosed) {
        throw new RejectedExecutionException("the client is closed");
      }
      watchers.add(watcher);
      return () -> {};
    }
  }

  private final class Listener implements Reflector.Owner<ClusterObject> {
    @Override
    public ClusterObject read(HasMetadata object) {
      return ObjectReader.read(object);
    }

    @Override
    public void listed(Reflector<ClusterObject> reflector, List<ClusterObject> objects) {
      told.add("listed " + objects.stream().map(ClusterObject::name).toList());
    }

    @Override
    public void put(Reflector<ClusterObject> reflector, ClusterObject object) {
      told.add("put " + object.name());
    }

    @Override
    public void removed(Reflector<ClusterObject> reflector, ClusterObject object) {
      told.add("removed " + object.name());
    }

    @Override
    public void watching(Reflector<ClusterObject> reflector) {
      told.add("watching");
    }

    @Override
    public void forbidden(Reflector<ClusterObject> reflector, String words) {
      told.add("forbidden " + words);
    }

    @Override
    public void missing(Reflector<ClusterObject> reflector, String words) {
      told.add("missing " + words);
    }

    @Override
    public void failed(Reflector<ClusterObject> reflector, String words) {
      told.add("failed " + words);
    }
  }
}
