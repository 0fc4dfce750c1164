package dev.skiffmesh.registry.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.model.EndpointSet;
import dev.skiffmesh.api.model.Immutable;
import dev.skiffmesh.api.model.Protocol;
import dev.skiffmesh.api.model.Service;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.model.ServicePort;
import dev.skiffmesh.api.source.SourceEvent;
import dev.skiffmesh.api.status.Finding;
import dev.skiffmesh.api.status.FindingCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** What all sources share: the thread, the waits, the sink that lets only news pass. */
class SourceRuntimeTest {

  private static final ServiceId ORDER = new ServiceId("default", "order");
  private static final Service SERVICE =
      new Service(
          ORDER,
          Immutable.sortedSet(List.of()),
          List.of(new ServicePort("http", 80, Protocol.HTTP)),
          Immutable.sortedSet(List.of()),
          List.of("test"));

  @Property
  void waitsLongerEachTimeWithinItsBounds(
      @ForAll @IntRange(min = 1, max = 1_000_000) int failures, @ForAll long seed) {
    Backoff backoff = new Backoff(Duration.ofMillis(100), Duration.ofSeconds(10));

    Duration delay = backoff.delay(failures, new Random(seed));

    long full = failures > 7 ? 10_000 : 100L << (failures - 1);
    assertThat(delay.toMillis()).isBetween(full / 2, full);
  }

  @Test
  void onlyNewsPass() {
    List<SourceEvent> passed = new ArrayList<>();
    ChangedOnly sink = new ChangedOnly(passed::add);
    List<SourceEvent> news =
        List.of(
            new SourceEvent.ServicesReplaced("a", Immutable.sortedMap(Map.of(ORDER, SERVICE))),
            new SourceEvent.EndpointsReplaced(ORDER, EndpointSet.EMPTY),
            new SourceEvent.PortionFindings(
                "a", true, List.of(Finding.of(FindingCode.UNREADABLE_TEXT, "a", "x"))),
            new SourceEvent.Synced(),
            new SourceEvent.Lost("gone"),
            new SourceEvent.Synced(),
            new SourceEvent.PortionFindings("a", false, List.of()),
            changed(Map.of(), Set.of(ORDER)),
            changed(Map.of(ORDER, SERVICE), Set.of()),
            new SourceEvent.EndpointsReplaced(ORDER, EndpointSet.EMPTY));

    for (SourceEvent event : news) {
      sink.accept(event);
      sink.accept(event);
    }
    sink.accept(new SourceEvent.PolicyDeleted(new DocumentKey("Thing", "default", "never-told")));
    sink.accept(new SourceEvent.PortionFindings("never-told", false, List.of()));

    assertThat(passed).isEqualTo(news);
  }

  private static SourceEvent changed(Map<ServiceId, Service> put, Set<ServiceId> removed) {
    return new SourceEvent.ServicesChanged(
        "a", Immutable.sortedMap(put), Immutable.sortedSet(removed));
  }

  @Test
  void ofAPortionThatWasToldOnlyWhatDiffersPasses() {
    List<SourceEvent> passed = new ArrayList<>();
    ChangedOnly sink = new ChangedOnly(passed::add);
    SourceEvent whole =
        new SourceEvent.ServicesReplaced("a", Immutable.sortedMap(Map.of(ORDER, SERVICE)));
    ServiceId pay = new ServiceId("default", "pay");
    Service other =
        new Service(
            pay,
            Immutable.sortedSet(List.of()),
            SERVICE.ports(),
            Immutable.sortedSet(List.of()),
            List.of("test"));

    sink.accept(whole);
    sink.accept(changed(Map.of(ORDER, SERVICE, pay, other), Set.of()));
    sink.accept(
        new SourceEvent.ServicesReplaced(
            "a", Immutable.sortedMap(Map.of(ORDER, SERVICE, pay, other))));
    sink.accept(whole);
    sink.accept(changed(Map.of(), Set.of(pay)));

    assertThat(passed)
        .containsExactly(
            whole, changed(Map.of(pay, other), Set.of()), changed(Map.of(), Set.of(pay)));
  }

  @Test
  void nothingPassesOnceItIsClosed() {
    List<SourceEvent> passed = new ArrayList<>();
    ChangedOnly sink = new ChangedOnly(passed::add);

    sink.close();
    sink.accept(new SourceEvent.Synced());

    assertThat(passed).isEmpty();
  }

  @Test
  void aTaskThatFailsDoesNotEndItsThread() throws Exception {
    CountDownLatch after = new CountDownLatch(1);
    try (SourceThread thread = SourceThread.named("source-test")) {
      thread.execute(
          () -> {
            throw new IllegalStateException("a defect, on purpose");
          });
      thread.after(Duration.ofMillis(1), after::countDown);
      after.await();
    }
  }

  @Test
  void nothingRunsOnceTheThreadIsClosed() throws Exception {
    SourceThread thread = SourceThread.named("source-test");
    CountDownLatch begun = new CountDownLatch(1);
    List<String> ran = new ArrayList<>();
    thread.execute(
        () -> {
          begun.countDown();
          try {
            new CountDownLatch(1).await();
          } catch (InterruptedException closed) {
            ran.add("interrupted on " + Thread.currentThread().getName());
          }
        });
    thread.execute(() -> ran.add("waited"));
    begun.await();

    thread.close();
    thread.execute(() -> ran.add("too late"));
    thread.after(Duration.ZERO, () -> ran.add("too late"));

    assertThat(ran).containsExactly("interrupted on source-test");
  }

  @Test
  void aTaskMayCloseItsOwnThread() throws Exception {
    SourceThread thread = SourceThread.named("source-test");
    CountDownLatch closed = new CountDownLatch(1);

    thread.execute(
        () -> {
          thread.close();
          closed.countDown();
        });

    closed.await();
  }

  @Test
  void testingTimeRunsWhatIsDueInItsOrder() {
    TestingSourceThread thread = new TestingSourceThread();
    List<String> ran = new ArrayList<>();
    thread.after(Duration.ofSeconds(2), () -> ran.add("later"));
    thread.after(Duration.ofSeconds(1), () -> thread.execute(() -> ran.add("sooner")));

    thread.advance(Duration.ofSeconds(1));
    assertThat(ran).containsExactly("sooner");
    thread.advance(Duration.ofSeconds(1));
    assertThat(ran).containsExactly("sooner", "later");
  }
}
