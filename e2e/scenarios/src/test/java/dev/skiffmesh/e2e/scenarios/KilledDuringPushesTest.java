package dev.skiffmesh.e2e.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.e2e.parts.Envoy;
import dev.skiffmesh.e2e.parts.HttpService;
import dev.skiffmesh.e2e.parts.LoadLoop;
import dev.skiffmesh.e2e.parts.RequiresEnvoy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The control plane is killed again and again at random moments while the mesh changes all the time
 * and Envoy carries calls: no call fails, Envoy rejects nothing, and it is never left with a
 * resource that no longer exists.
 */
@RequiresEnvoy
@Tag("soak")
class KilledDuringPushesTest {

  private static final Duration BOUND = Duration.ofSeconds(60);

  /** Kills come at a random moment within this time after a start. */
  private static final long LIFE_NANOS = 1_500_000_000;

  /** What Envoy's config dump says of a cluster or a virtual host of ours. */
  private static final Pattern SERVICE =
      Pattern.compile("\"name\": \"(?:egress/)?(?<service>[-a-z0-9]+)\\.trading[|:]");

  private static final String SUBSET = "order.trading|http|version=";

  @Test
  @Timeout(value = 60, unit = TimeUnit.MINUTES)
  void nothingFailsAndNothingStays(@TempDir Path folder) {
    int kills = Integer.getInteger("skiff.kills", 50);
    long seed = Long.getLong("skiff.seed", System.nanoTime());
    System.out.println("kills: " + kills + ", -Dskiff.seed=" + seed);
    Random random = new Random(seed);
    try (HttpService v1 = HttpService.start("order", Map.of("version", "v1"));
        HttpService v2 = HttpService.start("order", Map.of("version", "v2"));
        ControlPlaneProcess controlPlane = ControlPlaneProcess.withFiles(folder);
        ChurningMesh mesh =
            ChurningMesh.start(controlPlane::write, controlPlane::delete, v1, v2, seed)) {
      controlPlane.await("/api/v1/services", answer -> !answer.get("items").isEmpty());
      try (Caller caller = Caller.start("gateway", controlPlane.xdsPort());
          LoadLoop load = caller.load("order.trading")) {
        for (int kill = 1; kill <= kills; kill++) {
          LockSupport.parkNanos(random.nextLong(LIFE_NANOS));
          controlPlane.kill();
          // Some restarts begin while Envoy is still trying at once, some when it waits longer.
          LockSupport.parkNanos(random.nextLong(LIFE_NANOS));
          controlPlane.startAgain();
          String moment = "after kill " + kill + " of " + kills + ", seed " + seed;
          if (random.nextInt(3) != 0) {
            // The others are killed while Envoy is still catching up.
            mesh.hold(() -> awaitSame(mesh, caller.envoy(), moment));
          }
          assertThat(load.report().failures()).as(moment).isEmpty();
        }
        mesh.hold(() -> awaitSame(mesh, caller.envoy(), "at the end, seed " + seed));
        assertThat(load.report().failures()).isEmpty();
        assertThat(caller.envoy().stats("update_rejected").values())
            .as("what Envoy rejected")
            .isNotEmpty()
            .containsOnly(0L);
        System.out.printf(
            "%d kills, %d changes, %d calls, none failed%n",
            kills, mesh.changes(), load.report().calls());
      }
    }
  }

  /** Waits until Envoy has exactly what is in the files. */
  private static void awaitSame(ChurningMesh mesh, Envoy envoy, String moment) {
    Set<String> there = new TreeSet<>();
    for (String file : mesh.files()) {
      if (file.startsWith("services/")) {
        there.add(file.substring("services/".length(), file.length() - ".yaml".length()));
      }
    }
    if (mesh.files().contains("policies/split.yaml")) {
      there.add(SUBSET);
    }
    try {
      Await.value(BOUND, () -> has(envoy), there::equals);
    } catch (AssertionError e) {
      throw new AssertionError(moment + ": Envoy must have " + there + ", found otherwise", e);
    }
  }

  /** The services of which Envoy has a cluster or a virtual host, and whether order is split. */
  private static Set<String> has(Envoy envoy) {
    String dump = envoy.configDump();
    Set<String> services = new TreeSet<>();
    SERVICE.matcher(dump).results().forEach(found -> services.add(found.group("service")));
    if (dump.contains(SUBSET)) {
      services.add(SUBSET);
    }
    return services;
  }
}
