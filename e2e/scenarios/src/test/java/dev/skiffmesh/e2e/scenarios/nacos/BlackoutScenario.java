package dev.skiffmesh.e2e.scenarios.nacos;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.skiffmesh.e2e.parts.HttpService;
import dev.skiffmesh.e2e.parts.LoadLoop;
import dev.skiffmesh.e2e.parts.RequiresEnvoy;
import dev.skiffmesh.e2e.parts.nacos.NacosServer;
import dev.skiffmesh.e2e.parts.nacos.NacosVersion;
import dev.skiffmesh.e2e.scenarios.Await;
import dev.skiffmesh.e2e.scenarios.Caller;
import dev.skiffmesh.e2e.scenarios.ControlPlaneProcess;
import dev.skiffmesh.registry.core.TestingRegistry.Instance;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Providers lose their registry, and the registry loses its providers, under load: the instances
 * are well, so no call may fail.
 */
@RequiresEnvoy
abstract class BlackoutScenario {

  private static final Duration BOUND = Duration.ofSeconds(60);

  /** What a registry says within this time after it was first read may be doubted. */
  private static final Duration FIRST_READ = Duration.ofSeconds(12);

  private static final int INSTANCES = 5;
  private static final int STAY = 2;

  /** Of the ten services that fall together. */
  private static final List<String> TEN =
      IntStream.range(0, 10).mapToObj("ten-%d"::formatted).toList();

  private static final List<String> CALLED = List.of("order", "quote", "ten-0", "ten-9");

  abstract NacosVersion version();

  @Test
  void noCallFailsWhileTheRegistryForgetsWhoIsThere(@TempDir Path folder) throws Exception {
    List<HttpService> instances = new ArrayList<>();
    IntStream.range(0, INSTANCES).forEach(_ -> instances.add(HttpService.start("any", Map.of())));
    try (NacosServer nacos = NacosServer.start(version());
        RealNacos stays = new RealNacos(nacos);
        RealNacos fallsFirst = new RealNacos(nacos);
        RealNacos fallsLater = new RealNacos(nacos)) {
      TEN.forEach(name -> register(name, instances, stays, fallsFirst));
      register("quote", instances, stays, fallsLater);
      fallsLater.put(instances("order", instances));
      fallsFirst.put(instances("bye", instances));
      try (ControlPlaneProcess controlPlane =
              ControlPlaneProcess.start(
                  folder,
                  "- {type: nacos, name: legacy, server: '%s', settle-time: 1s, namespaces: [{id: public, as: trading}]}"
                      .formatted(nacos.address()),
                  "guard: {hold-time: 20s}");
          Caller caller = Caller.start("gateway", controlPlane.xdsPort())) {
        Instant start = Instant.now();
        awaitEndpoints(caller, "order", INSTANCES);
        Await.value(BOUND, Instant::now, now -> now.isAfter(start.plus(FIRST_READ)));
        try (LoadLoop load =
            LoadLoop.start(
                new LoadLoop.Target(
                    caller.egressPort(),
                    "/",
                    number -> Map.of("host", CALLED.get((int) (number % 4)) + ".trading")),
                4)) {
          oneServiceAlone(instances, fallsFirst, caller, controlPlane);
          tenTogether(fallsFirst, caller, controlPlane);
          restart(nacos, fallsLater, caller, controlPlane);
          assertThat(load.report().failures()).isEmpty();
          System.out.printf("%d calls, none failed%n", load.report().calls());
        }
        // Nobody else came, so that the registry is believed in the end.
        awaitEndpoints(caller, "quote", STAY);
        awaitHeld(controlPlane, Set::isEmpty);
      }
    } finally {
      instances.forEach(HttpService::close);
    }
  }

  private static void register(
      String name, List<HttpService> instances, RealNacos stays, RealNacos falls) {
    stays.put(instances(name, instances.subList(0, STAY)));
    falls.put(instances(name, instances.subList(STAY, INSTANCES)));
  }

  private static List<Instance> instances(String name, List<HttpService> instances) {
    return instances.stream()
        .map(instance -> Instance.of(name, "127.0.0.1", instance.port()))
        .toList();
  }

  private static void oneServiceAlone(
      List<HttpService> instances,
      RealNacos provider,
      Caller caller,
      ControlPlaneProcess controlPlane) {
    instances("bye", instances).forEach(provider::remove);
    long begun = System.nanoTime();
    awaitEndpoints(caller, "bye", 0);
    System.out.printf(
        "A service that is deregistered alone is gone after %d ms%n",
        Duration.ofNanos(System.nanoTime() - begun).toMillis());
    assertThat(held(controlPlane.get("/api/v1/findings"))).isEmpty();
  }

  private static void tenTogether(
      RealNacos provider, Caller caller, ControlPlaneProcess controlPlane) throws Exception {
    provider.leave();
    // What fell alone a moment ago may have fallen for the same reason, and comes back, too.
    awaitHeld(
        controlPlane,
        held -> held.containsAll(TEN.stream().map(name -> "trading/" + name).toList()));
    for (String name : TEN) {
      assertThat(
              controlPlane.metric(
                  "skiff_registry_held_back{"
                      + "service=\"trading/"
                      + name
                      + "\",source=\"legacy\"}"))
          .endsWith(" 1.0");
      assertThat(endpoints(caller, name)).isEqualTo(INSTANCES);
    }
    assertThat(controlPlane.get("/api/v1/endpoints?service=ten-0").get("items"))
        .hasSize(INSTANCES)
        .filteredOn(one -> one.get("why").asText().endsWith("lists it no more, but is doubted"))
        .hasSize(INSTANCES - STAY);

    assertThat(
            controlPlane
                .post("/api/v1/registries/legacy/accept?service=trading/ten-1")
                .get("items"))
        .hasSize(1);
    awaitEndpoints(caller, "ten-1", STAY);
    assertThat(endpoints(caller, "ten-2")).isEqualTo(INSTANCES);
    awaitEndpoints(caller, "ten-9", STAY);
    awaitHeld(controlPlane, Set::isEmpty);
  }

  private static void restart(
      NacosServer nacos, RealNacos provider, Caller caller, ControlPlaneProcess controlPlane)
      throws Exception {
    nacos.kill();
    controlPlane.await(
        "/api/v1/registries",
        found -> found.get("items").get(0).get("state").asText().equals("Lost"));
    provider.leave();
    nacos.restart();
    controlPlane.await(
        "/api/v1/registries",
        found -> found.get("items").get(0).get("state").asText().equals("Synced"));
    awaitHeld(controlPlane, held -> held.containsAll(List.of("trading/order", "trading/quote")));
    assertThat(endpoints(caller, "order")).isEqualTo(INSTANCES);
    assertThat(endpoints(caller, "quote")).isEqualTo(INSTANCES);
  }

  private static void awaitHeld(ControlPlaneProcess controlPlane, Predicate<Set<String>> expected) {
    Await.value(BOUND, () -> held(controlPlane.get("/api/v1/findings")), expected);
  }

  private static Set<String> held(JsonNode findings) {
    Set<String> held = new TreeSet<>();
    findings
        .get("items")
        .forEach(
            finding -> {
              if (finding.get("code").asText().equals("SKF1209")) {
                held.add(finding.get("subject").asText().replace("Service ", ""));
              }
            });
    return held;
  }

  private static void awaitEndpoints(Caller caller, String service, int count) {
    Await.value(BOUND, () -> endpoints(caller, service), found -> found == count);
  }

  private static int endpoints(Caller caller, String service) {
    return caller.envoy().endpoints(service + ".trading|http").size();
  }
}
