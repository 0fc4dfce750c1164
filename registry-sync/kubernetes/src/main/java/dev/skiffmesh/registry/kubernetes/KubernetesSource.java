package dev.skiffmesh.registry.kubernetes;

import dev.skiffmesh.api.source.Source;
import dev.skiffmesh.api.source.SourceEvent;
import dev.skiffmesh.registry.core.ChangedOnly;
import dev.skiffmesh.registry.core.LastAnswer;
import dev.skiffmesh.registry.core.SourceThread;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
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

  private final KubernetesSettings settings;
  private final SourceThread thread;
  private final LastAnswer lastAnswer = new LastAnswer();
  private final Object lock = new Object();

  // Confined to the source's thread.
  private final ClusterState state;
  private final Map<Reflector<ClusterObject>, Standing> standings = new LinkedHashMap<>();
  private @Nullable String silent;
  private boolean hasAnswered;
  private @Nullable SourceEvent told;
  private boolean flushing;

  // Guarded by lock.
  private @Nullable ChangedOnly sink;
  private @Nullable ClusterLink link;
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
    ClusterLink opened;
    try {
      opened = new ClusterLink(settings);
    } catch (KubernetesClientException | IllegalArgumentException e) {
      silent = "cannot be used: " + e.getMessage();
      tell();
      thread.after(settings.timing().check(), this::connect);
      return;
    }
    synchronized (lock) {
      if (isClosed) {
        opened.close();
        return;
      }
      link = opened;
      for (Kind kind : Kind.values()) {
        if (isWatched(kind)) {
          for (String namespace : namespacesOf(kind)) {
            Reflector<ClusterObject> reflector =
                new Reflector<>(
                    kind.plural(),
                    namespace,
                    ClusterAccess.objects(opened, settings.timing(), kind, namespace),
                    new Outlet(kind),
                    settings.timing().retry(),
                    settings.timing().silence());
            standings.put(reflector, Standing.NEW);
            opened.follow(reflector);
          }
        }
      }
      opened.check(this::checked);
    }
  }

  /** Again and again: a watch can be silent for a minute. */
  private void checked(@Nullable String trouble) {
    if (trouble == null) {
      lastAnswer.isNow();
    }
    thread.execute(
        () -> {
          silent = trouble;
          hasAnswered |= trouble == null;
          tell();
        });
  }

  private boolean isWatched(Kind kind) {
    return kind != Kind.NAMESPACES || settings.selection().needsNamespaces();
  }

  private SortedSet<String> namespacesOf(Kind kind) {
    SortedSet<String> names = settings.selection().names();
    return kind.isNamespaced() && !names.isEmpty() ? names : new TreeSet<>(List.of(""));
  }

  @Override
  public void close() {
    ClusterLink open;
    synchronized (lock) {
      if (isClosed) {
        return;
      }
      isClosed = true;
      if (sink != null) {
        sink.close();
      }
      open = link;
    }
    if (open != null) {
      open.close();
    }
    thread.close();
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
  private final class Outlet implements Reflector.Owner<ClusterObject> {

    private final Kind kind;

    Outlet(Kind kind) {
      this.kind = kind;
    }

    @Override
    public ClusterObject read(HasMetadata object) {
      return ObjectReader.read(object);
    }

    @Override
    public void listed(Reflector<ClusterObject> reflector, List<ClusterObject> objects) {
      lastAnswer.isNow();
      thread.execute(
          () -> {
            state.replaced(kind, reflector.namespace(), objects);
            standings.put(reflector, Standing.WELL);
            changed();
          });
    }

    @Override
    public void put(Reflector<ClusterObject> reflector, ClusterObject object) {
      thread.execute(
          () -> {
            state.put(object);
            changed();
          });
    }

    @Override
    public void removed(Reflector<ClusterObject> reflector, ClusterObject object) {
      thread.execute(
          () -> {
            state.remove(object);
            changed();
          });
    }

    @Override
    public void watching(Reflector<ClusterObject> reflector) {
      lastAnswer.isNow();
      thread.execute(
          () -> {
            standings.put(reflector, Standing.WELL);
            changed();
          });
    }

    @Override
    public void forbidden(Reflector<ClusterObject> reflector, String words) {
      thread.execute(
          () -> {
            state.forbidden(kind, reflector.namespace(), words);
            standings.put(reflector, isVital(reflector) ? refused(words) : Standing.WELL);
            changed();
          });
    }

    /** Every API server has the kinds that are read here. */
    @Override
    public void missing(Reflector<ClusterObject> reflector, String words) {
      failed(reflector, words);
    }

    @Override
    public void failed(Reflector<ClusterObject> reflector, String words) {
      thread.execute(
          () -> {
            boolean wasListed = standings.getOrDefault(reflector, Standing.NEW).isListed();
            standings.put(reflector, new Standing(wasListed, "does not answer: " + words));
            changed();
          });
    }

    /** Whether nothing can be known without it; a namespace among several can. */
    private boolean isVital(Reflector<ClusterObject> reflector) {
      return switch (kind) {
        case NAMESPACES -> true;
        case SERVICES, ENDPOINTSLICES -> reflector.namespace().isEmpty();
        case NODES, PODS -> false;
      };
    }

    private Standing refused(String words) {
      return new Standing(false, "refuses to list `" + kind.plural() + "`: " + words);
    }
  }
}
