package dev.skiffmesh.api.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.api.model.EndpointUse.Twin;
import dev.skiffmesh.api.model.EndpointUse.Verdict;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EndpointUseTest {

  private static final String PLACE = "10.0.0.1";

  @ParameterizedTest
  @CsvSource({
    "unhealthy, usable, usable",
    "draining, usable, usable",
    "disabled, usable, usable",
    "weightless, usable, usable",
    "unhealthy, draining, draining",
    "disabled, draining, draining",
    "unhealthy, disabled, disabled",
    "unhealthy, weightless, weightless",
  })
  void theMoreUsableEntryCountsWhateverTheOrder(String one, String other, String counts) {
    for (List<String> order : List.of(List.of(one, other), List.of(other, one))) {
      Endpoint first = endpoint("a", PLACE, order.getFirst());
      Endpoint second = endpoint("b", PLACE, order.getLast());
      Endpoint expected = order.getFirst().equals(counts) ? first : second;
      Endpoint outdone = order.getFirst().equals(counts) ? second : first;

      assertThat(EndpointUse.at("http", List.of(first, second))).containsExactly(expected);
      assertThat(EndpointUse.twins(new EndpointSet(List.of(second, first))))
          .containsExactly(new Twin(expected, outdone));
      assertThat(EndpointUse.verdicts(new EndpointSet(List.of(first, second))))
          .containsEntry(outdone.key(), new Verdict.Outdone(expected.key()));
    }
  }

  @Test
  void equalsKeepTheirOrder() {
    Endpoint a = endpoint("a", PLACE, "usable");
    Endpoint b = endpoint("b", PLACE, "usable");
    assertThat(EndpointUse.at("http", List.of(a, b))).containsExactly(a);
    assertThat(EndpointUse.at("http", List.of(b, a))).containsExactly(b);
  }

  @Test
  void anInstanceIsTheSameAtEachOfItsAddresses() {
    Endpoint ended = endpoint("a", "fd00::1", "draining", PLACE);
    Endpoint live = endpoint("b", PLACE, "usable");
    assertThat(EndpointUse.at("http", List.of(ended, live))).containsExactly(live);
  }

  @Test
  void otherPortsOfOneAddressAreOtherInstances() {
    Endpoint one = endpoint("a", PLACE, "usable");
    Endpoint other = withPorts(endpoint("b", PLACE, "unhealthy"), Map.of("http", 8081));
    EndpointSet both = new EndpointSet(List.of(one, other));
    assertThat(EndpointUse.twins(both)).isEmpty();
    assertThat(EndpointUse.verdicts(both))
        .containsEntry(one.key(), new Verdict.InUse())
        .containsEntry(other.key(), new Verdict.Out());
  }

  @Test
  void whatCountsAtOnePortAloneIsInUse() {
    Endpoint live = endpoint("b", PLACE, "usable");
    Endpoint more = withPorts(endpoint("a", PLACE, "usable"), Map.of("http", 8080, "grpc", 9090));
    EndpointSet both = new EndpointSet(List.of(more, live));
    assertThat(EndpointUse.at("http", both.endpoints())).containsExactly(more);
    assertThat(EndpointUse.at("grpc", both.endpoints())).containsExactly(more);
    assertThat(EndpointUse.verdicts(both)).containsEntry(more.key(), new Verdict.InUse());
  }

  @Test
  void whatIsEndingTakesCallsWhereNothingElseDoes() {
    Endpoint ending = endpoint("a", "10.0.0.1", "draining");
    Endpoint unhealthy = endpoint("b", "10.0.0.2", "unhealthy");
    Endpoint disabled = endpoint("c", "10.0.0.3", "disabled");
    Endpoint usable = endpoint("d", "10.0.0.4", "usable");

    assertThat(EndpointUse.takingCalls(List.of(ending, unhealthy, disabled)))
        .containsExactly(ending.key());
    assertThat(EndpointUse.takingCalls(List.of(ending, unhealthy, disabled, usable)))
        .containsExactly(usable.key());
    assertThat(EndpointUse.verdicts(new EndpointSet(List.of(ending, unhealthy))))
        .containsEntry(ending.key(), new Verdict.InUse())
        .containsEntry(unhealthy.key(), new Verdict.Out());
  }

  @Test
  void anOperatorsDrainIsNoLastResort() {
    Endpoint disabled = with(endpoint("a", PLACE, "draining"), one -> BigDecimal.ZERO);
    assertThat(EndpointUse.takingCalls(List.of(disabled, endpoint("b", "10.0.0.2", "disabled"))))
        .isEmpty();
  }

  private static Endpoint endpoint(String id, String address, String use, String... further) {
    return new Endpoint(
        new EndpointKey("r", "", id),
        address,
        new TreeMap<>(Map.of("http", 8080)),
        use.equals("weightless") ? BigDecimal.ZERO : BigDecimal.ONE,
        switch (use) {
          case "draining" -> Health.DRAINING;
          case "unhealthy" -> Health.UNHEALTHY;
          default -> Health.HEALTHY;
        },
        !use.equals("disabled"),
        Locality.UNKNOWN,
        new TreeMap<>(),
        List.of(further));
  }

  private static Endpoint withPorts(Endpoint endpoint, Map<String, Integer> ports) {
    return new Endpoint(
        endpoint.key(),
        endpoint.address(),
        new TreeMap<>(ports),
        endpoint.weight(),
        endpoint.health(),
        endpoint.enabled(),
        endpoint.locality(),
        endpoint.labels());
  }

  private static Endpoint with(Endpoint endpoint, UnaryOperator<BigDecimal> weight) {
    return new Endpoint(
        endpoint.key(),
        endpoint.address(),
        endpoint.ports(),
        weight.apply(endpoint.weight()),
        endpoint.health(),
        endpoint.enabled(),
        endpoint.locality(),
        endpoint.labels());
  }
}
