package dev.skiffmesh.registry.kubernetes;

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
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Policies from custom resources, and their status written back.
 *
 * <p>A scope is an object. A definition that is not installed is a finding with the command that
 * installs it, and no loss; the kind is read once it is there. An API server that does not answer,
 * or does not let a kind be listed that was never listed, is a loss. Objects are gone when the API
 * server says so of each, never because a list cannot be had.
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
  private @Nullable KubernetesClient client;
  private volatile @Nullable StatusWriter writer;
  private @Nullable Thread checker;
  private @Nullable String silent = "has not answered yet";

  /** How far the reading of a kind is. */
  private static final class Standing {
    private final List<SharedIndexInformer<GenericKubernetesResource>> informers =
        new ArrayList<>();
    private int unsynced;
    private boolean wasListed;
    private int misses;
    private @Nullable String refused;
    private @Nullable String failing;

    boolean isMissing() {
      return misses >= MISSES;
    }

    /** What was in the way is gone once all of it is watched; nobody else tells so. */
    boolean hasRecovered() {
      return (misses > 0 || refused != null)
          && informers.stream().allMatch(SharedIndexInformer::isWatching);
    }

    boolean isSettled() {
      return isMissing() || wasListed;
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
    KubernetesClient connected;
    try {
      connected = ClusterAccess.client(settings.cluster());
    } catch (KubernetesClientException | IllegalArgumentException e) {
      silent = "cannot be used: " + e.getMessage();
      stand();
      thread.after(settings.cluster().timing().check(), this::connect);
      return;
    }
    client = connected;
    if (settings.status().isWritten()) {
      StatusWriter opened =
          new StatusWriter(
              settings,
              connected,
              this::context,
              trouble -> thread.execute(() -> statusTrouble(trouble)));
      opened.want(statuses.get());
      writer = opened;
      opened.start();
    }
    for (CustomKind kind : settings.kinds()) {
      Standing standing = new Standing();
      standings.put(kind, standing);
      SortedSet<String> names = settings.cluster().selection().names();
      for (String namespace : names.isEmpty() ? new TreeSet<>(Set.of("")) : names) {
        standing.unsynced++;
        follow(connected, kind, namespace);
      }
    }
    checker =
        Thread.ofVirtual().name("kubernetes-" + name() + "-check").start(() -> check(connected));
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

  private void follow(KubernetesClient connected, CustomKind kind, String namespace) {
    var all = connected.genericKubernetesResources(context(kind.kind()));
    SharedIndexInformer<GenericKubernetesResource> informer =
        namespace.isEmpty()
            ? all.inAnyNamespace().runnableInformer(0)
            : all.inNamespace(namespace).runnableInformer(0);
    informer.addEventHandler(new Changes());
    informer.exceptionHandler(
        (_, failure) -> {
          thread.execute(() -> failed(kind, failure));
          return true;
        });
    standing(kind).informers.add(informer);
    informer
        .start()
        .whenComplete(
            (_, failure) ->
                thread.execute(
                    () -> {
                      if (failure == null) {
                        listed(kind);
                      } else {
                        failed(kind, failure);
                      }
                    }));
  }

  private void listed(CustomKind kind) {
    Standing standing = standing(kind);
    if (--standing.unsynced <= 0) {
      standing.wasListed = true;
    }
    recovered(standing);
    tellAbout(kind, standing);
    stand();
  }

  private void failed(CustomKind kind, Throwable failure) {
    Standing standing = standing(kind);
    Throwable cause = failure;
    while (!(cause instanceof KubernetesClientException) && cause.getCause() != null) {
      cause = cause.getCause();
    }
    KubernetesClientException known =
        cause instanceof KubernetesClientException e
            ? e
            : new KubernetesClientException(String.valueOf(cause.getMessage()));
    switch (known.getCode()) {
      case HttpURLConnection.HTTP_NOT_FOUND -> {
        // While the server itself is not ready it knows no definition.
        if (silent == null) {
          standing.misses++;
        }
      }
      case HttpURLConnection.HTTP_FORBIDDEN -> standing.refused = Reflector.words(known);
      case HttpURLConnection.HTTP_GONE -> {}
      default -> standing.failing = Reflector.words(known);
    }
    tellAbout(kind, standing);
    stand();
  }

  private static void recovered(Standing standing) {
    standing.misses = 0;
    standing.refused = null;
    standing.failing = null;
  }

  private Standing standing(CustomKind kind) {
    return standings.computeIfAbsent(kind, _ -> new Standing());
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

  /** Asks again and again whether the server answers: a watch can be silent for a minute. */
  private void check(KubernetesClient connected) {
    try {
      while (!Thread.currentThread().isInterrupted()) {
        String trouble = null;
        try {
          connected.raw("/readyz");
          lastAnswer.isNow();
        } catch (KubernetesClientException e) {
          trouble = "does not answer: " + Reflector.words(e);
        }
        String found = trouble;
        thread.execute(
            () -> {
              silent = found;
              if (found == null) {
                standings.forEach(this::look);
              }
              stand();
            });
        Thread.sleep(settings.cluster().timing().check());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void look(CustomKind kind, Standing standing) {
    standing.failing = null;
    if (standing.hasRecovered()) {
      recovered(standing);
      tellAbout(kind, standing);
    }
  }

  private void stand() {
    String reason = silent;
    for (Map.Entry<CustomKind, Standing> one : standings.entrySet()) {
      Standing standing = one.getValue();
      if (reason == null && standing.failing != null) {
        reason = "does not answer: " + standing.failing;
      }
      if (reason == null && standing.refused != null && !standing.wasListed) {
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
    Thread checks = checker;
    if (checks != null) {
      checks.interrupt();
    }
    standings.values().forEach(standing -> standing.informers.forEach(SharedIndexInformer::close));
    StatusWriter open = writer;
    if (open != null) {
      open.close();
    }
    KubernetesClient connected = client;
    if (connected != null) {
      connected.close();
    }
  }

  /** Brings what the informers see to the source's thread. */
  private final class Changes implements ResourceEventHandler<GenericKubernetesResource> {

    @Override
    public void onAdd(GenericKubernetesResource resource) {
      put(resource);
    }

    @Override
    public void onUpdate(GenericKubernetesResource before, GenericKubernetesResource now) {
      put(now);
    }

    @Override
    public void onDelete(GenericKubernetesResource resource, boolean isStale) {
      PolicyObject object = PolicyObject.of(name(), resource);
      thread.execute(
          () -> {
            StatusWriter open = writer;
            if (open != null) {
              open.gone(object.key());
            }
            if (scopes != null) {
              scopes.change(new TreeMap<>(), Set.of(object.key().toString()));
            }
          });
    }

    private void put(GenericKubernetesResource resource) {
      PolicyObject object = PolicyObject.of(name(), resource);
      thread.execute(
          () -> {
            StatusWriter open = writer;
            if (open != null) {
              open.seen(object);
            }
            if (scopes != null) {
              scopes.change(
                  new TreeMap<>(
                      Map.of(
                          object.key().toString(),
                          ScopeContent.EMPTY.replacedBy(
                              List.of(object.document()), List.of(), true))),
                  Set.of());
            }
          });
    }
  }
}
