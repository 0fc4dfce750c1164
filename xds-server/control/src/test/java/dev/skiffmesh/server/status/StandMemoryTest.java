package dev.skiffmesh.server.status;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.StringValue;
import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.model.Dialect;
import dev.skiffmesh.api.model.Locality;
import dev.skiffmesh.api.model.ProxyIdentity;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.model.Workload;
import dev.skiffmesh.server.delivery.StreamId;
import dev.skiffmesh.server.delivery.StreamStanding;
import dev.skiffmesh.server.state.SavedScope;
import dev.skiffmesh.translator.PolicyEffect;
import dev.skiffmesh.translator.Translation;
import dev.skiffmesh.translator.resource.Provenance;
import dev.skiffmesh.translator.resource.Reach;
import dev.skiffmesh.translator.resource.Resource;
import dev.skiffmesh.translator.resource.ResourceKind;
import dev.skiffmesh.translator.resource.ResourceSet;
import dev.skiffmesh.translator.resource.RuntimeLayer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pcollections.TreePMap;

/** What a report looks at: what has changed, whatever the number of proxies. */
final class StandMemoryTest {

  private static final DocumentKey CANARY = new DocumentKey("TrafficRoute", "trading", "canary");
  private static final DocumentKey LOSER = new DocumentKey("TrafficRoute", "trading", "loser");
  private static final int SHAPED = 10;

  /** Where a rule of the canary sends calls; shaped by nobody. */
  private static final String DESTINATION = "order.trading|http|version=v2";

  /** All that the canary's standing hangs on; a destination that it shaped is asked for once. */
  private static final int ALL = SHAPED + 1;

  private final StandMemory memory = new StandMemory();
  private final List<ReportInput.Stream> streams = new ArrayList<>();
  private final Map<StreamId, TestingStanding> standings = new TreeMap<>();
  private int asked;

  @ParameterizedTest
  @ValueSource(ints = {1, 64, 65, 1_000})
  void nothingIsLookedAtAgainWhereNothingHasChanged(int proxies) {
    connect(proxies, translation("v1"));

    report();
    assertThat(asked).isEqualTo(proxies * ALL);
    report();
    assertThat(asked).isEqualTo(proxies * ALL);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 64, 65, 1_000})
  void anAnswerOfOneProxyCostsThatProxyAlone(int proxies) {
    connect(proxies, translation("v1"));
    report();
    asked = 0;

    standings.get(new StreamId(1)).version = 2;
    standings.get(new StreamId(1)).standing = StreamStanding.Standing.REJECTED;
    List<Map<DocumentKey, Stand>> found = report();

    assertThat(found.getFirst().get(CANARY)).isInstanceOf(Stand.Rejected.class);
    assertThat(found.subList(1, proxies))
        .allSatisfy(stands -> assertThat(stands.get(CANARY)).isInstanceOf(Stand.Acked.class));
    assertThat(asked).as("a refusal is found at the first resource").isEqualTo(1);
  }

  @Test
  void anotherTranslationIsLookedAt() {
    connect(3, translation("v1"));
    report();
    asked = 0;

    Translation next = translation("v2");
    streams.replaceAll(stream -> stream(stream.id(), next));
    report();

    assertThat(asked).isEqualTo(3 * ALL);
  }

  @Test
  void aStreamThatHasGoneIsForgotten() {
    Translation translation = translation("v1");
    connect(2, translation);
    report();
    streams.removeFirst();
    report();
    asked = 0;

    streams.addFirst(stream(new StreamId(1), translation));
    report();

    assertThat(asked).isEqualTo(ALL);
  }

  @Test
  void whatHasNoEffectIsNotAskedFor() {
    connect(1, translation("v1"));
    assertThat(report().getFirst().get(LOSER)).isInstanceOf(Stand.None.class);

    standings.get(new StreamId(1)).version = 2;
    standings.get(new StreamId(1)).standing = StreamStanding.Standing.NOT_ASKED;
    assertThat(report().getFirst()).containsOnlyKeys(LOSER);
  }

  @Test
  void whoRefusedADestinationOfARuleHasRefusedThePolicy() {
    connect(2, translation("v1"));
    standings.get(new StreamId(1)).refused = DESTINATION;

    List<Map<DocumentKey, Stand>> found = report();

    assertThat(found.getFirst().get(CANARY))
        .isInstanceOfSatisfying(
            Stand.Rejected.class,
            rejected ->
                assertThat(rejected.words()).contains(DESTINATION, "ADS must be configured"));
    assertThat(found.getLast().get(CANARY)).isInstanceOf(Stand.Acked.class);
  }

  /** So does an Envoy that is not initialized with a cluster that it has refused before. */
  @Test
  void whoAcknowledgesClustersAfterARefusalAndNeverUsesThemHasRefusedThem() {
    connect(1, translation("v1"));
    TestingStanding proxy = standings.get(new StreamId(1));
    proxy.lastError = "ADS must be configured";
    proxy.unasked = DESTINATION;

    assertThat(report().getFirst().get(CANARY))
        .isInstanceOfSatisfying(
            Stand.Rejected.class,
            rejected ->
                assertThat(rejected.words()).contains(DESTINATION, "ADS must be configured"));

    proxy.unasked = "";
    assertThat(report().getFirst().get(CANARY))
        .as("it asks for the assignment behind its acknowledgement")
        .isInstanceOf(Stand.Acked.class);
  }

  @Test
  void whoHasNeverRefusedAClusterIsBelieved() {
    connect(1, translation("v1"));
    standings.get(new StreamId(1)).unasked = DESTINATION;

    assertThat(report().getFirst().get(CANARY)).isInstanceOf(Stand.Acked.class);
  }

  @Test
  void whoTakesNothingButTheDestinationsDoesNotUseThePolicy() {
    connect(1, translation("v1"));
    standings.get(new StreamId(1)).standing = StreamStanding.Standing.NOT_ASKED;
    standings.get(new StreamId(1)).accepted = DESTINATION;

    assertThat(report().getFirst()).doesNotContainKey(CANARY);
  }

  private void connect(int proxies, Translation translation) {
    for (long number = 1; number <= proxies; number++) {
      streams.add(stream(new StreamId(number), translation));
      standings.put(new StreamId(number), new TestingStanding());
    }
  }

  /** Looks at all of them, as a report does. */
  private List<Map<DocumentKey, Stand>> report() {
    memory.begin(streams);
    return streams.stream()
        .map(stream -> memory.of(stream, standings.get(stream.id()).copy()))
        .toList();
  }

  private static ReportInput.Stream stream(StreamId id, Translation translation) {
    ServiceId order = new ServiceId("trading", "order");
    return new ReportInput.Stream(
        id,
        new ProxyIdentity(
            "trading/order/" + id.number(),
            new Workload(order, new TreeMap<>(), null),
            "10.0.0.1",
            List.of(),
            15001,
            "sidecar",
            Locality.UNKNOWN,
            new Dialect.Envoy(1, 40, true)),
        new SavedScope.Workload(order, ""),
        "10.0.0.1:4711",
        Instant.EPOCH,
        true,
        new TreeMap<>(),
        translation,
        null,
        null);
  }

  private static Resource cluster(String name, String content, Provenance by) {
    return Resource.pack(ResourceKind.CLUSTER, name, StringValue.of(content), by);
  }

  private static Translation translation(String content) {
    TreePMap<String, Resource> clusters = TreePMap.empty();
    for (int i = 0; i < SHAPED; i++) {
      String name = "service-" + i;
      clusters =
          clusters.plus(
              name, cluster(name, content, new Provenance(new TreeSet<>(Set.of(CANARY)))));
    }
    SortedMap<ResourceKind, TreePMap<String, Resource>> byKind = new TreeMap<>();
    clusters = clusters.plus(DESTINATION, cluster(DESTINATION, content, Provenance.NONE));
    byKind.put(ResourceKind.CLUSTER, clusters);
    SortedMap<DocumentKey, SortedSet<String>> destinations = new TreeMap<>();
    destinations.put(CANARY, new TreeSet<>(Set.of(DESTINATION, "service-0")));
    SortedMap<DocumentKey, PolicyEffect> effects = new TreeMap<>();
    effects.put(CANARY, new PolicyEffect(PolicyEffect.Outcome.SHAPED, ""));
    effects.put(LOSER, new PolicyEffect(PolicyEffect.Outcome.OVERRIDDEN, "the canary counts"));
    return new Translation(
        new ResourceSet(byKind, new TreeSet<>(Set.of(DESTINATION))),
        effects,
        destinations,
        List.of(),
        RuntimeLayer.EMPTY,
        Reach.NOTHING);
  }

  /** One proxy, which stands to everything in one way but for what is named. */
  private final class TestingStanding implements StreamStanding {

    private int version = 1;
    private Standing standing = Standing.ACKED;
    private String refused = "";
    private String accepted = "";
    private String unasked = "";
    private @Nullable String lastError;

    private TestingStanding copy() {
      TestingStanding copy = new TestingStanding();
      copy.version = version;
      copy.standing = standing;
      copy.refused = refused;
      copy.accepted = accepted;
      copy.unasked = unasked;
      copy.lastError = lastError;
      return copy;
    }

    @Override
    public Standing standing(ResourceKind kind, String name, String ofVersion) {
      if (kind.equals(ResourceKind.ENDPOINT)) {
        return name.equals(unasked) ? Standing.NOT_ASKED : Standing.PENDING;
      }
      asked++;
      if (name.equals(refused)) {
        return Standing.REJECTED;
      }
      return name.equals(accepted) ? Standing.ACKED : standing;
    }

    @Override
    public List<RejectedResource> rejections() {
      return refused.isEmpty()
          ? List.of()
          : List.of(
              new RejectedResource(ResourceKind.CLUSTER, refused, "v1", "ADS must be configured"));
    }

    @Override
    public List<TypeCounts> types() {
      return List.of(new TypeCounts(ResourceKind.CLUSTER, 1, 1, 0, lastError));
    }

    @Override
    public boolean inSync() {
      return true;
    }

    @Override
    public boolean standsAs(StreamStanding earlier) {
      return earlier instanceof TestingStanding other && version == other.version;
    }
  }
}
