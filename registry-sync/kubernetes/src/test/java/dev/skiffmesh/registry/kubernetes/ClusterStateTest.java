package dev.skiffmesh.registry.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.api.model.Endpoint;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.source.SourceEvent;
import dev.skiffmesh.api.status.Finding;
import dev.skiffmesh.registry.core.TestingSink;
import dev.skiffmesh.registry.kubernetes.ClusterObject.Backend;
import dev.skiffmesh.registry.kubernetes.ClusterObject.Namespace;
import dev.skiffmesh.registry.kubernetes.ClusterObject.Node;
import dev.skiffmesh.registry.kubernetes.ClusterObject.Pod;
import dev.skiffmesh.registry.kubernetes.ClusterObject.Port;
import dev.skiffmesh.registry.kubernetes.ClusterObject.Service;
import dev.skiffmesh.registry.kubernetes.ClusterObject.Slice;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is told of which change, and that nothing else is. */
class ClusterStateTest {

  private static final ServiceId ORDER = new ServiceId("trading", "order");
  private static final ServiceId QUOTE = new ServiceId("trading", "quote");

  private final TestingSink sink = new TestingSink();
  private final ClusterState state = state(Map.of());

  private static ClusterState state(Map<String, String> labels) {
    return new ClusterState(
        new Selection(new TreeSet<>(), new TreeMap<>(labels)), new ServiceMapper("cluster"));
  }

  private static Service service(ServiceId id) {
    return new Service(
        id.namespace(),
        id.name(),
        List.of("10.0.0.1"),
        false,
        null,
        List.of(new Port("http", 80, "TCP", "")));
  }

  private static Slice slice(ServiceId of, String pod) {
    return new Slice(
        of.namespace(),
        of.name() + "-1",
        of.name(),
        "IPv4",
        List.of(new Port("http", 8080, "TCP", "")),
        List.of(new Backend("10.1.0.1", true, true, false, pod, "node-" + of.name(), "")));
  }

  private static Pod pod(String name, Map<String, String> labels) {
    return new Pod("trading", name, new TreeMap<>(labels));
  }

  private static SortedMap<String, String> version(String version) {
    return new TreeMap<>(Map.of("version", version));
  }

  /** What one flush tells. */
  private List<SourceEvent> told(ClusterState of) {
    int before = sink.events().size();
    of.flush(sink);
    return sink.events().subList(before, sink.events().size());
  }

  private void orderAndQuote() {
    state.put(service(ORDER));
    state.put(service(QUOTE));
    state.put(slice(ORDER, "a"));
    state.put(slice(QUOTE, "b"));
    state.put(pod("a", version("v1")));
    state.put(pod("b", version("v1")));
    told(state);
  }

  private Endpoint endpoint(ServiceId id) {
    return sink.seen().endpointsOf(id).getFirst();
  }

  @Test
  void whatComesAgainTellsNothing() {
    orderAndQuote();

    state.replaced(Kind.SERVICES, "", List.of(service(ORDER), service(QUOTE)));
    state.replaced(Kind.ENDPOINTSLICES, "", List.of(slice(ORDER, "a"), slice(QUOTE, "b")));
    state.put(pod("a", Map.of("version", "v1", "pod-template-hash", "5d4")));

    assertThat(told(state)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 64, 65, 1_000})
  void oneServiceMoreOrLessIsToldAlone(int services) {
    for (int i = 0; i < services; i++) {
      state.put(service(new ServiceId("trading", "s-" + i)));
      state.put(slice(new ServiceId("trading", "s-" + i), "pod-" + i));
    }
    assertThat(told(state))
        .as("the namespace, what is wrong in it, and endpoints")
        .hasSize(2 + services);

    state.put(service(ORDER));
    assertThat(told(state))
        .first()
        .isInstanceOfSatisfying(
            SourceEvent.ServicesChanged.class,
            changed -> {
              assertThat(changed.put()).containsOnlyKeys(ORDER);
              assertThat(changed.removed()).isEmpty();
            });
    state.remove(service(ORDER));
    assertThat(told(state))
        .singleElement()
        .isInstanceOfSatisfying(
            SourceEvent.ServicesChanged.class,
            changed -> {
              assertThat(changed.put()).isEmpty();
              assertThat(changed.removed()).containsExactly(ORDER);
            });
    state.put(pod("pod-0", version("v2")));
    assertThat(told(state)).hasSize(1);
  }

  @Test
  void aPodThatNoSliceNamesAnyMoreIsNewsToNobody() {
    orderAndQuote();
    state.put(slice(ORDER, "c"));
    told(state);

    state.put(pod("a", version("v2")));
    assertThat(told(state)).isEmpty();
    state.put(pod("c", version("v2")));
    assertThat(told(state)).hasSize(1);
  }

  @Test
  void aPodsLabelsReachItsOwnServiceAlone() {
    orderAndQuote();
    state.put(pod("a", version("v2")));

    assertThat(told(state))
        .singleElement()
        .isInstanceOfSatisfying(
            SourceEvent.EndpointsReplaced.class, of -> assertThat(of.service()).isEqualTo(ORDER));
    assertThat(endpoint(ORDER).labels()).isEqualTo(version("v2"));
  }

  @Test
  void aMachinesZoneReachesWhatRunsThereAlone() {
    orderAndQuote();
    state.put(new Node("node-quote", "east", "east-a"));

    assertThat(told(state)).hasSize(1);
    assertThat(endpoint(QUOTE).locality().zone()).isEqualTo("east-a");
  }

  @Test
  void aListTellsWhatIsGone() {
    orderAndQuote();
    state.replaced(Kind.SERVICES, "", List.of(service(QUOTE)));
    told(state);

    assertThat(sink.seen().service(ORDER)).isEmpty();
    assertThat(sink.seen().service(QUOTE)).isPresent();
  }

  @Test
  void aServiceThatComesAfterItsSlicesHasThem() {
    state.put(slice(ORDER, ""));
    told(state);
    state.put(service(ORDER));
    told(state);

    assertThat(sink.seen().endpointsOf(ORDER)).hasSize(1);
  }

  private static Slice labelled(String service) {
    Slice of = slice(ORDER, "a");
    return new Slice(
        of.namespace(), of.name(), service, of.addressType(), of.ports(), of.backends());
  }

  @Test
  void aSliceOfNobodyIsNobodys() {
    state.put(labelled(""));

    assertThat(told(state)).isEmpty();
  }

  @Test
  void aSliceOfWhatCannotBeAServiceDropsOutAndItsNeighboursStay() {
    state.replaced(Kind.SERVICES, "", List.of(service(ORDER), service(QUOTE)));
    state.replaced(Kind.ENDPOINTSLICES, "", List.of(labelled("Order_1"), slice(QUOTE, "b")));
    told(state);

    assertThat(sink.seen().endpointsOf(QUOTE)).hasSize(1);
    assertThat(sink.seen().allFindings())
        .singleElement()
        .extracting(Finding::message)
        .asString()
        .contains("kubernetes.io/service-name", "'Order_1'");

    state.replaced(Kind.ENDPOINTSLICES, "", List.of(slice(QUOTE, "b")));
    told(state);
    assertThat(sink.seen().allFindings()).isEmpty();
  }

  @Test
  void aSliceThatIsLabelledOtherwiseMovesToItsNewService() {
    orderAndQuote();
    state.put(labelled("quote"));
    told(state);

    assertThat(sink.seen().endpointsOf(ORDER)).isEmpty();
    assertThat(sink.seen().endpointsOf(QUOTE)).hasSize(2);
  }

  @Test
  void aNamespaceThatLosesItsLabelIsEmpty() {
    ClusterState selecting = state(Map.of("mesh", "on"));
    selecting.put(new Namespace("trading", new TreeMap<>(Map.of("mesh", "on"))));
    selecting.put(service(ORDER));
    selecting.put(slice(ORDER, ""));
    told(selecting);
    assertThat(sink.seen().endpointsOf(ORDER)).hasSize(1);

    selecting.put(new Namespace("trading", new TreeMap<>()));
    told(selecting);
    assertThat(sink.seen().service(ORDER)).isEmpty();

    selecting.put(new Namespace("trading", new TreeMap<>(Map.of("mesh", "on"))));
    told(selecting);
    assertThat(sink.seen().endpointsOf(ORDER)).hasSize(1);
  }

  @Test
  void whatIsForbiddenIsNamedWithItsVerbsAndWhatIsKnownStays() {
    orderAndQuote();
    state.forbidden(Kind.ENDPOINTSLICES, "trading", "'no'");
    state.forbidden(Kind.NODES, "", "'no'");
    told(state);

    assertThat(sink.seen().allFindings())
        .extracting(Finding::message)
        .anyMatch(
            words ->
                words.startsWith(
                    "The verbs 'list' and 'watch' must be allowed on `endpointslices` of"
                        + " `discovery.k8s.io`"))
        .anyMatch(words -> words.contains("`nodes`"));
    assertThat(sink.seen().unreadable()).containsExactly("trading");
    assertThat(sink.seen().endpointsOf(ORDER)).hasSize(1);

    state.replaced(Kind.ENDPOINTSLICES, "trading", List.of(slice(ORDER, "a"), slice(QUOTE, "b")));
    state.replaced(Kind.NODES, "", List.of());
    told(state);
    assertThat(sink.seen().allFindings()).isEmpty();
  }
}
