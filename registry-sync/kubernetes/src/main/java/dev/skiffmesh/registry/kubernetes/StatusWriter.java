package dev.skiffmesh.registry.kubernetes;

import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.status.KeptStatus;
import dev.skiffmesh.registry.core.Follower;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElectionConfigBuilder;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaseLock;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes statuses back to custom resources: by one replica alone, at most once in a while, and only
 * what is not there already. Two threads of its own; thread-safe.
 */
final class StatusWriter implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(StatusWriter.class);

  /** The lease's name; one for all replicas of a mesh. */
  static final String LEASE = "skiff-status";

  /**
   * Short enough for whoever watches {@code kubectl get}, long enough to gather a rollout's acks.
   */
  private static final Duration PACE = Duration.ofSeconds(1);

  // As client-go's controllers have them.
  private static final Duration LEASE_DURATION = Duration.ofSeconds(15);
  private static final Duration RENEW_DEADLINE = Duration.ofSeconds(10);
  private static final Duration RETRY = Duration.ofSeconds(2);

  private final KubernetesPolicySettings settings;
  private final ClusterLink link;
  private final Function<String, ResourceDefinitionContext> contexts;
  private final Consumer<@Nullable String> trouble;
  private final Map<DocumentKey, PolicyObject> objects = new ConcurrentHashMap<>();
  private final AtomicReference<List<KeptStatus>> wanted = new AtomicReference<>(List.of());
  private final List<Follower> followers = new ArrayList<>();
  private volatile boolean leading;
  private @Nullable String reported;

  /**
   * A writer that is not started.
   *
   * @param contexts of the kinds by their names
   * @param trouble takes why status cannot be written, null for no trouble
   */
  StatusWriter(
      KubernetesPolicySettings settings,
      ClusterLink link,
      Function<String, ResourceDefinitionContext> contexts,
      Consumer<@Nullable String> trouble) {
    this.settings = settings;
    this.link = link;
    this.contexts = contexts;
    this.trouble = trouble;
  }

  void start() {
    String name = "kubernetes-" + settings.name();
    String identity = System.getenv().getOrDefault("HOSTNAME", "skiff") + "-" + UUID.randomUUID();
    // What is wrong with the API server is told by those who read.
    followers.add(Follower.start(name + "-lease", () -> stand(identity), _ -> {}));
    followers.add(Follower.start(name + "-status", this::write, _ -> {}));
  }

  /** What should be there from now on. */
  void want(List<KeptStatus> statuses) {
    wanted.set(List.copyOf(statuses));
  }

  /** A resource is there in this form. */
  void seen(PolicyObject object) {
    objects.put(object.key(), object);
  }

  /** A resource is gone. */
  void gone(DocumentKey key) {
    objects.remove(key);
  }

  @Override
  public void close() {
    followers.forEach(Follower::stop);
    followers.forEach(Follower::close);
  }

  /** Stands for the lease, and leads until it is lost. */
  private Duration stand(String identity) {
    try {
      link.client()
          .leaderElector()
          .withConfig(
              new LeaderElectionConfigBuilder()
                  .withName(LEASE)
                  .withLock(new LeaseLock(settings.status().leaseNamespace(), LEASE, identity))
                  .withLeaseDuration(LEASE_DURATION)
                  .withRenewDeadline(RENEW_DEADLINE)
                  .withRetryPeriod(RETRY)
                  .withReleaseOnCancel(true)
                  .withLeaderCallbacks(
                      new LeaderCallbacks(
                          () -> leading = true, () -> leading = false, leader -> {}))
                  .build())
          .build()
          .run();
    } catch (RuntimeException e) {
      // The elector wraps what it meets, and may give up for good; whoever has no right to the
      // lease may be given it later.
      LOG.atDebug().addKeyValue("source", settings.name()).setCause(e).log("No lease yet");
    } finally {
      leading = false;
    }
    return RETRY;
  }

  private Duration write() throws InterruptedException {
    if (leading) {
      pass();
    }
    return PACE;
  }

  private void pass() throws InterruptedException {
    String found = null;
    for (KeptStatus kept : wanted.get()) {
      PolicyObject object = objects.get(kept.status().policy());
      Map<String, Object> status =
          object == null ? null : PolicyStatusText.of(kept, settings.name(), object);
      if (object != null && status != null && !PolicyStatusText.isSame(status, object.status())) {
        try {
          patch(object, status);
        } catch (KubernetesClientException e) {
          if (e.getCode() == HttpURLConnection.HTTP_FORBIDDEN) {
            found = Reflector.words(e);
          } else if (e.getCode() != HttpURLConnection.HTTP_NOT_FOUND) {
            // What is wrong with the API server is told by those who read; the next pass tries
            // again.
            LOG.atDebug()
                .addKeyValue("source", settings.name())
                .setCause(e)
                .log("A status is not written");
            return;
          }
        }
      }
    }
    if (!Objects.equals(found, reported)) {
      reported = found;
      trouble.accept(found);
    }
  }

  private void patch(PolicyObject object, Map<String, Object> status) throws InterruptedException {
    String now = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    DocumentKey key = object.key();
    String wanted =
        Serialization.asJson(
            Map.of("status", PolicyStatusText.withTimes(status, object.status(), now)));
    GenericKubernetesResource written =
        link.ask(
            settings.cluster().timing().answer(),
            client ->
                client
                    .genericKubernetesResources(contexts.apply(key.kind()))
                    .inNamespace(key.namespace())
                    .withName(key.name())
                    .subresource("status")
                    .patch(PatchContext.of(PatchType.JSON_MERGE), wanted));
    // The watch tells the same soon; until then nobody writes it twice.
    objects.replace(key, object, PolicyObject.of(settings.name(), written));
  }
}
