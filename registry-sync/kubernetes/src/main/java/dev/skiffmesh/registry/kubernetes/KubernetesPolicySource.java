package dev.skiffmesh.registry.kubernetes;

import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.source.Source;
import dev.skiffmesh.api.source.SourceEvent;
import dev.skiffmesh.api.source.StatusKeeper;
import dev.skiffmesh.api.status.Finding;
import dev.skiffmesh.api.status.FindingCode;
import dev.skiffmesh.api.status.KeptStatus;
import dev.skiffmesh.registry.core.ChangedOnly;
import dev.skiffmesh.registry.core.DocumentScopes;
import dev.skiffmesh.registry.core.LastAnswer;
import dev.skiffmesh.registry.core.ScopeContent;
import dev.skiffmesh.registry.core.SourceThread;
import dev.skiffmesh.registry.kubernetes.KubernetesPolicySettings.CustomKind;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import java.time.Duration;
import java.util.ArrayList;
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
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Policies from custom resources, and their status written back.
 *
 * <p>A scope is an object. A definition that is not installed is a finding with the command that
 * installs it, and no loss; the kind is read once it is there. An API server that does not answer,
 * or does not let a kind be listed that was never listed, is a loss. An object is gone when the API
 * server says so or a whole list lacks it, never because a list cannot be had.
 */
public final class KubernetesPolicySource implements Source, StatusKeeper {

  /** The type's word in the configuration. */
  public static final String TYPE = "kubernetes";

  private static final Logger LOG = LoggerFactory.getLogger(KubernetesPolicySource.class);

  /** A definition is believed to be missing after so many answers: a new server has none yet. */
  private static final int MISSES = 2;

  private static final String STATUS_SCOPE = "status";

  private final KubernetesPolicySettings settings;
  private final SourceThread thread;
  private final LastAnswer lastAnswer = new LastAnswer();
  private final AtomicReference<List<KeptStatus>> statuses = new AtomicReference<>(List.of());

  private volatile @Nullable ChangedOnly sink;

  // On the source's thread, as all private methods.
  private final Map<CustomKind, Standing> standings = new LinkedHashMap<>();
  private @Nullable DocumentScopes scopes;
  private final Map<Reflector<PolicyObject>, Set<DocumentKey>> known = new HashMap<>();
  private @Nullable ClusterLink link;
  private volatile @Nullable StatusWriter writer;
  private @Nullable String silent = "has not answered yet";

  /** How far the reading of a kind is. */
  private static final class Standing {
    private final Set<Reflector<PolicyObject>> unlisted = new HashSet<>();
    private final Set<Reflector<PolicyObject>> unwatched = new HashSet<>();
    private int misses;
    private @Nullable String refused;
    private @Nullable String failing;

    boolean isMissing() {
      return misses >= MISSES;
    }

    boolean isSettled() {
      return isMissing() || unlisted.isEmpty();
    }
  }

  /** A source that does nothing until it is started. */
  public KubernetesPolicySource(KubernetesPolicySettings settings) {
    this.settings = settings;
    this.thread = SourceThread.named("source-" + settings.name());
  }

  @Override
  public String name() {
    return settings.name();
  }

  @Override
  public String type() {
    return TYPE;
  }

  /** Documents are written by somebody; an object that is gone was deleted. */
  @Override
  public boolean isWritten() {
    return true;
  }

  /** Each answer to the question whether the server is ready counts. */
  @Override
  public Optional<Duration> silence() {
    return lastAnswer.age();
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
  public void start(Sink events) {
    ChangedOnly news = new ChangedOnly(events);
    sink = news;
    thread.execute(
        () -> {
          scopes = new DocumentScopes(news);
          connect();
        });
  }

  /** Reads files, so that it is not the caller's work. */
  private void connect() {
    ClusterLink opened;
    try {
      opened = new ClusterLink(settings.cluster());
    } catch (RuntimeException | LinkageError e) {
      // Whatever it is (a file that is half written, a class that a proxy's settings ask for): the
      // next try may find it mended.
      silent = "cannot be used: " + e.getMessage();
      stand();
      thread.after(settings.cluster().timing().check(), this::connect);
      return;
    }
    link = opened;
    if (settings.status().isWritten()) {
      StatusWriter begun =
          new StatusWriter(
              settings,
              opened,
              this::context,
              trouble -> thread.execute(() -> statusTrouble(trouble)));
      begun.want(statuses.get());
      writer = begun;
      begun.start();
    }
    for (CustomKind kind : settings.kinds()) {
      SortedSet<String> names = settings.cluster().selection().names();
      for (String namespace : names.isEmpty() ? new TreeSet<>(Set.of("")) : names) {
        follow(opened, kind, namespace);
      }
    }
    opened.check(this::checked);
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

  private void follow(ClusterLink opened, CustomKind kind, String namespace) {
    KubernetesSettings.Timing timing = settings.cluster().timing();
    Standing standing = standings.computeIfAbsent(kind, _ -> new Standing());
    Reflector<PolicyObject> reflector =
        new Reflector<>(
            kind.plural(),
            namespace,
            ClusterAccess.objects(opened, timing, context(kind.kind()), namespace),
            new Outlet(kind, standing),
            timing.retry(),
            timing.silence());
    standing.unlisted.add(reflector);
    standing.unwatched.add(reflector);
    opened.follow(reflector);
  }

  /** Again and again: a watch can be silent for a minute. */
  private void checked(@Nullable String trouble) {
    if (trouble == null) {
      lastAnswer.isNow();
    }
    thread.execute(
        () -> {
          silent = trouble;
          stand();
        });
  }

  private void tellAbout(CustomKind kind, Standing standing) {
    String definition = settings.definition(kind);
    List<Finding> findings = new ArrayList<>();
    if (standing.isMissing()) {
      findings.add(
          Finding.of(
              FindingCode.DEFINITION_MISSING,
              definition,
              "must be installed in the cluster for Skiff to read its "
                  + kind.kind()
                  + " objects; `skiff crds | kubectl apply --server-side -f -` installs it"));
    }
    String refused = standing.refused;
    if (refused != null) {
      findings.add(
          Finding.of(
              FindingCode.NOT_READABLE,
              definition,
              "must be readable by Skiff (list and watch), found: " + refused));
    }
    send(new SourceEvent.ScopeFindings(definition, refused != null, findings));
  }

  private void statusTrouble(@Nullable String words) {
    send(
        new SourceEvent.ScopeFindings(
            STATUS_SCOPE,
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
    String reason = silent;
    for (Map.Entry<CustomKind, Standing> one : standings.entrySet()) {
      Standing standing = one.getValue();
      if (reason == null && standing.failing != null) {
        reason = "does not answer: " + standing.failing;
      }
      if (reason == null && standing.refused != null && !standing.unlisted.isEmpty()) {
        reason = "refuses to list `" + one.getKey().plural() + "`: " + standing.refused;
      }
    }
    if (reason != null) {
      LOG.atDebug().addKeyValue("source", name()).addKeyValue("reason", reason).log("Lost");
      send(new SourceEvent.Lost("The API server " + reason));
    } else if (!standings.isEmpty() && standings.values().stream().allMatch(Standing::isSettled)) {
      send(new SourceEvent.Synced());
    }
  }

  private void send(SourceEvent event) {
    ChangedOnly events = sink;
    if (events != null) {
      events.accept(event);
    }
  }

  @Override
  public void close() {
    ChangedOnly events = sink;
    if (events != null) {
      events.close();
    }
    thread.close();
    // Nothing runs on the thread any more, so that this is the only user of the rest.
    StatusWriter open = writer;
    if (open != null) {
      open.close();
    }
    ClusterLink opened = link;
    if (opened != null) {
      opened.close();
    }
  }

  private void become(
      Reflector<PolicyObject> reflector, List<PolicyObject> there, Set<DocumentKey> gone) {
    StatusWriter open = writer;
    if (open != null) {
      there.forEach(open::seen);
      gone.forEach(open::gone);
    }
    SortedMap<String, ScopeContent> changed = new TreeMap<>();
    Set<DocumentKey> keys = known.computeIfAbsent(reflector, _ -> new HashSet<>());
    keys.removeAll(gone);
    for (PolicyObject object : there) {
      keys.add(object.key());
      changed.put(
          object.key().toString(),
          ScopeContent.EMPTY.replacedBy(List.of(object.document()), List.of(), true));
    }
    if (scopes != null) {
      scopes.change(changed, gone.stream().map(DocumentKey::toString).collect(Collectors.toSet()));
    }
  }

  /** Brings what the reflectors of one kind see to the source's thread. */
  private final class Outlet implements Reflector.Owner<PolicyObject> {

    private final CustomKind kind;
    private final Standing standing;

    Outlet(CustomKind kind, Standing standing) {
      this.kind = kind;
      this.standing = standing;
    }

    @Override
    public PolicyObject read(HasMetadata object) {
      return PolicyObject.of(name(), (GenericKubernetesResource) object);
    }

    @Override
    public void listed(Reflector<PolicyObject> reflector, List<PolicyObject> objects) {
      thread.execute(
          () -> {
            Set<DocumentKey> gone = new HashSet<>(known.getOrDefault(reflector, Set.of()));
            objects.forEach(object -> gone.remove(object.key()));
            become(reflector, objects, gone);
            standing.unlisted.remove(reflector);
            stand();
          });
    }

    @Override
    public void put(Reflector<PolicyObject> reflector, PolicyObject object) {
      thread.execute(() -> become(reflector, List.of(object), Set.of()));
    }

    @Override
    public void removed(Reflector<PolicyObject> reflector, PolicyObject object) {
      thread.execute(() -> become(reflector, List.of(), Set.of(object.key())));
    }

    /** What was in the way is gone once all of the kind is watched. */
    @Override
    public void watching(Reflector<PolicyObject> reflector) {
      thread.execute(
          () -> {
            standing.unwatched.remove(reflector);
            if (standing.unwatched.isEmpty()) {
              standing.misses = 0;
              standing.refused = null;
              standing.failing = null;
            }
            told();
          });
    }

    @Override
    public void forbidden(Reflector<PolicyObject> reflector, String words) {
      troubled(reflector, () -> standing.refused = words);
    }

    /** While the server itself is not ready it knows no definition. */
    @Override
    public void missing(Reflector<PolicyObject> reflector, String words) {
      troubled(reflector, () -> standing.misses += silent == null ? 1 : 0);
    }

    @Override
    public void failed(Reflector<PolicyObject> reflector, String words) {
      troubled(reflector, () -> standing.failing = words);
    }

    private void troubled(Reflector<PolicyObject> reflector, Runnable change) {
      thread.execute(
          () -> {
            standing.unwatched.add(reflector);
            change.run();
            told();
          });
    }

    private void told() {
      tellAbout(kind, standing);
      stand();
    }
  }
}
