package dev.skiffmesh.server.admin;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.skiffmesh.api.model.Endpoint;
import dev.skiffmesh.api.model.EndpointKey;
import dev.skiffmesh.api.model.EndpointSet;
import dev.skiffmesh.api.model.Health;
import dev.skiffmesh.api.model.Immutable;
import dev.skiffmesh.api.model.Locality;
import dev.skiffmesh.api.model.Protocol;
import dev.skiffmesh.api.model.Service;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.model.ServicePort;
import dev.skiffmesh.api.model.World;
import dev.skiffmesh.server.state.SavedService;
import dev.skiffmesh.server.status.SourceReport;
import dev.skiffmesh.translator.Translator;
import io.envoyproxy.envoy.config.core.v3.HealthStatus;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pcollections.TreePMap;

/** What is called used is what Envoy is sent, and nothing else. */
class EndpointItemsTest {

  private static final Service ORDER =
      new Service(
          new ServiceId("trading", "order"),
          Immutable.sortedSet(List.of()),
          List.of(new ServicePort("http", 80, Protocol.HTTP)),
          Immutable.sortedSet(List.of()),
          List.of("r"));

  /** What a registry says of an instance. */
  enum Said {
    USABLE,
    ENDING,
    UNHEALTHY,
    DISABLED,
    WEIGHTLESS
  }

  /** Three instances, two of them at one address: whatever is said of each. */
  @ParameterizedTest
  @EnumSource
  void usedIsWhatEnvoyIsTold(Said first) throws InvalidProtocolBufferException {
    for (Said second : Said.values()) {
      for (Said third : Said.values()) {
        EndpointSet endpoints =
            new EndpointSet(
                List.of(
                    endpoint("a", "10.0.0.1", first),
                    endpoint("b", "10.0.0.1", second),
                    endpoint("c", "10.0.0.2", third)));
        SortedSet<String> told = told(endpoints);

        assertThat(used(EndpointItems.of(world(endpoints))))
            .as("%s %s %s from files", first, second, third)
            .isEqualTo(told);
        assertThat(used(EndpointItems.of(endpoints, source(endpoints), saved(endpoints))))
            .as("%s %s %s from a registry", first, second, third)
            .isEqualTo(told);
        assertThat(ApiItems.services(world(endpoints)).items().getFirst().healthy())
            .isEqualTo(told.size());
      }
    }
  }

  @Test
  void whyIsSaidOfWhatIsNotUsedAndOfWhatIsUsedNevertheless() {
    List<Responses.Endpoint> items =
        EndpointItems.of(
            world(
                new EndpointSet(
                    List.of(
                        endpoint("a", "10.0.0.1", Said.ENDING),
                        endpoint("b", "10.0.0.1", Said.UNHEALTHY),
                        endpoint("c", "10.0.0.2", Said.DISABLED)))));

    assertThat(items)
        .extracting(Responses.Endpoint::why)
        .containsExactly(
            "it is ending, and so is every other that could take its calls",
            "the same address and port stand in 'r', which counts",
            "it is disabled");
  }

  private static SortedSet<String> used(List<Responses.Endpoint> items) {
    return items.stream()
        .filter(Responses.Endpoint::used)
        .map(Responses.Endpoint::address)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static SortedSet<String> told(EndpointSet endpoints)
      throws InvalidProtocolBufferException {
    ClusterLoadAssignment assignment =
        ClusterLoadAssignment.parseFrom(
            Any.parseFrom(
                    new Translator("skiff-system")
                        .assignment("order.trading|http", endpoints)
                        .any())
                .getValue());
    return assignment.getEndpointsList().stream()
        .flatMap(locality -> locality.getLbEndpointsList().stream())
        .filter(one -> one.getHealthStatus() == HealthStatus.UNKNOWN)
        .map(one -> one.getEndpoint().getAddress().getSocketAddress().getAddress())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static World world(EndpointSet endpoints) {
    return new World(
        TreePMap.singleton(ORDER.id(), ORDER),
        TreePMap.singleton(ORDER.id(), endpoints),
        TreePMap.empty());
  }

  private static SavedService saved(EndpointSet endpoints) {
    return new SavedService("", ORDER, endpoints);
  }

  private static SourceReport source(EndpointSet endpoints) {
    return new SourceReport(
        "r",
        "file",
        new TreeSet<>(),
        SourceReport.State.SYNCED,
        Instant.EPOCH,
        "",
        Instant.EPOCH,
        1,
        endpoints.endpoints().size(),
        0,
        TreePMap.singleton(ORDER.id(), saved(endpoints)),
        TreePMap.empty(),
        new ArrayList<>());
  }

  private static Endpoint endpoint(String id, String address, Said said) {
    return new Endpoint(
        new EndpointKey("r", "", id),
        address,
        new TreeMap<>(Map.of("http", 8080)),
        said == Said.WEIGHTLESS ? BigDecimal.ZERO : BigDecimal.ONE,
        switch (said) {
          case ENDING -> Health.DRAINING;
          case UNHEALTHY -> Health.UNHEALTHY;
          case USABLE, DISABLED, WEIGHTLESS -> Health.HEALTHY;
        },
        said != Said.DISABLED,
        Locality.UNKNOWN,
        new TreeMap<>());
  }
}
