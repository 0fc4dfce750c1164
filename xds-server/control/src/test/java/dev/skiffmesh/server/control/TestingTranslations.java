package dev.skiffmesh.server.control;

import com.google.protobuf.StringValue;
import dev.skiffmesh.api.document.Decoded;
import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.document.RawDocument;
import dev.skiffmesh.api.document.Violation;
import dev.skiffmesh.api.model.EndpointSet;
import dev.skiffmesh.api.model.ProxyIdentity;
import dev.skiffmesh.api.model.Service;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.model.World;
import dev.skiffmesh.api.policy.CallerRef;
import dev.skiffmesh.api.policy.Policy;
import dev.skiffmesh.api.policy.PolicySpec;
import dev.skiffmesh.api.policy.TargetRef;
import dev.skiffmesh.api.status.Finding;
import dev.skiffmesh.api.status.FindingCode;
import dev.skiffmesh.translator.Acceptance;
import dev.skiffmesh.translator.Evaluation;
import dev.skiffmesh.translator.PolicyEffect;
import dev.skiffmesh.translator.ProxyView;
import dev.skiffmesh.translator.Scope;
import dev.skiffmesh.translator.Sizing;
import dev.skiffmesh.translator.Translation;
import dev.skiffmesh.translator.evaluate.EffectiveMesh;
import dev.skiffmesh.translator.place.RuntimeKey;
import dev.skiffmesh.translator.plan.HostOwners;
import dev.skiffmesh.translator.plan.InboundPlan;
import dev.skiffmesh.translator.plan.OutboundPlan;
import dev.skiffmesh.translator.resource.Provenance;
import dev.skiffmesh.translator.resource.Reach;
import dev.skiffmesh.translator.resource.Resource;
import dev.skiffmesh.translator.resource.ResourceKind;
import dev.skiffmesh.translator.resource.ResourceSet;
import dev.skiffmesh.translator.resource.RuntimeLayer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;

/**
 * A small pure core: each service is one cluster and one assignment, and a policy shapes the
 * cluster of its target. A document's text is a line of words: {@code target=ns/name}, {@code
 * after=PT10M}, {@code at=INSTANT}, {@code effect=OVERRIDDEN}, or {@code broken}.
 */
final class TestingTranslations implements Translations {

  /** A policy of these tests. */
  record Spec(
      ServiceId target,
      PolicyEffect.Outcome outcome,
      @Nullable Duration expiresAfter,
      @Nullable Instant expiresAt,
      String text)
      implements PolicySpec {
    @Override
    public List<TargetRef> targetRefs() {
      return List.of();
    }

    @Override
    public List<CallerRef> callers() {
      return List.of();
    }
  }

  final AtomicInteger decoded = new AtomicInteger();
  final AtomicInteger evaluated = new AtomicInteger();
  final AtomicInteger translated = new AtomicInteger();
  final AtomicInteger assigned = new AtomicInteger();

  /** Proxies whose translation throws. */
  final Set<String> cursed = ConcurrentHashMap.newKeySet();

  /**
   * What the next evaluations throw, one after the other; none is left when all have been thrown.
   */
  final Deque<Throwable> evaluationsFail = new ConcurrentLinkedDeque<>();

  /** Whether each evaluation fails. */
  volatile boolean nothingEvaluates;

  /** What may happen in any translation or evaluation; does nothing unless a test says so. */
  volatile Runnable mishap = () -> {};

  private static final EffectiveMesh NO_MESH =
      new EffectiveMesh(World.EMPTY, List.of(), "skiff-system");

  /** A view carries the number of the world that it is a view of. */
  private final Map<Evaluation, DocumentKey> numbers = new ConcurrentHashMap<>();

  private final Map<DocumentKey, World> worlds = new ConcurrentHashMap<>();

  @Override
  public Decoded<Policy<?>> decode(RawDocument document, long generation) {
    decoded.incrementAndGet();
    Map<String, String> words = new TreeMap<>();
    for (String word : document.text().split(" ", -1)) {
      String[] parts = word.split("=", 2);
      words.put(parts[0], parts.length == 2 ? parts[1] : "");
    }
    if (words.containsKey("broken")) {
      return new Decoded.Rejected<>(
          List.of(
              new Violation("spec", document.origin().position(), "`spec` must not be 'broken'")));
    }
    String after = words.get("after");
    String at = words.get("at");
    return new Decoded.Ok<>(
        new Policy<>(
            document.key(),
            new TreeMap<>(),
            new TreeMap<>(),
            generation,
            new Spec(
                ServiceId.parse(words.getOrDefault("target", "none/none")),
                PolicyEffect.Outcome.valueOf(words.getOrDefault("effect", "SHAPED")),
                after == null ? null : Duration.parse(after),
                at == null ? null : Instant.parse(at),
                document.text()),
            document.origin()));
  }

  @Override
  public Evaluation evaluate(World world) {
    evaluated.incrementAndGet();
    mishap.run();
    if (nothingEvaluates) {
      throw new IllegalStateException("nothing evaluates");
    }
    Throwable next = evaluationsFail.poll();
    if (next instanceof Error error) {
      throw error;
    }
    if (next instanceof RuntimeException exception) {
      throw exception;
    }
    SortedMap<DocumentKey, Acceptance> acceptances = new TreeMap<>();
    world.policies().keySet().forEach(key -> acceptances.put(key, Acceptance.ACCEPTED));
    // Two worlds differ in their evaluation if they differ in anything but endpoints.
    Finding all =
        Finding.of(
            FindingCode.MERGED_SERVICE, "evaluation", world.services() + " " + world.policies());
    Evaluation evaluation = new Evaluation(acceptances, List.of(all), NO_MESH);
    numbers.computeIfAbsent(
        evaluation,
        _ -> {
          DocumentKey number = new DocumentKey("World", "number", String.valueOf(worlds.size()));
          worlds.put(number, world);
          return number;
        });
    return evaluation;
  }

  @Override
  public Sizing sizing(Evaluation evaluation, ServiceId service, EndpointSet now) {
    return Sizing.SAME;
  }

  @Override
  public ProxyView view(
      Evaluation evaluation, ProxyIdentity identity, SortedSet<ServiceId> learned) {
    DocumentKey number = numbers.get(evaluation);
    if (number == null) {
      throw new IllegalStateException("the evaluation is not one of these");
    }
    return new ProxyView(
        identity,
        new OutboundPlan(
            new TreeSet<>(Set.of(number)),
            TreePMap.empty(),
            new TreeMap<>(),
            HostOwners.NONE,
            new TreeMap<>(),
            null,
            new TreeMap<>()),
        InboundPlan.NOTHING,
        Scope.ALL);
  }

  @Override
  public Translation translate(ProxyView view) {
    translated.incrementAndGet();
    mishap.run();
    if (cursed.contains(view.identity().id())) {
      throw new IllegalStateException("this proxy is cursed");
    }
    World world = worlds.get(view.outbound().callerKind().first());
    if (world == null) {
      throw new IllegalStateException("the view is not one of these");
    }
    SortedMap<DocumentKey, PolicyEffect> effects = new TreeMap<>();
    TreePMap<String, Resource> clusters = TreePMap.empty();
    SortedSet<String> assignments = new TreeSet<>();
    for (ServiceId service : world.services().keySet()) {
      SortedSet<DocumentKey> shapers = new TreeSet<>();
      StringBuilder content = new StringBuilder(String.valueOf(world.services().get(service)));
      for (Policy<?> policy : world.policies().values()) {
        if (policy.spec() instanceof Spec spec && spec.target().equals(service)) {
          effects.put(policy.key(), new PolicyEffect(spec.outcome(), "by " + spec.outcome()));
          if (spec.outcome() == PolicyEffect.Outcome.SHAPED
              || spec.outcome() == PolicyEffect.Outcome.PARTLY) {
            shapers.add(policy.key());
            content.append(policy.key()).append(spec.text());
          }
        }
      }
      String name = service.toString();
      clusters =
          clusters.plus(
              name,
              Resource.pack(
                  ResourceKind.CLUSTER,
                  name,
                  StringValue.of(content.toString()),
                  new Provenance(shapers)));
      assignments.add(name);
    }
    SortedMap<ResourceKind, TreePMap<String, Resource>> byKind = new TreeMap<>();
    byKind.put(ResourceKind.CLUSTER, clusters);
    List<RuntimeKey> keys = new ArrayList<>();
    for (Policy<?> policy : world.policies().values()) {
      if (policy.spec() instanceof Spec spec && spec.text().contains("harm=")) {
        keys.add(new RuntimeKey(RuntimeKey.name(policy.key(), "abort"), 1, policy.key()));
      }
    }
    byKind.put(
        ResourceKind.RUNTIME,
        TreePMap.singleton(RuntimeLayer.NAME, RuntimeLayer.of(keys).resource()));
    return new Translation(
        new ResourceSet(byKind, assignments),
        effects,
        new TreeMap<>(),
        List.of(),
        RuntimeLayer.of(keys),
        Reach.NOTHING);
  }

  @Override
  public Optional<ServiceId> assignmentService(String assignmentName) {
    return Optional.of(ServiceId.parse(assignmentName));
  }

  @Override
  public boolean isAssigned(String assignmentName, Service service) {
    return service.externalName() == null;
  }

  @Override
  public Resource assignment(String assignmentName, EndpointSet endpoints) {
    assigned.incrementAndGet();
    return Resource.pack(
        ResourceKind.ENDPOINT,
        assignmentName,
        StringValue.of(endpoints.toString()),
        Provenance.NONE);
  }
}
