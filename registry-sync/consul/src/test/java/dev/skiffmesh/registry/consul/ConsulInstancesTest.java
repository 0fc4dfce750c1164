package dev.skiffmesh.registry.consul;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.api.model.Endpoint;
import dev.skiffmesh.api.model.Health;
import dev.skiffmesh.api.model.Locality;
import dev.skiffmesh.registry.core.CloudInstance;
import dev.skiffmesh.registry.core.MalformedEntryException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

/** What becomes of an answer about one service. */
class ConsulInstancesTest {

  private static Optional<List<CloudInstance>> read(String json) {
    return ConsulInstances.read(JsonMapper.shared().readTree(json));
  }

  private static Endpoint endpoint(String service, String checks) throws MalformedEntryException {
    return read("""
    [{"Node":{"Node":"n1","Address":"10.9.0.1","Meta":{"zone":"z"}},
      "Service":{"ID":"order-1","Service":"order","Port":8080,
        "Weights":{"Passing":10,"Warning":1},%s},
      "Checks":[%s]}]
    """
            .formatted(service, checks))
        .orElseThrow()
        .getFirst()
        .mapped("prod")
        .endpoint();
  }

  @ParameterizedTest
  @CsvSource({
    "passing, passing, HEALTHY, 10",
    "passing, warning, HEALTHY, 1",
    "warning, critical, UNHEALTHY, 10",
    "critical, warning, UNHEALTHY, 10",
  })
  void theWorstCheckCounts(String one, String other, Health health, int weight)
      throws MalformedEntryException {
    Endpoint endpoint =
        endpoint(
            "\"Tags\":[]",
            "{\"CheckID\":\"a\",\"Status\":\"%s\"},{\"CheckID\":\"b\",\"Status\":\"%s\"}"
                .formatted(one, other));
    assertThat(endpoint.health()).isEqualTo(health);
    assertThat(endpoint.weight()).isEqualByComparingTo(String.valueOf(weight));
    assertThat(endpoint.enabled()).isTrue();
  }

  @Test
  void maintenanceIsNoIllness() throws MalformedEntryException {
    Endpoint endpoint =
        endpoint(
            "\"Tags\":null",
            "{\"CheckID\":\"_service_maintenance:order-1\",\"Status\":\"critical\"}");
    assertThat(endpoint.health()).isEqualTo(Health.HEALTHY);
    assertThat(endpoint.enabled()).isFalse();
  }

  @Test
  void metadataComesFromTagsAndMetaAndTheLocality() throws MalformedEntryException {
    Endpoint endpoint =
        endpoint(
            """
            "Tags":["lane=old","v1","canary","=odd"],"Address":"10.0.0.1",
            "Meta":{"lane":"blue","weight":"0.5"},"Locality":{"Region":"east","Zone":"e1"}
            """,
            "");
    assertThat(endpoint.key().instanceId()).isEqualTo("n1/order-1");
    assertThat(endpoint.address()).isEqualTo("10.0.0.1");
    assertThat(endpoint.weight()).isEqualByComparingTo("0.5");
    assertThat(endpoint.locality()).isEqualTo(new Locality("east", "e1", ""));
    assertThat(endpoint.labels())
        .containsAllEntriesOf(Map.of("lane", "blue", "tags", "=odd,canary,v1"));
  }

  @Test
  void whatIsNoServiceIsToldFromWhatHasNobody() {
    assertThat(read("[]")).contains(List.of());
    assertThat(read("[{\"Node\":{},\"Service\":{\"ID\":\"p\",\"Kind\":\"connect-proxy\"}}]"))
        .isEmpty();
  }
}
