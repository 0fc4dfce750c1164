package dev.skiffmesh.registry.kubernetes;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way to one API server: a client, the question whether the server answers, asked again and
 * again, and the reflectors that use the client. When no answer comes the connections are replaced,
 * since a network may have forgotten them without a word; the reflectors go on where they were.
 * Thread-safe.
 */
final class ClusterLink implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(ClusterLink.class);

  /** One lost answer is bad luck, and new connections cost the server something. */
  private static final int SILENCES = 2;

  private static final Duration END_BOUND = Duration.ofSeconds(5);

  private final KubernetesSettings settings;
  private final List<Thread> reflecting = new ArrayList<>();
  private @Nullable Thread checking;
  private KubernetesClient client;
  private volatile boolean isClosed;

  /**
   * Reads the files that the settings name; asks the server nothing yet.
   *
   * @throws IllegalArgumentException if a file cannot be read or does not say what it must
   * @throws KubernetesClientException for the same reasons
   */
  ClusterLink(KubernetesSettings settings) {
    this.settings = settings;
    this.client = ClusterAccess.client(settings);
  }

  /** The client of the moment; not to be kept. */
  synchronized KubernetesClient client() {
    return client;
  }

  /**
   * Asks for something and waits for the whole answer. The JDK's client, below this one, bounds the
   * time until an answer begins but not the answer (JDK-8208693).
   *
   * @throws KubernetesClientException if there is none in time, or it is a refusal
   */
  <T> T ask(Duration within, Function<KubernetesClient, T> question) throws InterruptedException {
    KubernetesClient asked = client();
    FutureTask<T> task = new FutureTask<>(() -> question.apply(asked));
    Thread thread = Thread.ofVirtual().start(task);
    try {
      return task.get(within.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException late) {
      throw new KubernetesClientException("no whole answer within " + within.toMillis() + " ms");
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException known
          ? known
          : new KubernetesClientException(String.valueOf(e.getCause().getMessage()), e.getCause());
    } finally {
      // Nothing if it has ended.
      thread.interrupt();
    }
  }

  /** Runs a reflector until this is closed. */
  synchronized void follow(Reflector<?> reflector) {
    Thread thread =
        Thread.ofVirtual()
            .name("kubernetes-" + settings.name() + "-" + reflector.what())
            .unstarted(
                () -> {
                  while (!isClosed) {
                    reflector.run();
                    // It was interrupted: its connection is another one, or all is over.
                    Thread.interrupted();
                  }
                });
    reflecting.add(thread);
    thread.start();
  }

  /**
   * Begins to ask whether the server answers.
   *
   * @param answered takes what is wrong with each answer, null for nothing
   */
  synchronized void check(Consumer<@Nullable String> answered) {
    checking =
        Thread.ofVirtual()
            .name("kubernetes-" + settings.name() + "-check")
            .start(() -> checks(answered));
  }

  private void checks(Consumer<@Nullable String> answered) {
    int silences = 0;
    try {
      while (!isClosed) {
        KubernetesClientException failure = failure();
        answered.accept(failure == null ? null : trouble(failure));
        silences = failure == null || Reflector.isAnswer(failure) ? 0 : silences + 1;
        if (silences == SILENCES) {
          silences = 0;
          replace();
        }
        Thread.sleep(settings.timing().check());
      }
    } catch (InterruptedException e) {
      // It is closed.
      Thread.currentThread().interrupt();
    }
  }

  private @Nullable KubernetesClientException failure() throws InterruptedException {
    try {
      ask(settings.timing().answer(), asked -> String.valueOf(asked.raw("/readyz")));
      return null;
    } catch (KubernetesClientException e) {
      return e;
    } catch (RuntimeException e) {
      return new KubernetesClientException(e.toString(), e);
    }
  }

  private static @Nullable String trouble(KubernetesClientException failure) {
    return switch (failure.getCode()) {
      // Clusters that were hardened keep the question to themselves, and answer nonetheless.
      case HttpURLConnection.HTTP_FORBIDDEN, HttpURLConnection.HTTP_NOT_FOUND -> null;
      case HttpURLConnection.HTTP_UNAUTHORIZED ->
          "refuses the credentials: " + Reflector.words(failure);
      default -> "does not answer: " + Reflector.words(failure);
    };
  }

  private void replace() {
    KubernetesClient fresh;
    try {
      fresh = ClusterAccess.client(settings);
    } catch (KubernetesClientException | IllegalArgumentException e) {
      // Its files are being exchanged, perhaps; the old one may yet come back.
      LOG.atDebug().addKeyValue("source", settings.name()).setCause(e).log("No new connections");
      return;
    }
    KubernetesClient old;
    synchronized (this) {
      if (isClosed) {
        fresh.close();
        return;
      }
      old = client;
      client = fresh;
      reflecting.forEach(Thread::interrupt);
    }
    LOG.atDebug().addKeyValue("source", settings.name()).log("Connections are made anew");
    old.close();
  }

  /** Ends all threads and connections. */
  @Override
  public void close() {
    List<Thread> running;
    KubernetesClient last;
    synchronized (this) {
      if (isClosed) {
        return;
      }
      isClosed = true;
      running = new ArrayList<>(reflecting);
      if (checking != null) {
        running.add(checking);
      }
      last = client;
    }
    running.forEach(Thread::interrupt);
    last.close();
    for (Thread one : running) {
      try {
        if (!one.join(END_BOUND)) {
          LOG.atWarn()
              .addKeyValue("source", settings.name())
              .addKeyValue("thread", one.getName())
              .log("A thread of a Kubernetes source did not end in time");
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }
}
