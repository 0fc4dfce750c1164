package dev.skiffmesh.registry.kubernetes;

import dev.skiffmesh.registry.core.Backoff;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.KubernetesResourceList;
import io.fabric8.kubernetes.api.model.ListOptions;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one kind of objects in step: lists them in pages, watches from the list's version, goes on
 * from the last version that it saw when the watch ends, and lists again when that version is too
 * old. Runs on one thread until it is interrupted; run again, it goes on where it was.
 *
 * @param <T> what objects are read as
 */
final class Reflector<T> implements Runnable {

  private static final Logger LOG = LoggerFactory.getLogger(Reflector.class);

  /** So many objects the API server puts into one answer; kubectl asks for as many. */
  private static final long PAGE = 500;

  /** What can be listed and watched. */
  interface Objects {
    /** One page. */
    KubernetesResourceList<? extends HasMetadata> list(ListOptions options)
        throws InterruptedException;

    /** Begins to watch. */
    Watch watch(ListOptions options, Watcher<HasMetadata> watcher);
  }

  /**
   * Who is told; on this reflector's threads.
   *
   * @param <T> what objects are read as
   */
  interface Owner<T> {
    /** One object; what it throws is told as a failure. */
    T read(HasMetadata object);

    /** All objects. */
    void listed(Reflector<T> reflector, List<T> objects);

    /** One is there in this form. */
    void put(Reflector<T> reflector, T object);

    /** One is gone. */
    void removed(Reflector<T> reflector, T object);

    /** What was listed is watched. */
    void watching(Reflector<T> reflector);

    /** The API server answers and refuses. */
    void forbidden(Reflector<T> reflector, String words);

    /** The API server knows of no such kind. */
    void missing(Reflector<T> reflector, String words);

    /** The API server does not answer, or not as it should. */
    void failed(Reflector<T> reflector, String words);
  }

  private final String what;
  private final String namespace;
  private final Objects objects;
  private final Owner<T> owner;
  private final Backoff backoff;
  private final Duration silence;
  private volatile @Nullable String version;
  private int failures;

  /** Watches in a row that ended before they said anything. */
  private int fruitless;

  private volatile boolean isFruitful;

  /**
   * A reflector that does nothing until it is run.
   *
   * @param what kind of objects, in the plural, as paths write it
   * @param namespace empty for all
   * @param silence after which a watch that says nothing is replaced by another one
   */
  Reflector(
      String what,
      String namespace,
      Objects objects,
      Owner<T> owner,
      Backoff backoff,
      Duration silence) {
    this.what = what;
    this.namespace = namespace;
    this.objects = objects;
    this.owner = owner;
    this.backoff = backoff;
    this.silence = silence;
  }

  String what() {
    return what;
  }

  /** Empty for all. */
  String namespace() {
    return namespace;
  }

  @Override
  public void run() {
    try {
      while (!Thread.currentThread().isInterrupted()) {
        step();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void step() throws InterruptedException {
    try {
      if (version == null) {
        version = list();
      }
      watch();
    } catch (KubernetesClientException e) {
      if (Thread.currentThread().isInterrupted()) {
        throw new InterruptedException();
      }
      if (e.getCode() == HttpURLConnection.HTTP_GONE) {
        version = null;
        pause();
        return;
      }
      failures++;
      switch (e.getCode()) {
        case HttpURLConnection.HTTP_FORBIDDEN -> {
          version = null;
          owner.forbidden(this, words(e));
        }
        case HttpURLConnection.HTTP_NOT_FOUND -> {
          version = null;
          owner.missing(this, words(e));
        }
        default -> owner.failed(this, words(e));
      }
      Thread.sleep(backoff.delay(failures, RandomGenerator.getDefault()));
    } catch (RejectedExecutionException closed) {
      // The client was closed while it was asked: there is another one, or all is over.
      Thread.sleep(backoff.delay(1, RandomGenerator.getDefault()));
    } catch (RuntimeException defect) {
      if (Thread.currentThread().isInterrupted()) {
        throw new InterruptedException();
      }
      // What an API server sends may be what nobody has thought of; the others go on.
      LOG.atError().setCause(defect).log("Objects of Kubernetes could not be read");
      version = null;
      failures++;
      owner.failed(this, "its answer cannot be read: " + defect);
      Thread.sleep(backoff.delay(failures, RandomGenerator.getDefault()));
    }
  }

  /**
   * Waits if watches end again and again before they have said anything: lists without a pause
   * would be the last thing that an API server in need could use.
   */
  private void pause() throws InterruptedException {
    fruitless = isFruitful ? 0 : fruitless + 1;
    isFruitful = false;
    if (fruitless > 1) {
      Thread.sleep(backoff.delay(fruitless - 1, RandomGenerator.getDefault()));
    }
  }

  /** The version of the list. */
  private String list() throws InterruptedException {
    List<T> all = new ArrayList<>();
    String page = null;
    KubernetesResourceList<? extends HasMetadata> list;
    do {
      list = objects.list(new ListOptionsBuilder().withLimit(PAGE).withContinue(page).build());
      for (HasMetadata object : list.getItems()) {
        all.add(owner.read(object));
      }
      page = list.getMetadata().getContinue();
    } while (page != null && !page.isEmpty());
    owner.listed(this, all);
    return list.getMetadata().getResourceVersion();
  }

  /** Returns when the watch has ended as watches do, after some minutes. */
  private void watch() throws InterruptedException {
    Events events = new Events();
    ListOptions from =
        new ListOptionsBuilder().withResourceVersion(version).withAllowWatchBookmarks(true).build();
    try (Watch _ = objects.watch(from, events)) {
      failures = 0;
      owner.watching(this);
      if (events.awaitEnd()) {
        pause();
      }
    } catch (ExecutionException e) {
      if (e.getCause() instanceof WatcherException ended) {
        KubernetesClientException cause = ended.asClientException();
        if (ended.isHttpGone() || isAnswer(cause)) {
          throw cause;
        }
        // The connection ended; whether the server is there will be seen at the next try.
        pause();
        return;
      }
      LOG.atError().setCause(e).log("An object of Kubernetes could not be read; all are read anew");
      version = null;
      failures++;
      Thread.sleep(backoff.delay(failures, RandomGenerator.getDefault()));
    }
  }

  /** The client's code is 0 or -1 where no answer came, which of both depends on how it failed. */
  static boolean isAnswer(KubernetesClientException e) {
    return e.getCode() > 0;
  }

  /** The server's own words in one line, or that there were none. */
  static String words(KubernetesClientException e) {
    if (e.getStatus() != null && e.getStatus().getMessage() != null) {
      return "'" + e.getStatus().getMessage().lines().findFirst().orElse("") + "'";
    }
    if (isAnswer(e)) {
      return "status " + e.getCode();
    }
    Throwable cause = e;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    String message = cause.getMessage();
    return message == null || message.isBlank()
        ? cause.getClass().getSimpleName()
        : message.lines().findFirst().orElse("");
  }

  private final class Events implements Watcher<HasMetadata> {

    private final CompletableFuture<Void> end = new CompletableFuture<>();
    private volatile boolean hasSpoken;

    /**
     * Returns false if the watch says nothing any more: API servers send a bookmark about each
     * minute (KEP-956), so that a connection that carries none may have been forgotten by whatever
     * lies between.
     */
    boolean awaitEnd() throws InterruptedException, ExecutionException {
      do {
        hasSpoken = false;
        try {
          end.get(silence.toNanos(), TimeUnit.NANOSECONDS);
          return true;
        } catch (TimeoutException quiet) {
          // Whether it was quiet all that time is asked below.
        }
      } while (hasSpoken);
      return false;
    }

    @Override
    public void eventReceived(Action action, HasMetadata object) {
      try {
        take(action, object);
      } catch (RuntimeException defect) {
        // The client would drop the event and go on, and nobody would know.
        end.completeExceptionally(defect);
      }
    }

    private void take(Action action, HasMetadata object) {
      hasSpoken = true;
      isFruitful |= action != Action.ERROR;
      switch (action) {
        case ADDED, MODIFIED -> owner.put(Reflector.this, owner.read(object));
        case DELETED -> owner.removed(Reflector.this, owner.read(object));
        case BOOKMARK, ERROR -> {
          // A bookmark says nothing but its version; an error ends the watch, which is told below.
        }
      }
      String seen = object.getMetadata() == null ? null : object.getMetadata().getResourceVersion();
      if (seen != null && !seen.isEmpty()) {
        version = seen;
      }
    }

    @Override
    public void onClose() {
      end.complete(null);
    }

    @Override
    public void onClose(WatcherException cause) {
      end.completeExceptionally(cause);
    }
  }
}
