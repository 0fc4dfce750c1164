package dev.skiffmesh.e2e.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.skiffmesh.e2e.parts.HttpService;
import dev.skiffmesh.e2e.parts.LoadLoop;
import dev.skiffmesh.e2e.parts.RequiresEnvoy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Files that somebody has spoilt, one after the other beside good ones, while a real Envoy carries
 * calls: another policy's change arrives as ever, no call fails, log and memory stay bounded, and a
 * restart takes as long as without them.
 */
@RequiresEnvoy
class MutatedDocumentsOnEnvoyTest {

  /** A restart may differ by this for what else the machine does. */
  private static final Duration RESTART_SLACK = Duration.ofSeconds(15);

  private static final int FILES = 10;

  /** The one with a policy of thousands of violations, see {@link #worst}. */
  private static final int LEFT = 4;

  private static final long MOST_LOG_BYTES = 2L << 20;

  /** Of a process with a heap of at most 256 MiB. */
  private static final long MOST_RESIDENT_BYTES = 640L << 20;

  @Test
  void sixtyOfThemDisturbNobody(@TempDir Path folder) throws IOException {
    disturbNobody(60, folder);
  }

  @Test
  @Tag("soak")
  @Timeout(value = 20, unit = TimeUnit.MINUTES)
  void fiveHundredOfThemDisturbNobody(@TempDir Path folder) throws IOException {
    disturbNobody(500, folder);
  }

  private static void disturbNobody(int documents, Path folder) throws IOException {
    long seed = Long.getLong("skiff.seed", 4711);
    Random random = new Random(seed);
    try (HttpService v1 = HttpService.start("order", Map.of("version", "v1"));
        HttpService v2 = HttpService.start("order", Map.of("version", "v2"));
        ControlPlaneProcess controlPlane = ControlPlaneProcess.withFiles(folder)) {
      controlPlane.write("services/order.yaml", MeshFiles.service("order", List.of(v1, v2)));
      controlPlane.write("policies/split.yaml", MeshFiles.split("split", 100, 0));
      controlPlane.await("/api/v1/policies", answer -> answer.get("items").size() == 1);
      try (Caller caller = Caller.start("gateway", controlPlane.xdsPort());
          LoadLoop load =
              LoadLoop.start(LoadLoop.Target.of(caller.egressPort(), "order.trading", "/"), 1)) {
        Arrivals arrivals = new Arrivals(controlPlane, caller);
        for (int i = 0; i < 10; i++) {
          arrivals.next("nothing");
        }
        String usually = arrivals.toString();
        arrivals.forget();
        for (int i = 0; i < documents; i++) {
          MutatedDocument document = MutatedDocument.random(random);
          put(controlPlane, random.nextInt(FILES), document);
          arrivals.next("document %d, %s, of seed %d".formatted(i, document, seed));
        }
        assertThat(arrivals.residentBytes()).isLessThan(MOST_RESIDENT_BYTES);
        assertThat(controlPlane.get("/health/liveness").get("status").asText()).isEqualTo("UP");

        for (int file = 0; file < FILES; file++) {
          put(controlPlane, file, MutatedDocument.of(worst(file), random, 1));
        }
        awaitFindings(controlPlane, true);
        for (int file = 0; file < FILES; file++) {
          if (file != LEFT) {
            controlPlane.delete(name(file));
          }
        }
        Duration with = restart(controlPlane);
        awaitFindings(controlPlane, true);
        arrivals.next("nothing, after a restart with them");
        controlPlane.delete(name(LEFT));
        awaitFindings(controlPlane, false);
        Duration without = restart(controlPlane);
        arrivals.next("nothing, after a restart without them");

        long log = Files.size(folder.resolve("skiff.log"));
        System.out.printf(
            "%d mutated documents (seed %d): another policy's change arrives after %s, without"
                + " them %s; resident at most %d MiB, log %d KiB; a restart with them %d ms,"
                + " without %d ms; %d calls%n",
            documents,
            seed,
            arrivals,
            usually,
            arrivals.residentBytes() >> 20,
            log >> 10,
            with.toMillis(),
            without.toMillis(),
            load.report().calls());
        assertThat(with).isLessThan(without.plus(RESTART_SLACK));
        assertThat(load.report().failures()).isEmpty();
        assertThat(log).isLessThan(MOST_LOG_BYTES);
      }
      assertThat(controlPlane.logs()).doesNotContain("bug in Skiff");
    }
  }

  /** Every other file is one of services. */
  private static String name(int file) {
    return (file % 2 == 0 ? "policies" : "services") + "/mutated-" + file + ".yaml";
  }

  private static void put(ControlPlaneProcess controlPlane, int file, MutatedDocument document) {
    controlPlane.write(name(file), document.bytes());
  }

  private static MutatedDocument.Form worst(int file) {
    MutatedDocument.Form[] forms = MutatedDocument.Form.values();
    return forms[forms.length - 1 - file % FILES];
  }

  private static Duration restart(ControlPlaneProcess controlPlane) {
    controlPlane.kill();
    long begin = System.nanoTime();
    controlPlane.startAgain();
    return Duration.ofNanos(System.nanoTime() - begin);
  }

  /** Waits until there are findings of documents, or none. */
  private static void awaitFindings(ControlPlaneProcess controlPlane, boolean there) {
    JsonNode answer =
        controlPlane.await(
            "/api/v1/findings",
            findings -> {
              TreeSet<String> codes = new TreeSet<>();
              findings.get("items").forEach(item -> codes.add(item.get("code").asText()));
              codes.remove("SKF1322");
              return codes.isEmpty() != there;
            });
    // At most a hundred and one of each document, of which a file here has a few hundred.
    assertThat(answer.get("items").size()).isLessThan(10_000);
  }
}
