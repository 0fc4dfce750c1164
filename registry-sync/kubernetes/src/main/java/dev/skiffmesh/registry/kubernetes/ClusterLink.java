package dev.skiffmesh.registry.kubernetes;

import dev.skiffmesh.registry.core.Follower;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
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

  private final KubernetesSettings settings;
  private final List<Follower> reflecting = new ArrayList<>();
  private final List<Follower> checking = new ArrayList<>();
  private int silences;
  private KubernetesClient client;
  private boolean isClosed;

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

  /**
   * The same.
   *
   * @throws IOException for whatever reason there is: a file that is half written, a class that a
   *     proxy's settings ask for. The next try may find it mended
   */
  static ClusterLink open(KubernetesSettings settings) throws IOException {
    try {
      return new ClusterLink(settings);
    } catch (RuntimeException | LinkageError e) {
      throw new IOException("cannot be used: " + e.getMessage(), e);
    }
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
    reflecting.add(
        Follower.start(
            "kubernetes-" + settings.name() + "-" + reflector.what(),
            () -> {
              // Until it is interrupted: then its connection is another one, or all is over.
              reflector.run();
              return Duration.ZERO;
            },
            _ -> {}));
  }

  /**
   * Begins to ask whether the server answers.
   *
   * @param answered takes what is wrong with each answer, null for nothing
   */
  synchronized void check(Consumer<@Nullable String> answered) {
    checking.add(
        Follower.start(
            "kubernetes-" + settings.name() + "-check",
            () -> {
              check(failure(), answered);
              return settings.timing().check();
            },
            defect -> answered.accept("cannot be asked: " + defect)));
  }

  private void check(
      @Nullable KubernetesClientException failure, Consumer<@Nullable String> answered) {
    answered.accept(failure == null ? null : trouble(failure));
    silences = failure == null || Reflector.isAnswer(failure) ? 0 : silences + 1;
    if (silences == SILENCES) {
      silences = 0;
      replace();
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
      reflecting.forEach(Follower::interrupt);
    }
    LOG.atDebug().addKeyValue("source", settings.name()).log("Connections are made anew");
    old.close();
  }

  /** Ends all threads and connections. */
  @Override
  public void close() {
    List<Follower> running;
    KubernetesClient last;
    synchronized (this) {
      if (isClosed) {
        return;
      }
      isClosed = true;
      running = new ArrayList<>(reflecting);
      running.addAll(checking);
      last = client;
    }
    running.forEach(Follower::stop);
    last.close();
    running.forEach(Follower::close);
  }
}
