package dev.skiffmesh.translator.envoy;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.skiffmesh.api.model.Endpoint;
import dev.skiffmesh.api.model.EndpointKey;
import dev.skiffmesh.api.model.EndpointSet;
import dev.skiffmesh.api.model.Health;
import dev.skiffmesh.api.model.Locality;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.translator.place.ClusterName;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class AssignmentsTest {

  private static final ClusterName WHOLE =
      ClusterName.whole(new ServiceId("trading", "order"), "http");

  @Test
  void anEntryThatNobodyTookAwayDoesNotHideTheLiveOne() {
    assertThat(
            members(
                WHOLE,
                endpoint("a-old", "10.0.0.1", Health.UNHEALTHY, "v1"),
                endpoint("b-new", "10.0.0.1", Health.HEALTHY, "v2")))
        .containsExactly("0 10.0.0.1 UNKNOWN");
    assertThat(
            members(
                WHOLE,
                endpoint("a-new", "10.0.0.1", Health.HEALTHY, "v2"),
                endpoint("b-old", "10.0.0.1", Health.DRAINING, "v1")))
        .containsExactly("0 10.0.0.1 UNKNOWN");
  }

  @Test
  void anAddressHasTheLabelsOfTheEntryThatCounts() {
    ClusterName old =
        new ClusterName(WHOLE.service(), "http", new TreeMap<>(Map.of("version", "v1")), false, "");
    assertThat(
            members(
                old,
                endpoint("a-old", "10.0.0.1", Health.DRAINING, "v1"),
                endpoint("b-new", "10.0.0.1", Health.HEALTHY, "v2")))
        .isEmpty();
  }

  @Test
  void theLastThatEndsStillTakesCalls() {
    assertThat(
            members(
                WHOLE,
                endpoint("a", "10.0.0.1", Health.DRAINING, "v1"),
                endpoint("b", "10.0.0.2", Health.UNHEALTHY, "v1")))
        .containsExactly("0 10.0.0.1 UNKNOWN", "0 10.0.0.2 UNHEALTHY");
    assertThat(
            members(
                WHOLE,
                endpoint("a", "10.0.0.1", Health.DRAINING, "v1"),
                endpoint("b", "10.0.0.2", Health.HEALTHY, "v1")))
        .containsExactly("0 10.0.0.1 DRAINING", "0 10.0.0.2 UNKNOWN");
  }

  @Test
  void theLastOfALabelSetTakesItsCallsUnlessTheRestMay() {
    Endpoint ending = endpoint("a", "10.0.0.1", Health.DRAINING, "v1");
    Endpoint rest = endpoint("b", "10.0.0.2", Health.HEALTHY, "v2");
    ClusterName chosen =
        new ClusterName(WHOLE.service(), "http", new TreeMap<>(Map.of("version", "v1")), false, "");

    assertThat(members(chosen, ending, rest)).containsExactly("0 10.0.0.1 UNKNOWN");
    assertThat(
            members(
                new ClusterName(chosen.service(), "http", chosen.labels(), true, ""), ending, rest))
        .containsExactly("0 10.0.0.1 DRAINING", "1 10.0.0.2 UNKNOWN");
  }

  private static List<String> members(ClusterName name, Endpoint... endpoints) {
    try {
      return Any.parseFrom(
              Assignments.resource(name.assignmentName(), new EndpointSet(List.of(endpoints)))
                  .any())
          .unpack(ClusterLoadAssignment.class)
          .getEndpointsList()
          .stream()
          .flatMap(
              locality ->
                  locality.getLbEndpointsList().stream()
                      .map(
                          member ->
                              locality.getPriority()
                                  + " "
                                  + member
                                      .getEndpoint()
                                      .getAddress()
                                      .getSocketAddress()
                                      .getAddress()
                                  + " "
                                  + member.getHealthStatus()))
          .toList();
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  private static Endpoint endpoint(String id, String address, Health health, String version) {
    return new Endpoint(
        new EndpointKey("r", "", id),
        address,
        new TreeMap<>(Map.of("http", 8080)),
        BigDecimal.ONE,
        health,
        true,
        Locality.UNKNOWN,
        new TreeMap<>(Map.of("version", version)));
  }
}
