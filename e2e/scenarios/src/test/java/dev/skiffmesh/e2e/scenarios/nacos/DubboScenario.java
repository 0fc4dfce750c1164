package dev.skiffmesh.e2e.scenarios.nacos;

import static org.assertj.core.api.Assertions.assertThat;

import com.alibaba.nacos.api.exception.NacosException;
import dev.skiffmesh.api.model.Endpoint;
import dev.skiffmesh.api.model.Service;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.model.ServicePort;
import dev.skiffmesh.api.source.Source;
import dev.skiffmesh.e2e.parts.FreePorts;
import dev.skiffmesh.e2e.parts.dubbo.DubboProvider;
import dev.skiffmesh.e2e.parts.nacos.NacosServer;
import dev.skiffmesh.e2e.parts.nacos.NacosVersion;
import dev.skiffmesh.registry.core.TestingSink;
import dev.skiffmesh.registry.core.TestingSink.Seen;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What Dubbo registers, by interface and by application, as the mesh has it. */
@Timeout(240)
abstract class DubboScenario {

  private final String unique = UUID.randomUUID().toString().substring(0, 8);
  private final String application = "quote-provider-" + unique;
  private final TestingSink sink = new TestingSink();

  private final String namespace = SharedNacos.namespace();

  abstract NacosVersion version();

  private NacosServer server() {
    return SharedNacos.open(version());
  }

  private RealNacos registry() throws NacosException {
    return new RealNacos(server(), namespace);
  }

  @Test
  void whatDubbo27RegistersByInterface() throws Exception {
    int port = FreePorts.next();
    String version = "0.1." + unique;
    String name = "providers:" + DubboProvider.QUOTE + ":" + version + ":g1";
    Map<String, String> settings =
        Map.of(
            "application",
            application,
            "dubbo",
            String.valueOf(port),
            "version",
            version,
            "group",
            "g1",
            "weight",
            "50",
            "tag",
            "gray");
    try (RealNacos registry = registry();
        DubboProvider _ =
            DubboProvider.start(DubboProvider.Line.V2, server().address(), namespace, settings);
        Source source = registry.source()) {
      source.start(sink);

      ServiceId id = registry.idOf(name);
      Seen seen = sink.await("the interface", now -> !now.endpointsOf(id).isEmpty());
      Service service = seen.service(id).orElseThrow();
      assertThat(service.aliases()).containsExactly(name);
      assertThat(service.ports()).extracting(ServicePort::name).containsExactly("dubbo");
      Endpoint endpoint = seen.endpointsOf(id).getFirst();
      assertThat(endpoint.key().instanceId()).isEqualTo(DubboProvider.ADDRESS + ":" + port);
      assertThat(endpoint.weight()).isEqualByComparingTo("0.5");
      assertThat(endpoint.labels())
          .containsEntry("dubbo.tag", "gray")
          .containsEntry("release", "2.7.23")
          .containsEntry("version", version)
          .containsEntry("group", "g1")
          .doesNotContainKeys("timestamp", "pid", "methods", "weight");
      assertThat(seen.endpoints().keySet())
          .filteredOn(known -> known.name().startsWith("consumers-"))
          .isEmpty();
    }
  }

  @Test
  void registeredByBothWaysNothingCountsTwice() throws Exception {
    int dubbo = FreePorts.next();
    int tri = FreePorts.next();
    String version = "1.0." + unique;
    String name = "providers:" + DubboProvider.QUOTE + ":" + version + ":g1";
    try (RealNacos registry = registry();
        DubboProvider _ =
            provider(
                Map.of(
                    "mode", "all",
                    "dubbo", String.valueOf(dubbo),
                    "tri", String.valueOf(tri),
                    "version", version,
                    "group", "g1",
                    "weight", "50",
                    "tag", "gray"));
        Source source = registry.source()) {
      source.start(sink);

      ServiceId byInterface = registry.idOf(name);
      // Its two protocols are registered one after the other, each by both ways.
      Seen seen =
          sink.await(
              "the interface",
              now ->
                  now.endpointsOf(byInterface).size() == 2
                      && now.endpointsOf(byInterface).stream()
                          .allMatch(endpoint -> endpoint.labels().containsKey("dubbo.tag")));
      assertThat(seen.endpointsOf(byInterface))
          .extracting(Endpoint::ports)
          .containsExactlyInAnyOrder(
              new TreeMap<>(Map.of("dubbo", dubbo)), new TreeMap<>(Map.of("grpc", tri)));
      assertThat(seen.endpointsOf(byInterface))
          .allSatisfy(
              endpoint -> {
                assertThat(endpoint.address()).isEqualTo(DubboProvider.ADDRESS);
                assertThat(endpoint.weight()).isEqualByComparingTo("0.5");
                assertThat(endpoint.labels())
                    .containsEntry("group", "g1")
                    .containsEntry("dubbo.tag", "gray")
                    .doesNotContainKeys("timestamp", "pid", "methods", "weight");
              });
      ServiceId byApplication = registry.idOf(application);
      seen =
          sink.await(
              "the application",
              now -> !now.endpointsOf(byApplication).isEmpty() && now.isSynced());
      assertThat(seen.endpointsOf(byApplication))
          .singleElement()
          .satisfies(
              endpoint ->
                  assertThat(endpoint.ports()).isEqualTo(Map.of("dubbo", dubbo, "grpc", tri)));
      assertThat(seen.endpointsOf(byInterface)).hasSize(2);
      // The provider may be seen a moment before what it writes about itself.
      sink.await(
          "no finding about it",
          now ->
              now.allFindings().stream().noneMatch(finding -> finding.subject().contains(unique)));
    }
  }

  @Test
  void aRevisionThatChangesHasNoGap() throws Exception {
    String version = "2.0." + unique;
    String quote = "providers:" + DubboProvider.QUOTE + ":" + version + ":";
    String depth = "providers:" + DubboProvider.DEPTH + ":" + version + ":";
    try (RealNacos registry = registry();
        Source source = registry.source()) {
      ServiceId quoteId = registry.idOf(quote);
      ServiceId depthId = registry.idOf(depth);
      source.start(sink);
      sink.await("the sync", Seen::isSynced);
      DubboProvider older = provider(revision(version, false));
      try {
        Seen seen = sink.await("the interface", now -> now.endpointsOf(quoteId).size() == 1);
        assertThat(seen.service(quoteId).orElseThrow().aliases()).containsExactly(quote);
        assertThat(seen.service(depthId)).isEmpty();

        try (DubboProvider _ = provider(revision(version, true))) {
          sink.await(
              "the newer revision",
              now -> now.endpointsOf(quoteId).size() == 2 && now.endpointsOf(depthId).size() == 1);
          older.close();
          sink.await("the newer one alone", now -> now.endpointsOf(quoteId).size() == 1);
          assertThat(sink.history().stream().dropWhile(now -> now.endpointsOf(quoteId).isEmpty()))
              .as("the interface always has an instance")
              .allMatch(now -> !now.endpointsOf(quoteId).isEmpty());
        }
      } finally {
        older.close();
      }
    }
  }

  private Map<String, String> revision(String version, boolean newer) {
    return Map.of(
        "mode",
        "instance",
        "dubbo",
        String.valueOf(FreePorts.next()),
        "version",
        version,
        "newer",
        String.valueOf(newer));
  }

  private DubboProvider provider(Map<String, String> settings) {
    Map<String, String> all = new TreeMap<>(settings);
    all.put("application", application);
    all.put("storage", "remote");
    return DubboProvider.start(server().address(), namespace, all);
  }
}
