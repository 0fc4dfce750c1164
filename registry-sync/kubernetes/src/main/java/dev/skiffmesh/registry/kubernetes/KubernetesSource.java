package dev.skiffmesh.registry.kubernetes;

import dev.skiffmesh.api.source.SourceEvent;
import dev.skiffmesh.registry.core.SourceShell;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Services of a Kubernetes cluster, from watches on Services, EndpointSlices, Pods, Nodes and,
 * where namespaces are selected by labels, Namespaces. Reads only: the verbs are list and watch.
 *
 * <p>An API server that ends a watch, as it does every few minutes, is not lost: the watch goes on
 * where it ended. One that does not answer within some seconds, or refuses Services or
 * EndpointSlices, is {@link SourceEvent.Lost}; what it said stays. What else it refuses is a
 * finding, and the rest goes on.
 */
public final class KubernetesSource extends SourceShell {

  private final KubernetesSettings settings;

  // On the source's thread, as all methods below unless they say otherwise.
  private final ClusterState state;
  private final Map<Reflector<ClusterObject>, Standing> standings = new LinkedHashMap<>();
  private @Nullable ClusterLink link;
  private @Nullable String silent;
  private boolean hasAnswered;
  private boolean flushing;

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
    super("kubernetes", settings.name());
    this.settings = settings;
    this.state = new ClusterState(settings.selection(), new ServiceMapper(settings.name()));
  }

  @Override
  protected String reason(String message) {
    return "The API server " + message;
  }

  @Override
  protected void connect(Connection connection) throws IOException {
    standings.clear();
    silent = null;
    hasAnswered = false;
    flushing = false;
    ClusterLink opened = ClusterLink.open(settings);
    link = opened;
    for (Kind kind : Kind.values()) {
      if (isWatched(kind)) {
        for (String namespace : namespacesOf(kind)) {
          Reflector<ClusterObject> reflector =
              new Reflector<>(
                  kind.plural(),
                  namespace,
                  ClusterAccess.objects(opened, settings.timing(), kind, namespace),
                  new Outlet(connection, kind),
                  settings.timing().retry(),
                  settings.timing().silence());
          standings.put(reflector, Standing.NEW);
          opened.follow(reflector);
        }
      }
    }
    opened.check(trouble -> checked(connection, trouble));
  }

  @Override
  protected void disconnect() {
    ClusterLink open = link;
    link = null;
    if (open != null) {
      open.close();
    }
  }

  /** Again and again, on another thread: a watch can be silent for a minute. */
  private void checked(Connection connection, @Nullable String trouble) {
    if (trouble == null) {
      lastAnswer().isNow();
    }
    connection.execute(
        () -> {
          silent = trouble;
          hasAnswered |= trouble == null;
          stand();
        });
  }

  private boolean isWatched(Kind kind) {
    return kind != Kind.NAMESPACES || settings.selection().needsNamespaces();
  }

  private SortedSet<String> namespacesOf(Kind kind) {
    SortedSet<String> names = settings.selection().names();
    return kind.isNamespaced() && !names.isEmpty() ? names : new TreeSet<>(List.of(""));
  }

  /** Tells all that has changed once what is in the queue by now is taken in. */
  private void changed(Connection connection) {
    if (!flushing) {
      flushing = true;
      connection.execute(
          () -> {
            flushing = false;
            stand();
          });
    }
  }

  private void stand() {
    boolean isWhole =
        hasAnswered
            && standings.values().stream().allMatch(one -> one.isListed() || one.trouble() != null);
    List<String> troubles =
        Stream.concat(Stream.ofNullable(silent), standings.values().stream().map(Standing::trouble))
            .filter(Objects::nonNull)
            .distinct()
            .toList();
    if (isWhole && (troubles.isEmpty() || state.wasTold())) {
      state.flush(this::tell);
    }
    if (!troubles.isEmpty()) {
      tell(new SourceEvent.Lost(reason(troubles.getFirst())));
    } else if (isWhole) {
      synced();
    }
  }

  /** Brings what the reflectors see to the source's thread. */
  private final class Outlet implements Reflector.Owner<ClusterObject> {

    private final Connection connection;
    private final Kind kind;

    Outlet(Connection connection, Kind kind) {
      this.connection = connection;
      this.kind = kind;
    }

    @Override
    public ClusterObject read(HasMetadata object) {
      return ObjectReader.read(object);
    }

    @Override
    public void listed(Reflector<ClusterObject> reflector, List<ClusterObject> objects) {
      lastAnswer().isNow();
      connection.execute(
          () -> {
            state.replaced(kind, reflector.namespace(), objects);
            standings.put(reflector, Standing.WELL);
            changed(connection);
          });
    }

    @Override
    public void put(Reflector<ClusterObject> reflector, ClusterObject object) {
      connection.execute(
          () -> {
            state.put(object);
            changed(connection);
          });
    }

    @Override
    public void removed(Reflector<ClusterObject> reflector, ClusterObject object) {
      connection.execute(
          () -> {
            state.remove(object);
            changed(connection);
          });
    }

    @Override
    public void watching(Reflector<ClusterObject> reflector) {
      lastAnswer().isNow();
      connection.execute(
          () -> {
            standings.put(reflector, Standing.WELL);
            changed(connection);
          });
    }

    @Override
    public void forbidden(Reflector<ClusterObject> reflector, String words) {
      connection.execute(
          () -> {
            state.forbidden(kind, reflector.namespace(), words);
            standings.put(reflector, isVital(reflector) ? refused(words) : Standing.WELL);
            changed(connection);
          });
    }

    /** Every API server has the kinds that are read here. */
    @Override
    public void missing(Reflector<ClusterObject> reflector, String words) {
      failed(reflector, words);
    }

    @Override
    public void failed(Reflector<ClusterObject> reflector, String words) {
      connection.execute(
          () -> {
            boolean wasListed = standings.getOrDefault(reflector, Standing.NEW).isListed();
            standings.put(reflector, new Standing(wasListed, "does not answer: " + words));
            changed(connection);
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
