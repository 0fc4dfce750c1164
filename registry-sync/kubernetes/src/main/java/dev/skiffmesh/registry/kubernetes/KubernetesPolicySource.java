package dev.skiffmesh.registry.kubernetes;

import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.source.SourceEvent;
import dev.skiffmesh.api.source.StatusKeeper;
import dev.skiffmesh.api.status.Finding;
import dev.skiffmesh.api.status.FindingCode;
import dev.skiffmesh.api.status.KeptStatus;
import dev.skiffmesh.registry.core.DocumentPortions;
import dev.skiffmesh.registry.core.PortionContent;
import dev.skiffmesh.registry.core.SourceShell;
import dev.skiffmesh.registry.kubernetes.KubernetesPolicySettings.CustomKind;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Policies from custom resources, and their status written back.
 *
 * <p>A portion is an object. A definition that is not installed is a finding with the command that
 * installs it, and no loss; the kind is read once it is there. An API server that does not answer,
 * or does not let a kind be listed that was never listed, is a loss. An object is gone when the API
 * server says so or a whole list lacks it, never because a list cannot be had.
 */
public final class KubernetesPolicySource extends SourceShell implements StatusKeeper {

  /** The type's word in the configuration. */
  public static final String TYPE = "kubernetes";

  private static final String STATUS_PORTION = "status";

  private final KubernetesPolicySettings settings;
  private final AtomicReference<List<KeptStatus>> statuses = new AtomicReference<>(List.of());
  private volatile @Nullable StatusWriter writer;

  // On the source's thread, as all methods below.
  private final Map<CustomKind, KindStanding> standings = new LinkedHashMap<>();
  private final DocumentPortions portions = new DocumentPortions(this::tell);
  private final Map<Place, Set<DocumentKey>> known = new HashMap<>();
  private @Nullable ClusterLink link;
  private @Nullable String silent;

  /** What one reflector reads, before and after a loss. */
  private record Place(CustomKind kind, String namespace) {}

  /** A source that does nothing until it is started. */
  public KubernetesPolicySource(KubernetesPolicySettings settings) {
    super(TYPE, settings.name());
    this.settings = settings;
  }

  /** Documents are written by somebody; an object that is gone was deleted. */
  @Override
  public boolean isWritten() {
    return true;
  }

  @Override
  public void keep(List<KeptStatus> newest) {
    statuses.set(List.copyOf(newest));
    StatusWriter open = writer;
    if (open != null) {
      open.want(newest);
    }
  }

  @Override
  protected String reason(String message) {
    return "The API server " + message;
  }

  @Override
  protected void connect(Connection connection) throws IOException {
    standings.clear();
    silent = "has not answered yet";
    ClusterLink opened = ClusterLink.open(settings.cluster());
    link = opened;
    if (settings.status().isWritten()) {
      StatusWriter begun =
          new StatusWriter(
              settings,
              opened,
              this::context,
              trouble -> connection.execute(() -> statusTrouble(trouble)));
      writer = begun;
      // Now, or by whoever brings newer ones meanwhile.
      begun.want(statuses.get());
      begun.start();
    }
    for (CustomKind kind : settings.kinds()) {
      SortedSet<String> names = settings.cluster().selection().names();
      for (String namespace : names.isEmpty() ? new TreeSet<>(Set.of("")) : names) {
        follow(connection, opened, kind, namespace);
      }
    }
    opened.check(trouble -> checked(connection, trouble));
  }

  @Override
  protected void disconnect() {
    StatusWriter open = writer;
    writer = null;
    if (open != null) {
      open.close();
    }
    ClusterLink opened = link;
    link = null;
    if (opened != null) {
      opened.close();
    }
  }

  private ResourceDefinitionContext context(String kind) {
    CustomKind known =
        settings.kinds().stream().filter(k -> k.kind().equals(kind)).findFirst().orElseThrow();
    return new ResourceDefinitionContext.Builder()
        .withGroup(settings.group())
        .withVersion(settings.version())
        .withKind(known.kind())
        .withPlural(known.plural())
        .withNamespaced(true)
        .build();
  }

  private void follow(
      Connection connection, ClusterLink opened, CustomKind kind, String namespace) {
    KubernetesSettings.Timing timing = settings.cluster().timing();
    KindStanding standing =
        standings.computeIfAbsent(kind, _ -> new KindStanding(kind, settings.definition(kind)));
    Reflector<PolicyObject> reflector =
        new Reflector<>(
            kind.plural(),
            namespace,
            ClusterAccess.objects(opened, timing, context(kind.kind()), namespace),
            new Outlet(connection, new Place(kind, namespace), standing),
            timing.retry(),
            timing.silence());
    standing.begun(reflector);
    opened.follow(reflector);
  }

  /** Again and again, on another thread: a watch can be silent for a minute. */
  private void checked(Connection connection, @Nullable String trouble) {
    if (trouble == null) {
      lastAnswer().isNow();
    }
    connection.execute(
        () -> {
          silent = trouble;
          stand();
        });
  }

  private void statusTrouble(@Nullable String words) {
    tell(
        new SourceEvent.PortionFindings(
            STATUS_PORTION,
            false,
            words == null
                ? List.of()
                : List.of(
                    Finding.of(
                        FindingCode.STATUS_NOT_KEPT,
                        name(),
                        "must be allowed to patch the status of its resources, found: " + words))));
  }

  private void stand() {
    Optional<String> loss =
        Stream.concat(
                Stream.ofNullable(silent),
                standings.values().stream().flatMap(standing -> standing.loss().stream()))
            .findFirst();
    if (loss.isPresent()) {
      tell(new SourceEvent.Lost(reason(loss.get())));
    } else if (!standings.isEmpty()
        && standings.values().stream().allMatch(KindStanding::isSettled)) {
      synced();
    }
  }

  private void become(Place place, List<PolicyObject> there, Set<DocumentKey> gone) {
    StatusWriter open = writer;
    if (open != null) {
      there.forEach(open::seen);
      gone.forEach(open::gone);
    }
    SortedMap<String, PortionContent> changed = new TreeMap<>();
    Set<DocumentKey> keys = known.computeIfAbsent(place, _ -> new HashSet<>());
    keys.removeAll(gone);
    for (PolicyObject object : there) {
      keys.add(object.key());
      changed.put(
          object.key().toString(), PortionContent.of(List.of(object.document()), List.of(), true));
    }
    portions.change(changed, gone.stream().map(DocumentKey::toString).collect(Collectors.toSet()));
  }

  /** Brings what the reflectors of one kind see to the source's thread. */
  private final class Outlet implements Reflector.Owner<PolicyObject> {

    private final Connection connection;
    private final Place place;
    private final KindStanding standing;

    Outlet(Connection connection, Place place, KindStanding standing) {
      this.connection = connection;
      this.place = place;
      this.standing = standing;
    }

    @Override
    public PolicyObject read(HasMetadata object) {
      return PolicyObject.of(name(), (GenericKubernetesResource) object);
    }

    @Override
    public void listed(Reflector<PolicyObject> reflector, List<PolicyObject> objects) {
      connection.execute(
          () -> {
            Set<DocumentKey> gone = new HashSet<>(known.getOrDefault(place, Set.of()));
            objects.forEach(object -> gone.remove(object.key()));
            become(place, objects, gone);
            standing.listed(reflector);
            stand();
          });
    }

    @Override
    public void put(Reflector<PolicyObject> reflector, PolicyObject object) {
      connection.execute(() -> become(place, List.of(object), Set.of()));
    }

    @Override
    public void removed(Reflector<PolicyObject> reflector, PolicyObject object) {
      connection.execute(() -> become(place, List.of(), Set.of(object.key())));
    }

    @Override
    public void watching(Reflector<PolicyObject> reflector) {
      told(() -> standing.watching(reflector));
    }

    @Override
    public void forbidden(Reflector<PolicyObject> reflector, String words) {
      told(() -> standing.forbidden(reflector, words));
    }

    @Override
    public void missing(Reflector<PolicyObject> reflector, String words) {
      told(() -> standing.missing(reflector, silent == null));
    }

    @Override
    public void failed(Reflector<PolicyObject> reflector, String words) {
      told(() -> standing.failed(reflector, words));
    }

    private void told(Runnable change) {
      connection.execute(
          () -> {
            change.run();
            tell(
                new SourceEvent.PortionFindings(
                    standing.definition(), standing.isRefused(), standing.findings()));
            stand();
          });
    }
  }
}
