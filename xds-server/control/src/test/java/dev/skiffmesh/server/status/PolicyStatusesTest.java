package dev.skiffmesh.server.status;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.StringValue;
import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.document.Origin;
import dev.skiffmesh.api.document.Position;
import dev.skiffmesh.api.document.RawDocument;
import dev.skiffmesh.api.document.RawNode;
import dev.skiffmesh.api.document.Violation;
import dev.skiffmesh.api.model.Dialect;
import dev.skiffmesh.api.model.Locality;
import dev.skiffmesh.api.model.ProxyIdentity;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.model.Workload;
import dev.skiffmesh.api.model.World;
import dev.skiffmesh.api.policy.CallerRef;
import dev.skiffmesh.api.policy.Policy;
import dev.skiffmesh.api.policy.PolicySpec;
import dev.skiffmesh.api.policy.TargetRef;
import dev.skiffmesh.api.status.Condition;
import dev.skiffmesh.api.status.PolicyStatus;
import dev.skiffmesh.server.delivery.StreamId;
import dev.skiffmesh.server.delivery.StreamStanding;
import dev.skiffmesh.server.state.SavedScope;
import dev.skiffmesh.translator.PolicyEffect;
import dev.skiffmesh.translator.PolicyEffect.Outcome;
import dev.skiffmesh.translator.Translation;
import dev.skiffmesh.translator.resource.Provenance;
import dev.skiffmesh.translator.resource.Reach;
import dev.skiffmesh.translator.resource.Resource;
import dev.skiffmesh.translator.resource.ResourceKind;
import dev.skiffmesh.translator.resource.ResourceSet;
import dev.skiffmesh.translator.resource.RuntimeLayer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.pcollections.TreePMap;

/** What is said of one policy, from how its proxies stand to what it shaped. */
class PolicyStatusesTest {

  private static final DocumentKey CANARY = new DocumentKey("TrafficRoute", "trading", "canary");
  private static final Origin ORIGIN = new Origin("files", "canary.yaml", new Position(1, 1));
  private static final Instant NOW = Instant.parse("2026-11-23T08:00:00Z");

  /** Spec of a policy that may end by itself. */
  private record Spec(@Nullable Instant expiresAt) implements PolicySpec {
    @Override
    public List<TargetRef> targetRefs() {
      return List.of();
    }

    @Override
    public List<CallerRef> callers() {
      return List.of();
    }

    @Override
    public @Nullable Duration expiresAfter() {
      return null;
    }
  }

  /** A proxy that stands to all of its resources in one way. */
  private record Standing(StreamStanding.Standing standing, String error)
      implements StreamStanding {

    @Override
    public StreamStanding.Standing standing(ResourceKind kind, String name, String version) {
      return standing;
    }

    @Override
    public List<RejectedResource> rejections() {
      return standing == StreamStanding.Standing.REJECTED
          ? List.of(new RejectedResource(ResourceKind.CLUSTER, "pay", "1", error))
          : List.of();
    }

    @Override
    public List<TypeCounts> types() {
      return List.of();
    }

    @Override
    public boolean inSync() {
      return true;
    }

    @Override
    public boolean standsAs(StreamStanding earlier) {
      return equals(earlier);
    }
  }

  private final List<ReportInput.Stream> streams = new ArrayList<>();
  private final Map<StreamId, StreamStanding> standings = new TreeMap<>();

  private PolicyStatusesTest proxy(Outcome outcome, String words, StreamStanding.Standing stands) {
    return proxy("app-" + streams.size(), outcome, words, stands, true, 1);
  }

  /**
   * A stream of a proxy.
   *
   * @param isCurrent whether its translation is of the newest world
   * @param generation of the policy that it was translated with; 0 if that was without it
   */
  private PolicyStatusesTest proxy(
      String proxy,
      Outcome outcome,
      String words,
      StreamStanding.Standing stands,
      boolean isCurrent,
      long generation) {
    StreamId id = new StreamId(streams.size() + 1);
    ServiceId service = new ServiceId("trading", "order");
    SortedMap<DocumentKey, Policy<?>> policies = new TreeMap<>();
    if (generation > 0) {
      policies.put(CANARY, policy(generation, null));
    }
    streams.add(
        new ReportInput.Stream(
            id,
            new ProxyIdentity(
                proxy,
                new Workload(service, new TreeMap<>(), null),
                "10.0.0.1",
                List.of(),
                15001,
                "sidecar",
                Locality.UNKNOWN,
                new Dialect.Envoy(1, 40, true)),
            new SavedScope.Workload(service, ""),
            "10.0.0.1:4711",
            NOW,
            isCurrent,
            policies,
            translation(outcome, words, generation > 0),
            null,
            null));
    standings.put(id, new Standing(stands, "no such cipher"));
    return this;
  }

  private static Translation translation(Outcome outcome, String words, boolean isAffected) {
    SortedMap<ResourceKind, TreePMap<String, Resource>> byKind = new TreeMap<>();
    SortedMap<DocumentKey, PolicyEffect> effects = new TreeMap<>();
    if (isAffected) {
      effects.put(CANARY, new PolicyEffect(outcome, words));
      byKind.put(
          ResourceKind.CLUSTER,
          TreePMap.singleton(
              "pay",
              Resource.pack(
                  ResourceKind.CLUSTER,
                  "pay",
                  StringValue.of("content"),
                  new Provenance(new TreeSet<>(Set.of(CANARY))))));
    }
    return new Translation(
        new ResourceSet(byKind, new TreeSet<>()),
        effects,
        new TreeMap<>(),
        List.of(),
        RuntimeLayer.EMPTY,
        Reach.NOTHING);
  }

  private static Policy<Spec> policy(long generation, @Nullable Instant end) {
    return new Policy<>(
        CANARY, new TreeMap<>(), new TreeMap<>(), generation, new Spec(end), ORIGIN);
  }

  private static LedgerEntry entry(long generation, long good, @Nullable Instant end) {
    return new LedgerEntry(
        CANARY,
        "files",
        ORIGIN,
        generation,
        "text",
        good == generation
            ? List.of()
            : List.of(new Violation("spec", ORIGIN.position(), "must be there")),
        good == 0
            ? null
            : new LedgerEntry.Good(
                new RawDocument(
                    CANARY, new RawNode.Mapping(List.of(), ORIGIN.position()), ORIGIN, "text"),
                policy(good, end),
                NOW),
        List.of());
  }

  private PolicyStatus status(LedgerEntry entry) {
    StandMemory memory = new StandMemory();
    memory.begin(streams);
    ReportInput input =
        new ReportInput(
            1,
            NOW,
            new Readiness(true, List.of()),
            World.EMPTY,
            null,
            new TreeMap<>(Map.of(CANARY, entry)),
            List.of(),
            streams,
            List.of(),
            List.of());
    return new PolicyStatuses(input, standings, memory).of(entry);
  }

  private Condition programmed() {
    return status(entry(1, 1, null)).programmed();
  }

  private static void check(
      Condition found, boolean holds, Condition.Reason reason, String message) {
    assertThat(found.status()).isEqualTo(holds);
    assertThat(found.reason()).isEqualTo(reason);
    assertThat(found.message()).isEqualTo(message);
  }

  @Test
  void nobodyUsesIt() {
    check(
        programmed(), false, Condition.Reason.NOTHING_TO_PROGRAM, "no connected proxy uses it yet");
    proxy(Outcome.SHAPED, "", StreamStanding.Standing.NOT_ASKED);
    check(
        programmed(), false, Condition.Reason.NOTHING_TO_PROGRAM, "no connected proxy uses it yet");
  }

  @Test
  void allHaveIt() {
    proxy(Outcome.SHAPED, "", StreamStanding.Standing.ACKED);
    proxy(Outcome.SHAPED, "", StreamStanding.Standing.ACKED);
    check(programmed(), true, Condition.Reason.PROGRAMMED, "");
    assertThat(status(entry(1, 1, null)).proxies()).isEqualTo(new PolicyStatus.Proxies(2, 2, 0));
  }

  @Test
  void someHaveNotAnswered() {
    proxy(Outcome.SHAPED, "", StreamStanding.Standing.ACKED);
    proxy(Outcome.SHAPED, "", StreamStanding.Standing.PENDING);
    check(programmed(), false, Condition.Reason.PENDING, "acknowledged by 1 of 2 proxies");
  }

  @Test
  void whoIsStillToBeTranslatedForIsWaitedFor() {
    proxy(Outcome.SHAPED, "", StreamStanding.Standing.ACKED);
    proxy("late", Outcome.SHAPED, "", StreamStanding.Standing.ACKED, false, 0);
    check(
        programmed(),
        false,
        Condition.Reason.PENDING,
        "acknowledged by 1 of 1 proxies, not yet translated for 1 more");
  }

  @Test
  void whatAnOldTranslationAcknowledgedIsNotTheNewGeneration() {
    proxy("app", Outcome.SHAPED, "", StreamStanding.Standing.ACKED, false, 1);
    check(
        status(entry(2, 2, null)).programmed(),
        false,
        Condition.Reason.PENDING,
        "acknowledged by 0 of 1 proxies");
  }

  @Test
  void oneRefusalIsSaidWhateverTheOthersSay() {
    proxy(Outcome.SHAPED, "", StreamStanding.Standing.ACKED);
    proxy(Outcome.SHAPED, "", StreamStanding.Standing.REJECTED);
    proxy(Outcome.SHAPED, "", StreamStanding.Standing.PENDING);
    check(
        programmed(),
        false,
        Condition.Reason.REJECTED_BY_PROXY,
        "proxy 'app-1' rejected cluster 'pay': no such cipher");
    assertThat(status(entry(1, 1, null)).proxies()).isEqualTo(new PolicyStatus.Proxies(3, 1, 1));
  }

  @Test
  void twoStreamsOfOneProxyAreOneThatStandsAsTheWorseOfThem() {
    proxy("app", Outcome.SHAPED, "", StreamStanding.Standing.ACKED, true, 1);
    proxy("app", Outcome.SHAPED, "", StreamStanding.Standing.PENDING, true, 1);
    check(programmed(), false, Condition.Reason.PENDING, "acknowledged by 0 of 1 proxies");
  }

  @Test
  void whatAClientDoesNotFollowIsNamedOnce() {
    proxy(Outcome.PARTLY, "grpc java has no mirrors", StreamStanding.Standing.ACKED);
    proxy(Outcome.PARTLY, "grpc java has no mirrors", StreamStanding.Standing.ACKED);
    check(programmed(), false, Condition.Reason.PARTIALLY_PROGRAMMED, "grpc java has no mirrors");
  }

  @Test
  void aPolicyThatLostEverywhereIsOverridden() {
    proxy(Outcome.OVERRIDDEN, "'stable' counts", StreamStanding.Standing.ACKED);
    check(programmed(), false, Condition.Reason.OVERRIDDEN, "'stable' counts");
    proxy(Outcome.SHAPED, "", StreamStanding.Standing.ACKED);
    check(programmed(), false, Condition.Reason.PARTIALLY_PROGRAMMED, "'stable' counts");
  }

  @Test
  void aPolicyThatChangesNothingSaysSo() {
    proxy(Outcome.NOTHING, "", StreamStanding.Standing.ACKED);
    check(
        programmed(),
        false,
        Condition.Reason.NOTHING_TO_PROGRAM,
        "it changes nothing for the connected proxies");
  }

  @Test
  void aRefusedGenerationLeavesTheGoodOneInForce() {
    proxy(Outcome.SHAPED, "", StreamStanding.Standing.ACKED);
    PolicyStatus status = status(entry(2, 1, null));
    check(
        status.accepted(),
        false,
        Condition.Reason.INVALID,
        "generation 2 refused, generation 1 in force");
    check(status.programmed(), true, Condition.Reason.PROGRAMMED, "");
    assertThat(status.programmed().observedGeneration()).isEqualTo(1);

    PolicyStatus never = status(entry(1, 0, null));
    check(
        never.accepted(),
        false,
        Condition.Reason.INVALID,
        "generation 1 refused, no version in force");
    check(never.programmed(), false, Condition.Reason.NOTHING_TO_PROGRAM, "no version is in force");
  }

  @Test
  void aPolicyWhoseTimeIsOverCountsForNobody() {
    proxy(Outcome.SHAPED, "", StreamStanding.Standing.ACKED);
    PolicyStatus status = status(entry(1, 1, NOW));
    check(status.programmed(), false, Condition.Reason.NOTHING_TO_PROGRAM, "expired at " + NOW);
    assertThat(status.proxies()).isEqualTo(PolicyStatus.Proxies.NONE);
  }
}
