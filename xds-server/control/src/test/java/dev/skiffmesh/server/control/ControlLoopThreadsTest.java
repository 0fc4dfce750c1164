package dev.skiffmesh.server.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.status.Condition.Reason;
import dev.skiffmesh.api.status.FindingCode;
import dev.skiffmesh.registry.file.FileSource;
import dev.skiffmesh.registry.file.FileSourceSettings;
import dev.skiffmesh.server.delivery.StreamId;
import dev.skiffmesh.server.state.StateFolder;
import dev.skiffmesh.server.status.MeshReport;
import dev.skiffmesh.server.status.SourceRole;
import dev.skiffmesh.translator.Translator;
import dev.skiffmesh.translator.resource.ResourceKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real files, threads, state folder and translator; the proxies alone are the test's. */
class ControlLoopThreadsTest {

  private static final DocumentKey POLICY =
      new DocumentKey("TimeoutPolicy", "trading", "order-connect");
  private static final Duration GENEROUS = Duration.ofSeconds(60);

  @TempDir Path folder;

  @Test
  void aBrokenPolicyKeepsItsLastGoodVersionThroughARestartUnderRealThreads() throws IOException {
    write(
        "services.yaml",
        """
        apiVersion: skiffmesh.dev/v1alpha1
        kind: Service
        metadata: {name: order, namespace: trading}
        spec:
          ports: [{name: http, port: 8080, protocol: http}]
          endpoints:
            - {address: 127.0.0.1, port: 9001, labels: {version: v1}}
            - {address: 127.0.0.1, port: 9002, labels: {version: v2}}
        """);
    write("timeout.yaml", timeout("connect"));
    try (OneRun run = new OneRun()) {
      await(run.loop, report -> isInForce(report, 1));
      StreamId stream = run.delivery.connect(run.loop, "trading/order/10.0.0.9:8080");
      await(run.loop, report -> programmed(report) == Reason.PENDING);
      assertThat(run.delivery.newest(stream).resources().of(ResourceKind.CLUSTER)).isNotEmpty();
      run.delivery.ackAll(run.loop, stream);
      await(run.loop, report -> programmed(report) == Reason.PROGRAMMED);

      write("timeout.yaml", timeout("conect"));
      await(run.loop, report -> report.policy(POLICY).orElseThrow().refusal().isPresent());
    }
    for (int i = 0; i < 2; i++) {
      try (OneRun run = new OneRun()) {
        await(run.loop, report -> report.readiness().ready() && !report.policies().isEmpty());
        MeshReport report = run.loop.report();
        assertThat(report.world().policies().get(POLICY).generation()).isEqualTo(1);
        assertThat(report.policy(POLICY).orElseThrow().status().accepted().message())
            .isEqualTo("generation 2 refused, generation 1 in force");
        assertThat(report.findings())
            .anySatisfy(
                finding -> {
                  assertThat(finding.code()).isEqualTo(FindingCode.INVALID_DOCUMENT);
                  assertThat(finding.location()).contains("timeout.yaml:6");
                  assertThat(finding.message()).contains("connect");
                });
      }
    }
  }

  @Test
  void theThreeEditsThatOnceFrozeItChangeWhatIsServed() throws IOException {
    String misspelt = service("stock").replace("ports:", "prots:");
    write("a.yaml", service("order"));
    try (OneRun run = new OneRun()) {
      await(run.loop, report -> isServed(report, "order"));
      write("a.yaml", service("order") + "---\n" + misspelt);
      await(run.loop, report -> !report.findings().isEmpty());
    }
    try (OneRun run = new OneRun()) {
      await(run.loop, report -> isServed(report, "order") && !report.findings().isEmpty());
      write("a.yaml", misspelt);
      await(run.loop, report -> isServed(report));
      Files.delete(folder.resolve("files").resolve("a.yaml"));
      await(run.loop, report -> report.findings().isEmpty());
      write("b.yaml", service("quote"));
      await(run.loop, report -> isServed(report, "quote"));
      write("b.yaml", service("quote") + "---\n" + service("pay"));
      await(run.loop, report -> isServed(report, "pay", "quote"));
      assertThat(run.loop.vitals().findings()).isEmpty();
    }
  }

  private static boolean isServed(MeshReport report, String... names) {
    return report.readiness().ready()
        && report.world().services().keySet().stream()
            .map(ServiceId::name)
            .toList()
            .equals(List.of(names));
  }

  private static String service(String name) {
    return """
    apiVersion: skiffmesh.dev/v1alpha1
    kind: Service
    metadata: {name: %s, namespace: trading}
    spec:
      ports: [{name: http, port: 8080, protocol: http}]
      endpoints: [{address: 127.0.0.1, port: 9001}]
    """
        .formatted(name);
  }

  private static boolean isInForce(MeshReport report, long generation) {
    return report.readiness().ready()
        && report.world().policies().containsKey(POLICY)
        && report.world().policies().get(POLICY).generation() == generation;
  }

  private static Reason programmed(MeshReport report) {
    return report.policy(POLICY).orElseThrow().status().programmed().reason();
  }

  private static String timeout(String field) {
    return """
    apiVersion: skiffmesh.dev/v1alpha1
    kind: TimeoutPolicy
    metadata: {name: order-connect, namespace: trading}
    spec:
      targetRefs: [{kind: Service, name: order}]
      %s: 2s
    """
        .formatted(field);
  }

  private void write(String name, String text) throws IOException {
    Path files = Files.createDirectories(folder.resolve("files"));
    Path beside = Files.writeString(folder.resolve(name + ".new"), text);
    Files.move(beside, files.resolve(name), StandardCopyOption.ATOMIC_MOVE);
  }

  private static void await(ControlGate loop, Predicate<MeshReport> condition) {
    Instant end = Instant.now().plus(GENEROUS);
    long seen = -1;
    while (!condition.test(loop.report())) {
      assertThat(Instant.now()).as("%s", loop.report()).isBefore(end);
      // Until the next report, whose number is another one.
      seen = loop.report().revision();
      while (loop.report().revision() == seen && Instant.now().isBefore(end)) {
        LockSupport.parkNanos(1_000_000);
      }
    }
  }

  private final class OneRun implements AutoCloseable {
    private final StateFolder state = StateFolder.open(folder.resolve("state"));
    private final ControlThreads threads = ControlThreads.start(2);
    private final TestingDelivery delivery = new TestingDelivery();
    private final ControlGate loop;

    private OneRun() throws IOException {
      FileSource source = FileSource.of(FileSourceSettings.of("files", folder.resolve("files")));
      loop =
          new ControlGate(
              List.of(
                  new ConfiguredSource(source, new TreeSet<>(Arrays.asList(SourceRole.values())))),
              Translations.by(new Translator("skiff-system")),
              state,
              Clock.systemUTC(),
              threads,
              ControlSettings.DEFAULT,
              ControlMetrics.NONE);
      loop.start(delivery, delivery);
    }

    @Override
    public void close() {
      loop.close();
      threads.close();
      state.close();
    }
  }
}
