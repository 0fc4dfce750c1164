package dev.skiffmesh.e2e.scenarios.eureka;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.api.model.Endpoint;
import dev.skiffmesh.api.model.Health;
import dev.skiffmesh.api.model.Locality;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.source.Source;
import dev.skiffmesh.api.source.SourceEvent;
import dev.skiffmesh.e2e.parts.eureka.EurekaServer;
import dev.skiffmesh.registry.core.SourceContractTest;
import dev.skiffmesh.registry.core.TestingRegistry;
import dev.skiffmesh.registry.core.TestingSink;
import dev.skiffmesh.registry.core.TestingSink.Seen;
import dev.skiffmesh.registry.eureka.EurekaSource;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** On one real Eureka server, through a network that is well until a test harms it. */
@Timeout(180)
class EurekaSourceContractTest extends SourceContractTest {

  private static @Nullable EurekaServer server;

  private final String service = "order-" + UUID.randomUUID().toString().substring(0, 8);
  private final ServiceId id = new ServiceId("default", service);
  private final TestingSink sink = new TestingSink();

  @BeforeAll
  static void startServer() {
    server = EurekaServer.start();
  }

  @AfterAll
  static void closeServer() {
    if (server != null) {
      server.close();
    }
  }

  private static EurekaServer server() {
    return requireNonNull(server);
  }

  @Override
  protected TestingRegistry registry() {
    return new RealEureka(server());
  }

  private TestingRegistry.Instance instance(int number) {
    return TestingRegistry.Instance.of(service, "10.0.0." + number, 8080);
  }

  private List<String> addresses(Seen seen) {
    return seen.endpointsOf(id).stream().map(Endpoint::address).toList();
  }

  @Test
  void whatSpringCloudRegistersIsWhatTheMeshHas() throws Exception {
    try (RealEureka eureka = new RealEureka(server());
        Source source = eureka.source()) {
      eureka.register(
          service,
          """
          {"instance":{"instanceId":"host:%1$s:8443","hostName":"host","app":"%1$s",
          "ipAddr":"10.0.0.1","status":"STARTING","port":{"$":8080,"@enabled":"false"},
          "securePort":{"$":8443,"@enabled":"true"},"leaseInfo":{"durationInSecs":3600},
          "dataCenterInfo":{"@class":"com.netflix.appinfo.InstanceInfo$DefaultDataCenterInfo",
          "name":"MyOwn"},"metadata":{"@class":"java.util.Collections$EmptyMap",
          "management.port":"9090","gRPC_port":"9091","zone":"b","region":"east","lane":"Blue"},
          "vipAddress":"%1$s,Orders","secureVipAddress":"%1$s"}}
          """
              .formatted(service));
      source.start(sink);
      Seen seen = sink.await("the instance", now -> addresses(now).size() == 1);
      Endpoint endpoint = seen.endpointsOf(id).getFirst();
      assertThat(endpoint.key().instanceId()).isEqualTo("host:" + service + ":8443");
      assertThat(endpoint.ports())
          .isEqualTo(Map.of("https", 8443, "management", 9090, "grpc", 9091));
      assertThat(endpoint.health()).isEqualTo(Health.UNHEALTHY);
      assertThat(endpoint.locality()).isEqualTo(new Locality("east", "b", ""));
      assertThat(endpoint.labels()).containsEntry("lane", "Blue").doesNotContainKey("@class");
      assertThat(seen.service(id).orElseThrow().aliases())
          .containsExactlyInAnyOrder(service.toUpperCase(Locale.ROOT), "Orders");
    }
  }

  @Test
  void aServiceWithoutInstancesIsStillOne() throws Exception {
    try (RealEureka eureka = new RealEureka(server());
        Source source = eureka.source()) {
      eureka.put(List.of(instance(1)));
      source.start(sink);
      sink.await("the instance", seen -> addresses(seen).size() == 1);
      eureka.remove(instance(1));
      Seen seen = sink.await("nobody", now -> addresses(now).isEmpty());
      assertThat(seen.service(id).orElseThrow().ports()).hasSize(1);
    }
  }

  @Test
  void aHalfOpenConnectionIsALoss() throws Exception {
    try (RealEureka eureka = new RealEureka(server());
        Source source = eureka.source()) {
      eureka.put(List.of(instance(1)));
      source.start(sink);
      sink.await("the first", seen -> addresses(seen).size() == 1 && seen.isSynced());

      eureka.link().cutAnswers();
      Seen seen = sink.await("the loss", now -> now.lost() != null);
      assertThat(seen.lost()).contains("has not answered for 2000 ms");
      assertThat(addresses(seen)).containsExactly("10.0.0.1");
      eureka.put(List.of(instance(2)));

      eureka.restore();
      sink.await("what came meanwhile", now -> addresses(now).size() == 2 && now.isSynced());
    }
  }

  @Test
  void connectionsThatTheNetworkForgetsAreReplaced() throws Exception {
    try (RealEureka eureka = new RealEureka(server());
        Source source = eureka.source()) {
      eureka.put(List.of(instance(1)));
      source.start(sink);
      sink.await("the first", seen -> addresses(seen).size() == 1 && seen.isSynced());

      eureka.link().forget();
      eureka.put(List.of(instance(2)));
      sink.await("what came meanwhile", now -> addresses(now).size() == 2 && now.isSynced());
    }
  }

  @Test
  void whenOneServerFailsTheNextIsReadAnew() throws Exception {
    try (RealEureka eureka = new RealEureka(server());
        RealEureka other = new RealEureka(server());
        Source source =
            new EurekaSource(
                eureka
                    .settings()
                    .withServers(
                        List.of(
                            URI.create("http://127.0.0.1:" + eureka.link().port() + "/eureka/"),
                            URI.create("http://127.0.0.1:" + other.link().port() + "/eureka"))))) {
      eureka.put(List.of(instance(1)));
      source.start(sink);
      sink.await("the first", seen -> addresses(seen).size() == 1 && seen.isSynced());

      eureka.link().cut();
      eureka.put(List.of(instance(2)));
      Seen seen = sink.await("the other", now -> addresses(now).size() == 2 && now.isSynced());
      assertThat(seen.lost()).isNull();
      assertThat(sink.events())
          .as("whoever doubts sudden falls must know")
          .anyMatch(event -> event instanceof SourceEvent.Lost);
      eureka.link().mend();
    }
  }
}
