package dev.skiffmesh.registry.kubernetes;

import dev.skiffmesh.api.source.Source;
import dev.skiffmesh.api.source.SourceEvent;
import dev.skiffmesh.registry.core.ChangedOnly;
import dev.skiffmesh.registry.core.LastAnswer;
import dev.skiffmesh.registry.core.SourceThread;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Services of a Kubernetes cluster, from watches on Services, EndpointSlices, Pods, Nodes and,
 * where namespaces are selected by labels, Namespaces. Reads only: the verbs are list and watch.
 *
 * <p>An API server that ends a watch, as it does every few minutes, is not lost: the watch goes on
 * where it ended. One that does not answer within some seconds, or refuses Services or
 * EndpointSlices, is {@link SourceEvent.Lost}; what it said stays. What else it refuses is a
 * finding, and the rest goes on.
 */
public final class KubernetesSource implements Source {

  private static final Logger LOG = LoggerFactory.getLogger(KubernetesSource.class);

  private static final Duration END_BOUND = Duration.ofSeconds(5);

  private final KubernetesSettings settings;
  private final SourceThread thread;
  private final LastAnswer lastAnswer = new LastAnswer();
  private final List<Thread> threads = new ArrayList<>();
  private final Object lock = new Object();

  // Confined to the source's thread.
  private final ClusterState state;
  private final Map<Reflector, Standing> standings = new LinkedHashMap<>();
  private @Nullable String silent;
  private boolean hasAnswered;
  private @Nullable SourceEvent told;
  private boolean flushing;

  // Guarded by lock.
  private @Nullable ChangedOnly sink;
  private @Nullable KubernetesClient client;
  private boolean isClosed;

  /**
   * How far a reflector is.
   *
   * @param trouble why it cannot go on, or null
   */
  private record Standing(boolean isListed, @Nullable String trouble) {
    static final Standing NEW = new Standing(false, null);
    static final Standing WELL = new Standing(true, null);
  }

  /** A source that does nothing until it is started. */
  public KubernetesSource(KubernetesSettings settings) {
    this.settings = settings;
    this.thread = SourceThread.named("kubernetes-" + settings.name());
    this.state = new ClusterState(settings.selection(), new ServiceMapper(settings.name()));
  }

  @Override
  public String name() {
    return settings.name();
  }

  @Override
  public String type() {
    return "kubernetes";
  }

  @Override
  public Optional<Duration> silence() {
    return lastAnswer.age();
  }

  @Override
  public void start(Sink loop) {
    synchronized (lock) {
      if (isClosed || sink != null) {
        throw new IllegalStateException("The source '" + name() + "' was started before");
      }
      sink = new ChangedOnly(loop);
    }
    thread.execute(this::connect);
  }

  /** Reads files, so that it is not the caller's work. */
  private void connect() {
    KubernetesClient connected;
    try {
      connected = ClusterAccess.client(settings);
    } catch (KubernetesClientException | IllegalArgumentException e) {
      silent = "cannot be used: " + e.getMessage();
      tell();
      thread.after(settings.timing().check(), this::connect);
      return;
    }
    synchronized (lock) {
      if (isClosed) {
        connected.close();
        return;
      }
      client = connected;
      for (Kind kind : Kind.values()) {
        if (isWatched(kind)) {
          for (String namespace : namespacesOf(kind)) {
            Reflector reflector =
                new Reflector(
                    kind,
                    namespace,
                    ClusterAccess.objects(connected, kind, namespace),
                    new Outlet(),
                    settings.timing().retry());
            standings.put(reflector, Standing.NEW);
            threads.add(
                Thread.ofVirtual()
                    .name("kubernetes-" + name() + "-" + kind.plural())
                    .unstarted(reflector));
          }
        }
      }
      threads.add(
          Thread.ofVirtual()
              .name("kubernetes-" + name() + "-check")
              .unstarted(() -> check(connected)));
      threads.forEach(Thread::start);
    }
  }

  private boolean isWatched(Kind kind) {
    return kind != Kind.NAMESPACES || settings.selection().needsNamespaces();
  }

  private SortedSet<String> namespacesOf(Kind kind) {
    SortedSet<String> names = settings.selection().names();
    return kind.isNamespaced() && !names.isEmpty() ? names : new TreeSet<>(List.of(""));
  }

  /** Asks again and again whether the server answers: a watch can be silent for a minute. */
  private void check(KubernetesClient connected) {
    try {
      while (!Thread.currentThread().isInterrupted()) {
        String trouble = null;
        try {
          connected.raw("/readyz");
          lastAnswer.isNow();
        } catch (KubernetesClientException e) {
          switch (e.getCode()) {
            // Clusters that were hardened keep the question to themselves, and answer nonetheless.
            case HttpURLConnection.HTTP_FORBIDDEN, HttpURLConnection.HTTP_NOT_FOUND ->
                lastAnswer.isNow();
            case HttpURLConnection.HTTP_UNAUTHORIZED ->
                trouble = "refuses the credentials: " + Reflector.words(e);
            default -> trouble = "does not answer: " + Reflector.words(e);
          }
        }
        String found = trouble;
        thread.execute(
            () -> {
              silent = found;
              hasAnswered |= found == null;
              tell();
            });
        Thread.sleep(settings.timing().check());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    KubernetesClient connected;
    List<Thread> running;
    synchronized (lock) {
      if (isClosed) {
        return;
      }
      isClosed = true;
      if (sink != null) {
        sink.close();
      }
      connected = client;
      running = List.copyOf(threads);
    }
    running.forEach(Thread::interrupt);
    if (connected != null) {
      connected.close();
    }
    thread.close();
    for (Thread one : running) {
      try {
        if (!one.join(END_BOUND)) {
          LOG.atWarn()
              .addKeyValue("source", name())
              .addKeyValue("thread", one.getName())
              .log("A thread of the Kubernetes source did not end in time");
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  /** Tells all that has changed once what is in the queue by now is taken in. */
  private void changed() {
    if (!flushing) {
      flushing = true;
      thread.execute(
          () -> {
            flushing = false;
            tell();
          });
    }
  }

  private void tell() {
    ChangedOnly to;
    synchronized (lock) {
      to = sink;
    }
    if (to == null) {
      return;
    }
    boolean isWhole =
        hasAnswered
            && standings.values().stream().allMatch(one -> one.isListed() || one.trouble() != null);
    List<String> troubles =
        Stream.concat(Stream.ofNullable(silent), standings.values().stream().map(Standing::trouble))
            .filter(Objects::nonNull)
            .distinct()
            .toList();
    boolean wasEverWhole = told instanceof SourceEvent.Synced || state.wasTold();
    if (isWhole && (troubles.isEmpty() || wasEverWhole)) {
      state.flush(to);
    }
    if (!troubles.isEmpty()) {
      stand(new SourceEvent.Lost("The API server " + troubles.getFirst()), to);
    } else if (isWhole) {
      stand(new SourceEvent.Synced(), to);
    }
  }

  private void stand(SourceEvent standing, ChangedOnly to) {
    if (!standing.equals(told)) {
      if (standing instanceof SourceEvent.Lost(String reason)) {
        LOG.atWarn()
            .addKeyValue("source", name())
            .addKeyValue("reason", reason)
            .log("The registry is lost; what it said last stays");
      } else {
        LOG.atInfo().addKeyValue("source", name()).log("The registry is synced");
      }
      told = standing;
      to.accept(standing);
    }
  }

  /** Brings what the reflectors see to the source's thread. */
  private final class Outlet implements Reflector.Owner {

    @Override
    public void listed(Reflector reflector, List<ClusterObject> objects) {
      lastAnswer.isNow();
      thread.execute(
          () -> {
            state.replaced(reflector.kind(), reflector.namespace(), objects);
            standings.put(reflector, Standing.WELL);
            changed();
          });
    }

    @Override
    public void put(ClusterObject object) {
      thread.execute(
          () -> {
            state.put(object);
            changed();
          });
    }

    @Override
    public void removed(ClusterObject object) {
      thread.execute(
          () -> {
            state.remove(object);
            changed();
          });
    }

    @Override
    public void watching(Reflector reflector) {
      lastAnswer.isNow();
      thread.execute(
          () -> {
            standings.put(reflector, Standing.WELL);
            changed();
          });
    }

    @Override
    public void forbidden(Reflector reflector, String words) {
      thread.execute(
          () -> {
            state.forbidden(reflector.kind(), reflector.namespace(), words);
            standings.put(
                reflector, isVital(reflector) ? refused(reflector, words) : Standing.WELL);
            changed();
          });
    }

    @Override
    public void failed(Reflector reflector, String words) {
      thread.execute(
          () -> {
            boolean wasListed = standings.getOrDefault(reflector, Standing.NEW).isListed();
            standings.put(reflector, new Standing(wasListed, "does not answer: " + words));
            changed();
          });
    }

    /** Whether nothing can be known without it; a namespace among several can. */
    private boolean isVital(Reflector reflector) {
      return switch (reflector.kind()) {
        case NAMESPACES -> true;
        case SERVICES, ENDPOINTSLICES -> reflector.namespace().isEmpty();
        case NODES, PODS -> false;
      };
    }

    private Standing refused(Reflector reflector, String words) {
      return new Standing(false, "refuses to list `" + reflector.kind().plural() + "`: " + words);
    }
  }
}
