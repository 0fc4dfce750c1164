package dev.skiffmesh.registry.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.api.model.ServiceId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServiceNamesTest {

  @ParameterizedTest
  @CsvSource({
    "order, order",
    "ORDER_SERVICE, order-service",
    "trading@@order, trading--order",
    "providers:com.acme.Quote:1.0.0:g1, providers-com-acme-quote-1-0-0-g1",
    "providers:com.acme.Quote::, providers-com-acme-quote",
    "订单, s-3d5436ea",
    "订单order, order",
    "'', s-e3b0c442",
    "---, s-cb3f91d5"
  })
  void makesALabelOfAnything(String original, String name) {
    assertThat(ServiceNames.meshName(original)).isEqualTo(name);
  }

  @Test
  void keepsTheFirst54CharactersOfALongName() {
    String original =
        "providers:com.acme.trading.settlement.api.SettlementInstructionService:1.0.0:g1";

    assertThat(ServiceNames.meshName(original))
        .startsWith("providers-com-acme-trading-settlement-api-settlementin-")
        .hasSize(63);
  }

  @Test
  void tellsClashingNamesApartByTheirOriginals() {
    assertThat(ServiceNames.meshNames(List.of("ORDER_SERVICE", "order.service", "order")))
        .containsEntry("order", "order")
        .allSatisfy(
            (original, name) -> {
              if (!original.equals("order")) {
                assertThat(name)
                    .startsWith("order-service-")
                    .hasSize("order-service-".length() + 8);
              }
            });
  }

  @Test
  void aNameThatIsALabelAlreadyIsNeverChanged() {
    assertThat(ServiceNames.meshNames(List.of("ORDER", "order"))).containsEntry("order", "order");
  }

  @Test
  void theOriginalStaysAsAlias() {
    assertThat(ServiceNames.alias("ORDER_SERVICE", "order-service")).contains("ORDER_SERVICE");
    assertThat(ServiceNames.alias("order", "order")).isEmpty();
  }

  @Property
  void everyOriginalHasItsOwnLabelInAnyOrder(@ForAll Set<String> originals) {
    List<String> backwards = new ArrayList<>(originals);
    Collections.reverse(backwards);

    var names = ServiceNames.meshNames(originals);

    assertThat(names).isEqualTo(ServiceNames.meshNames(backwards));
    assertThat(names.keySet()).isEqualTo(originals);
    assertThat(names.values()).allMatch(ServiceId::isLabel).doesNotHaveDuplicates();
  }
}
