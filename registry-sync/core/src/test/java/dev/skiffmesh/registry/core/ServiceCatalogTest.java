package dev.skiffmesh.registry.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.api.model.Health;
import dev.skiffmesh.api.model.Service;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.status.FindingCode;
import dev.skiffmesh.registry.core.TestingSink.Seen;
import java.math.BigDecimal;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Services of Consul and Eureka, whose names may be anything that somebody typed. */
class ServiceCatalogTest {

  private final ServiceCatalog catalog = new ServiceCatalog("cloud", "default", "services");
  private final TestingSink sink = new TestingSink();

  private void register(String... names) {
    for (int i = 0; i < names.length; i++) {
      catalog.put(names[i], List.of(), List.of(instance("10.0.0." + (i + 1))));
    }
    catalog.tell(new ChangedOnly(sink));
  }

  private static CloudInstance instance(String address) {
    return new CloudInstance(
        "one", address, 8080, 0, BigDecimal.ONE, Health.HEALTHY, true, "", new TreeMap<>());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "order,ORDER",
        "order.x,order:x,order_x",
        "\u652f\u4ed8,\u8ba2\u5355",
        "pay-\u652f\u4ed8,pay-\u8ba2\u5355,pay",
        "..,--,:"
      })
  void namesThatFoldToOneAreToldApartAndKeepWhatTheyAreCalledBy(String names) {
    Set<String> originals = Set.of(names.split(","));
    register(originals.toArray(new String[0]));

    Seen seen = sink.seen();
    List<Service> services = List.copyOf(seen.services().get("services").values());
    assertThat(services).hasSameSizeAs(originals);
    assertThat(seen.endpoints().values()).allMatch(some -> some.endpoints().size() == 1);
    Set<String> callable = new HashSet<>();
    services.forEach(
        service -> {
          callable.add(service.id().name());
          callable.addAll(service.aliases());
        });
    assertThat(callable).containsAll(originals);
  }

  @Test
  void thatTwoComeToOneNameIsSaidForAsLongAsTheyDo() {
    register("order_x", "order.x", "pay");

    Seen seen = sink.seen();
    Set<String> names =
        seen.services().get("services").keySet().stream()
            .map(ServiceId::name)
            .collect(Collectors.toSet());
    assertThat(names).contains("pay").hasSize(3);
    assertThat(seen.allFindings())
        .singleElement()
        .satisfies(finding -> assertThat(finding.code()).isEqualTo(FindingCode.HOST_CLASH))
        .satisfies(
            finding -> {
              names.remove("pay");
              assertThat(finding.toString()).contains("order_x", "order.x").contains(names);
            });
  }
}
