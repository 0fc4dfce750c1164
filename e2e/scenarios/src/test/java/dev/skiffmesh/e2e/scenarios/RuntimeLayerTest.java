package dev.skiffmesh.e2e.scenarios;

import static dev.skiffmesh.e2e.parts.EnvoyRelease.V1_36;
import static dev.skiffmesh.e2e.parts.EnvoyRelease.V1_38;
import static dev.skiffmesh.e2e.parts.EnvoyRelease.V1_40;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.skiffmesh.e2e.parts.CuttableLink;
import dev.skiffmesh.e2e.parts.EnvoyRelease;
import dev.skiffmesh.e2e.parts.HttpService;
import dev.skiffmesh.e2e.parts.LoadLoop;
import dev.skiffmesh.e2e.parts.RequiresEnvoy;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What harms ends by itself: 20 s after its last renewal no new request meets it, whatever has
 * become of the control plane. All that protects stays.
 */
@RequiresEnvoy({V1_36, V1_38, V1_40})
class RuntimeLayerTest {

  private static final Duration BOUND = Duration.ofSeconds(60);

  /** The promise. It is a time, so that this test has one. */
  private static final Duration PROMISE = Duration.ofSeconds(20);

  /** Longer than the life of a key that nobody renews. */
  private static final Duration LONGER_THAN_A_LIFE = Duration.ofSeconds(17);

  private static final String POLICY = "dark";
  private static final String FILE = "policies/dark.yaml";

  /** Something that happens to a mesh. */
  @FunctionalInterface
  private interface Event {
    void befalls(Mesh mesh) throws IOException, InterruptedException;
  }

  /**
   * What happens to a mesh of its own, with an Envoy 1.40 on delta xDS and one more.
   *
   * @param release of the one more
   * @param incremental whether that speaks delta xDS too
   */
  private record Fate(String name, EnvoyRelease release, boolean incremental, Event event) {

    void play(Path folder) throws IOException, InterruptedException {
      try (Mesh mesh = Mesh.start(folder.resolve(name), release, incremental)) {
        event.befalls(mesh);
        assertThat(mesh.ordinary.report().failures()).as("ordinary calls meanwhile").isEmpty();
      }
    }
  }

  /** They spend their time waiting, so all of them wait at once. */
  @Test
  @Timeout(240)
  void whateverBecomesOfTheControlPlaneHarmEndsInTime(@TempDir Path folder)
      throws InterruptedException {
    List<Fate> fates =
        List.of(
            new Fate("killed", V1_40, false, RuntimeLayerTest::killed),
            new Fate("frozen", V1_38, true, RuntimeLayerTest::frozen),
            new Fate("partitioned", V1_36, true, RuntimeLayerTest::partitioned),
            new Fate("without-its-source", V1_36, true, RuntimeLayerTest::withoutItsSource),
            new Fate("well", V1_40, false, RuntimeLayerTest::well));
    Map<String, Future<?>> running = new LinkedHashMap<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Fate fate : fates) {
        running.put(
            fate.name(),
            threads.submit(
                () -> {
                  fate.play(folder);
                  return null;
                }));
      }
    }
    List<String> failures = new ArrayList<>();
    running.forEach(
        (name, run) -> {
          try {
            run.get();
          } catch (ExecutionException | InterruptedException e) {
            failures.add(name + ": " + e);
          }
        });
    assertThat(failures).isEmpty();
  }

  private static void killed(Mesh mesh) {
    mesh.controlPlane.kill();
    mesh.awaitNoHarm();
    mesh.controlPlane.startAgain();
    mesh.awaitHarm();
  }

  private static void frozen(Mesh mesh) {
    mesh.controlPlane.freeze();
    mesh.awaitNoHarm();
    mesh.controlPlane.thaw();
    mesh.awaitHarm();
  }

  private static void partitioned(Mesh mesh) throws IOException, InterruptedException {
    mesh.link.cut();
    mesh.awaitNoHarm();
    mesh.link.mend();
    mesh.awaitHarm();
    assertThat(mesh.metric("skiff_runtime_lapses_total"))
        .as("renewals that waited in the cut and came too late")
        .isEqualTo(2);
    assertThat(mesh.metric("skiff_xds_nacks_total")).isZero();
  }

  private static void withoutItsSource(Mesh mesh) throws IOException {
    Path policies = mesh.folder.resolve("policies");
    Path away = mesh.folder.resolve("away");
    Files.move(policies, away);
    mesh.awaitNoHarm();
    mesh.controlPlane.await("/api/v1/findings", answer -> answer.toString().contains("SKF1208"));
    mesh.controlPlane.await(
        "/api/v1/policies", answer -> answer.get("items").toString().contains("keys are withheld"));
    Files.move(away, policies);
    mesh.awaitHarm();
    mesh.controlPlane.await("/api/v1/findings", answer -> !answer.toString().contains("SKF1208"));
  }

  private static void well(Mesh mesh) throws IOException, InterruptedException {
    assertThat(mesh.one.envoy().get("/runtime")).contains(OutageKind.key(POLICY));
    JsonNode before = mesh.proxy();
    long begin = System.nanoTime();
    while (System.nanoTime() - begin < LONGER_THAN_A_LIFE.toNanos()) {
      assertThat(mesh.one.harmed(20)).as("a renewed key never lapses").isEqualTo(20);
      assertThat(mesh.other.harmed(20)).as("in state-of-the-world too").isEqualTo(20);
    }
    assertThat(mesh.proxy().get("types"))
        .as("a renewal is no change")
        .isEqualTo(before.get("types"));
    assertThat(mesh.metric("skiff_runtime_renewals_total")).isGreaterThanOrEqualTo(4);
    assertThat(mesh.metric("skiff_runtime_lapses_total")).isZero();

    mesh.controlPlane.write(FILE, OutageKind.document(POLICY, 25));
    Await.until(BOUND, "a share", () -> mesh.one.harmed(20) < 20 && mesh.other.harmed(20) < 20);
    assertThat(mesh.one.harmed(2_000)).isBetween(400L, 600L);
    assertThat(mesh.other.harmed(2_000)).isBetween(400L, 600L);

    mesh.controlPlane.delete(FILE);
    Await.until(
        Duration.ofSeconds(10),
        "the end by an update, sooner than by time",
        () -> mesh.one.harmed(200) == 0 && mesh.other.harmed(200) == 0);
    assertThat(mesh.one.envoy().get("/runtime")).doesNotContain(OutageKind.key(POLICY));
    double renewals = mesh.metric("skiff_runtime_renewals_total");
    Await.until(BOUND, "no proxy is harmed", () -> mesh.metricNow("skiff_runtime_proxies") == 0);
    assertThat(mesh.metric("skiff_runtime_renewals_total")).isEqualTo(renewals);
  }

  /** A control plane, two callers behind a link, and a service that they call all the time. */
  private record Mesh(
      Path folder,
      HttpService order,
      ControlPlaneProcess controlPlane,
      CuttableLink link,
      HarmedCaller one,
      HarmedCaller other,
      LoadLoop ordinary)
      implements AutoCloseable {

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    static Mesh start(Path folder, EnvoyRelease release, boolean incremental) {
      HttpService order = HttpService.start("order", Map.of("version", "v1"));
      ControlPlaneProcess controlPlane = ControlPlaneProcess.withOutages(folder);
      controlPlane.write("services/order.yaml", MeshFiles.service("order", List.of(order)));
      controlPlane.write("policies/timeout.yaml", MeshFiles.timeout("timeout", "order", "5s"));
      controlPlane.write(FILE, OutageKind.document(POLICY, 100));
      controlPlane.await("/api/v1/policies", answer -> answer.get("items").size() == 2);
      CuttableLink link = CuttableLink.to(controlPlane.xdsPort());
      HarmedCaller one = HarmedCaller.start(V1_40, link.port(), OutageKind.key(POLICY), true);
      HarmedCaller other =
          HarmedCaller.start(release, link.port(), OutageKind.key(POLICY), incremental);
      Mesh mesh = new Mesh(folder, order, controlPlane, link, one, other, one.load());
      mesh.awaitHarm();
      return mesh;
    }

    void awaitHarm() {
      Await.until(
          BOUND, "every request is harmed", () -> one.harmed(20) == 20 && other.harmed(20) == 20);
    }

    void awaitNoHarm() {
      assertThat(one.harmed(20)).as("it does not end at once").isEqualTo(20);
      Await.until(
          PROMISE, "no request is harmed", () -> one.harmed(20) == 0 && other.harmed(20) == 0);
      assertThat(one.harmed(200)).isZero();
      assertThat(other.harmed(200)).isZero();
    }

    JsonNode proxy() {
      return controlPlane
          .await(
              "/api/v1/proxies",
              answer ->
                  answer.get("items").size() == 2
                      && answer.get("items").get(0).get("inSync").asBoolean()
                      && answer.get("items").get(1).get("inSync").asBoolean())
          .get("items")
          .get(0);
    }

    double metric(String name) throws IOException, InterruptedException {
      String page =
          HTTP.send(
                  HttpRequest.newBuilder(
                          URI.create("http://127.0.0.1:" + controlPlane.adminPort() + "/metrics"))
                      .build(),
                  HttpResponse.BodyHandlers.ofString())
              .body();
      Matcher values = Pattern.compile("(?m)^" + name + "(\\{[^}]*\\})? (\\S+)$").matcher(page);
      double sum = 0;
      boolean found = false;
      while (values.find()) {
        found = true;
        sum += Double.parseDouble(values.group(2));
      }
      assertThat(found).as("%s in %s", name, page).isTrue();
      return sum;
    }

    double metricNow(String name) {
      try {
        return metric(name);
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
    }

    @Override
    public void close() {
      ordinary.close();
      one.close();
      other.close();
      link.close();
      controlPlane.close();
      order.close();
    }
  }
}
