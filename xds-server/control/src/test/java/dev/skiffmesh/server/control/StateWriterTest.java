package dev.skiffmesh.server.control;

import static dev.skiffmesh.server.control.TestingMesh.id;
import static dev.skiffmesh.server.control.TestingMesh.ids;
import static dev.skiffmesh.server.control.TestingMesh.key;
import static dev.skiffmesh.server.control.TestingMesh.services;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.status.Finding;
import dev.skiffmesh.api.status.FindingCode;
import dev.skiffmesh.server.state.SavedDocument;
import dev.skiffmesh.server.state.SavedScope;
import dev.skiffmesh.server.status.SourceRole;
import dev.skiffmesh.server.status.Vitals;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StateWriterTest {

  private static final Duration DELAY = Duration.ofSeconds(1);
  private static final SavedScope ORDERS =
      new SavedScope(new SavedScope.Workload(id("order"), "v1"), new TreeMap<>());

  private final ManualThreads threads = new ManualThreads();
  private final InMemoryStateStore store = new InMemoryStateStore();
  private final Vitals vitals = new Vitals(threads::nanos);
  private final SourceState files =
      new SourceState(
          new ConfiguredSource(
              new InMemorySource("files"), new TreeSet<>(Set.of(SourceRole.REGISTRY))),
          ManualThreads.BEGINNING);
  private int reports;
  private int told;
  private final StateWriter writer =
      new StateWriter(
          store, threads, DELAY, new Failures(threads.clock(), () -> {}), vitals, () -> reports++);

  private void begin() {
    writer.begin();
    threads.run();
  }

  private void write(SavedDocument... documents) {
    writer.write(new PolicyLedger.Unsaved(List.of(documents), List.of()), () -> told++);
    threads.run();
  }

  private void forget(String name) {
    writer.write(new PolicyLedger.Unsaved(List.of(), List.of(key(name))), () -> told++);
    threads.run();
  }

  private static SavedDocument saved(String name, long generation) {
    return new SavedDocument(key(name), generation, "generation " + generation, null);
  }

  private void say(String... names) {
    writer.changed(files, files.apply(services("a", names), ManualThreads.BEGINNING).services());
  }

  @Test
  void aDocumentIsOnDiskBeforeItIsToldSo() {
    begin();
    threads.holdWriting(true);
    write(saved("canary", 1));
    assertThat(told).isZero();

    threads.holdWriting(false);
    threads.run();
    assertThat(told).isEqualTo(1);
    assertThat(store.documents()).containsOnlyKeys(key("canary"));
  }

  @Test
  void aFullDiskHoldsNothingBackAndIsSaidAndTriedAgain() {
    begin();
    store.full(true);
    write(saved("canary", 1));

    assertThat(told).as("the limit that is needed now takes effect").isEqualTo(1);
    assertThat(writer.findings())
        .extracting(Finding::code)
        .containsExactly(FindingCode.STATE_FOLDER);
    assertThat(writer.findings().getFirst().message()).contains("No space left on device");
    assertThat(reports).isEqualTo(1);

    store.full(false);
    threads.advance(StateWriter.RETRY);
    assertThat(store.documents()).containsOnlyKeys(key("canary"));
    assertThat(writer.findings()).isEmpty();
    assertThat(reports).isEqualTo(2);
  }

  @Test
  void theNewestOfWhatCouldNotBeWrittenCounts() {
    begin();
    store.full(true);
    write(saved("canary", 1));
    write(saved("canary", 2), saved("stable", 1));
    forget("stable");
    store.full(false);
    threads.advance(StateWriter.RETRY);

    assertThat(store.documents()).containsOnlyKeys(key("canary"));
    assertThat(store.documents().get(key("canary")).generation()).isEqualTo(2);
    int writes = store.writes();
    threads.advance(StateWriter.RETRY.multipliedBy(5));
    assertThat(store.writes()).as("nothing is left to be written").isEqualTo(writes);
  }

  @Test
  void oneDocumentThatCannotBeWrittenCostsNoOther() {
    begin();
    DocumentKey[] bad = {key("canary")};
    store.mishap =
        () -> {
          if (bad[0] != null) {
            bad[0] = null;
            throw new IllegalStateException("no such charset");
          }
        };
    write(saved("canary", 1), saved("stable", 1));

    assertThat(store.documents()).containsOnlyKeys(key("stable"));
    threads.advance(StateWriter.RETRY);
    assertThat(store.documents()).containsOnlyKeys(key("canary"), key("stable"));
  }

  @Test
  void oneDocumentDoesNotWaitForThoseThatCameBefore() {
    begin();
    threads.holdWriting(true);
    SavedDocument[] many = new SavedDocument[1_000];
    Arrays.setAll(many, i -> saved("a" + i, 1));
    write(many);
    int[] before = {0};
    writer.write(
        new PolicyLedger.Unsaved(List.of(saved("canary", 1)), List.of()),
        () -> before[0] = store.documents().size());
    threads.holdWriting(false);
    threads.run();

    assertThat(before[0]).isPositive().isLessThanOrEqualTo(200);
    assertThat(store.documents()).hasSize(1_001);
    assertThat(store.writes()).isEqualTo(1_001);
    assertThat(store.syncs()).as("are made durable together").isLessThanOrEqualTo(11);
    assertThat(told).isEqualTo(1);
  }

  @Test
  void whatIsReplacedWhileItIsWrittenIsWrittenAgain() {
    begin();
    threads.holdWriting(true);
    write(saved("canary", 1));
    write(saved("canary", 2));
    threads.holdWriting(false);
    threads.run();

    assertThat(store.documents().get(key("canary")).generation()).isEqualTo(2);
    assertThat(told).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 64, 65, 1_000})
  void aBurstOfServicesIsOneWrite(int services) {
    begin();
    String[] names = new String[services];
    for (int i = 0; i < services; i++) {
      names[i] = "s" + i;
    }
    say(names);
    for (String name : names) {
      writer.changed(files, ids(name));
    }
    threads.advance(DELAY);

    assertThat(store.services().get("files")).hasSize(services);
    assertThat(store.writes()).isEqualTo(1);
  }

  @Test
  void servicesAndScopesThatCouldNotBeWrittenAreWrittenLater() {
    begin();
    store.full(true);
    say("order");
    writer.changed(ORDERS);
    threads.advance(DELAY);
    assertThat(store.services()).isEmpty();

    store.full(false);
    threads.advance(StateWriter.RETRY);
    assertThat(store.services().get("files")).containsOnlyKeys(id("order"));
    assertThat(store.restore().scopes()).containsExactly(ORDERS);
    assertThat(writer.findings()).isEmpty();
  }

  @Test
  void aFolderThatCouldNotBeOpenedIsOpenedOnceItCan() {
    store.full(true);
    begin();
    assertThat(writer.findings()).hasSize(1);
    write(saved("canary", 1));

    store.full(false);
    threads.advance(StateWriter.RETRY);
    assertThat(store.documents()).containsOnlyKeys(key("canary"));
    assertThat(writer.findings()).isEmpty();
  }

  @Test
  void aDiskThatDoesNotAnswerIsNotWaitedFor() {
    begin();
    threads.holdWriting(true);
    write(saved("canary", 1));
    assertThat(writer.isStill()).isFalse();

    threads.advance(Vitals.Part.STATE_FOLDER.bound().plusSeconds(1));
    assertThat(writer.isStill()).isTrue();
    assertThat(vitals.findings())
        .extracting(Finding::code)
        .containsExactly(FindingCode.STANDS_STILL);

    threads.holdWriting(false);
    threads.run();
    assertThat(writer.isStill()).isFalse();
    assertThat(told).isEqualTo(1);
  }

  @Test
  void aSourceThatIsNotConfiguredIsForgotten() {
    begin();
    say("order");
    threads.advance(DELAY);

    writer.forgetSource("files");
    threads.run();
    assertThat(store.services()).isEmpty();
  }
}
