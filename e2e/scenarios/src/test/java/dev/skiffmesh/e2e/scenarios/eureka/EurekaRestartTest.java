package dev.skiffmesh.e2e.scenarios.eureka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.source.Source;
import dev.skiffmesh.api.source.SourceEvent;
import dev.skiffmesh.e2e.parts.eureka.EurekaServer;
import dev.skiffmesh.registry.core.TestingRegistry.Instance;
import dev.skiffmesh.registry.core.TestingSink;
import dev.skiffmesh.registry.core.TestingSink.Seen;
import dev.skiffmesh.registry.eureka.EurekaSource;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A Eureka server that hangs, and one that is restarted and knows nobody. */
@Timeout(240)
class EurekaRestartTest {

  private static final ServiceId ORDER = new ServiceId("default", "order");

  @Test
  void aServerThatForgetsIsALossBeforeItIsRead() throws Exception {
    TestingSink sink = new TestingSink();
    try (EurekaServer server = EurekaServer.start();
        RealEureka eureka = new RealEureka(server);
        Source source = new EurekaSource(eureka.settings())) {
      eureka.put(List.of(Instance.of("order", "10.0.0.1", 8080)));
      source.start(sink);
      sink.await("the instance", seen -> seen.endpointsOf(ORDER).size() == 1 && seen.isSynced());

      server.pause();
      try {
        Seen seen = sink.await("the loss", now -> now.lost() != null);
        assertThat(seen.endpointsOf(ORDER)).hasSize(1);
      } finally {
        server.resume();
      }
      sink.await("that it goes on", Seen::isSynced);

      int before = sink.events().size();
      server.restart();
      sink.await("the empty list", now -> now.endpointsOf(ORDER).isEmpty());
      List<SourceEvent> since = sink.events().subList(before, sink.events().size());
      assertThat(since.getFirst()).isInstanceOf(SourceEvent.Lost.class);
    }
  }
}
