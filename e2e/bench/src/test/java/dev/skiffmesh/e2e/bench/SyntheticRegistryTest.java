package dev.skiffmesh.e2e.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skiffmesh.api.model.Endpoint;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.source.SourceEvent;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SyntheticRegistryTest {

  private final List<SourceEvent> told = new ArrayList<>();

  @Test
  void tellsAllServicesAndTheirEndpointsAndThenThatThisIsAll() {
    try (SyntheticRegistry registry = new SyntheticRegistry(260, 3)) {
      registry.start(told::add);
      assertThat(told).hasSize(1 + 260 + 1).last().isInstanceOf(SourceEvent.Synced.class);
      assertThat(((SourceEvent.ServicesReplaced) told.getFirst()).services())
          .hasSize(260)
          .containsKey(new ServiceId("bench", "svc-0259"));
      assertThat(
              told.stream()
                  .filter(SourceEvent.EndpointsReplaced.class::isInstance)
                  .flatMap(
                      event ->
                          ((SourceEvent.EndpointsReplaced) event).endpoints().endpoints().stream())
                  .map(Endpoint::address))
          .hasSize(3 * 260)
          .doesNotHaveDuplicates();
    }
  }

  @Test
  void changesOneAddressOfOneService() {
    try (SyntheticRegistry registry = new SyntheticRegistry(10, 3)) {
      registry.start(told::add);
      told.clear();
      registry.change(7, "10.250.0.1");
      assertThat(told).hasSize(1);
      SourceEvent.EndpointsReplaced changed = (SourceEvent.EndpointsReplaced) told.getFirst();
      assertThat(changed.service()).isEqualTo(new ServiceId("bench", "svc-0007"));
      assertThat(changed.endpoints().endpoints())
          .extracting(Endpoint::address)
          .containsExactly("10.250.0.1", "10.100.7.2", "10.100.7.3");
      assertThatThrownBy(() -> registry.change(10, "10.250.0.1"))
          .hasMessage("`k` must be from 0 to below 10, found 10");
    }
  }

  @Test
  void addsAServiceInAScopeOfItsOwn() {
    try (SyntheticRegistry registry = new SyntheticRegistry(10, 3)) {
      registry.start(told::add);
      told.clear();
      registry.add(4, "10.250.0.1");
      assertThat(told).hasSize(2);
      assertThat(((SourceEvent.ServicesReplaced) told.getFirst()).portion()).isEqualTo("new-4");
      assertThat(((SourceEvent.EndpointsReplaced) told.getLast()).endpoints().endpoints())
          .extracting(Endpoint::address)
          .containsExactly("10.250.0.1");
    }
  }
}
