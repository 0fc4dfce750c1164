package dev.skiffmesh.registry.zookeeper;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.api.model.Endpoint;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.source.Source;
import dev.skiffmesh.registry.core.TestingRegistry.Instance;
import dev.skiffmesh.registry.core.TestingSink;
import dev.skiffmesh.registry.core.TestingSink.Seen;
import dev.skiffmesh.registry.zookeeper.Directory.Layout;
import java.util.List;
import org.apache.curator.test.TestingServer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Providers that Dubbo registers by interface, on a real ZooKeeper. */
class ZooKeeperDubboTest {

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void followsProvidersThroughTheirLives(boolean watchesEachNode) throws Exception {
    TestingSink sink = new TestingSink();
    try (TestingServer server = new TestingServer()) {
      RealZooKeeper zoo = new RealZooKeeper(server, Layout.DUBBO, watchesEachNode);
      try (Source source = zoo.source()) {
        source.start(sink);
        sink.await("the first sync", Seen::isSynced);
        String type = "com.acme.Quote";
        ServiceId id = zoo.idOf(type);
        Instance one = Instance.of(type, "10.0.0.1", 20880);
        Instance two = Instance.of(type, "10.0.0.2", 20880).withWeight("0.5");

        zoo.put(List.of(one, two));
        Seen seen = sink.await("both", now -> now.endpointsOf(id).size() == 2);
        assertThat(seen.endpointsOf(id))
            .extracting(endpoint -> endpoint.weight().toPlainString())
            .containsExactly("1", "0.5");
        assertThat(seen.service(id).orElseThrow().aliases())
            .containsExactly("providers:com.acme.Quote::");

        zoo.write(zoo.directory(type).replace("/providers", "/consumers") + "/any", "");
        zoo.put(List.of(two.withEnabled(false)));
        sink.await(
            "one drained",
            now ->
                now.endpointsOf(id).size() == 2
                    && now.endpointsOf(id).stream().filter(Endpoint::isDrained).count() == 1);
        zoo.putMalformed(type);
        seen = sink.await("the finding", now -> !now.allFindings().isEmpty());
        assertThat(seen.endpointsOf(id)).hasSize(2);

        zoo.lose();
        sink.await("the loss", now -> now.lost() != null);
        zoo.restore();
        zoo.removeMalformed(type);
        zoo.remove(one);
        sink.await(
            "one gone",
            now ->
                now.isSynced() && now.endpointsOf(id).size() == 1 && now.allFindings().isEmpty());
        assertThat(sink.repeats()).isEmpty();
      } finally {
        zoo.close();
      }
    }
  }
}
