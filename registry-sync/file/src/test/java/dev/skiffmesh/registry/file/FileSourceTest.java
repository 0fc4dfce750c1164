package dev.skiffmesh.registry.file;

import static dev.skiffmesh.registry.file.Folder.policy;
import static dev.skiffmesh.registry.file.Folder.service;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.source.SourceEvent;
import dev.skiffmesh.api.status.Finding;
import dev.skiffmesh.registry.core.TestingSink;
import dev.skiffmesh.registry.core.TestingSink.Seen;
import dev.skiffmesh.registry.core.TestingSourceThread;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a source of files makes of what people and tools do to files, with time in the test's hand.
 */
class FileSourceTest {

  private static final ServiceId ORDER = new ServiceId("default", "order");

  /** Longer than any wait of the source. */
  private static final Duration A_WHILE = Duration.ofSeconds(3);

  @TempDir Path parent;

  private final TestingSink sink = new TestingSink();
  private final TestingSourceThread thread = new TestingSourceThread();
  private final TestingSourceThread large = new TestingSourceThread();

  /** Ahead of the files' times, so that none of them is too young to be read. */
  private final Instant begin = Instant.now().plusSeconds(3600);

  private final InstantSource clock = () -> begin.plus(thread.now());
  private Folder folder;
  private FileSource source;

  @BeforeEach
  void open() throws IOException {
    folder = Folder.in(parent);
    source = source(folder.path(), "policies");
  }

  @AfterEach
  void closeAndCheckThatNothingWasToldTwice() {
    source.close();
    assertThat(sink.repeats()).isEmpty();
  }

  private FileSource source(Path path, String shownAs) {
    // It looks every 50 ms, so that a test never depends on being woken.
    return new FileSource(
        new FileSourceSettings(
            "files",
            path,
            shownAs,
            Duration.ofMillis(50),
            Duration.ofMillis(40),
            Duration.ofMillis(200),
            2_000),
        thread,
        large,
        clock);
  }

  private Seen start() {
    source.start(sink);
    return afterAWhile();
  }

  private Seen afterAWhile() {
    thread.advance(A_WHILE);
    return sink.seen();
  }

  private static DocumentKey thing(String name) {
    return new DocumentKey("Thing", "default", name);
  }

  private static List<String> findings(Seen seen) {
    return seen.allFindings().stream().map(Finding::toString).toList();
  }

  private String text(String name) {
    return sink.seen().policies().get(thing(name)).text();
  }

  private List<SourceEvent> deletions() {
    return sink.events().stream().filter(SourceEvent.PolicyDeleted.class::isInstance).toList();
  }

  private BigDecimal weight() {
    return sink.seen().endpointsOf(ORDER).getFirst().weight();
  }

  @Test
  void nobodyWaitsForALargeFile() throws IOException {
    source.close();
    TestingSourceThread own = new TestingSourceThread();
    TestingSourceThread far = new TestingSourceThread();
    source =
        new FileSource(
            FileSourceSettings.of("files", folder.path()).withShownAs("policies"), own, far, clock);
    folder.write("a.yaml", policy("a", 1), "# " + "x".repeat(KnownFile.LARGE));
    folder.write("b.yaml", policy("b", 1));
    source.start(sink);
    own.advance(A_WHILE);
    assertThat(sink.seen().policies()).containsOnlyKeys(thing("b"));
    assertThat(sink.seen().isSynced()).as("what the large one holds is not known").isFalse();

    folder.write("b.yaml", policy("b", 2));
    own.advance(A_WHILE);
    assertThat(text("b")).contains("number: 2");

    far.advance(A_WHILE);
    assertThat(sink.expected()).as("is understood there, too").containsExactly(thing("a"));
    own.advance(A_WHILE);
    assertThat(sink.seen().policies()).containsOnlyKeys(thing("a"), thing("b"));
    assertThat(sink.seen().isSynced()).isTrue();

    folder.write("a.yaml", policy("a", 1), policy("c", 1), "# " + "y".repeat(KnownFile.LARGE));
    for (int i = 0; i < 3; i++) {
      own.advance(A_WHILE);
      far.advance(A_WHILE);
    }
    assertThat(sink.expected()).as("what is known already is not").hasSize(2).endsWith(thing("c"));
    assertThat(sink.seen().policies()).hasSize(3);
  }

  @Test
  void aFileThatIsNotYamlKeepsWhatItHeld() throws IOException {
    folder.write("a.yaml", policy("a", 1), service("order", "10.0.0.1", "1"));
    folder.write("b.yaml", policy("b", 1));
    start();

    folder.write("a.yaml", policy("a", 2), "spec: [\n");
    folder.write("b.yaml", policy("b", 2));
    Seen seen = afterAWhile();

    assertThat(text("a")).contains("number: 1");
    assertThat(text("b")).contains("number: 2");
    assertThat(seen.endpointsOf(ORDER)).hasSize(1);
    assertThat(seen.unreadable()).containsExactly("policies/a.yaml");
    assertThat(findings(seen))
        .containsExactly(
            "SKF1001 policies/a.yaml:7: policies/a.yaml: must be YAML: the text ends before all"
                + " that was opened is closed; add the missing ']', '}' or quote");

    folder.write("a.yaml", policy("a", 3));
    seen = afterAWhile();
    assertThat(text("a")).contains("number: 3");
    assertThat(seen.endpointsOf(ORDER)).isEmpty();
    assertThat(seen.unreadable()).isEmpty();
    assertThat(findings(seen)).isEmpty();
  }

  @Test
  void aFileThatIsNotYamlFromTheStartSaysSoBeforeTheSourceIsSynced() throws IOException {
    folder.write("a.yaml", "spec: [\n");

    Seen seen = start();

    assertThat(seen.isSynced()).isTrue();
    assertThat(
            sink.history().stream().filter(Seen::isSynced).findFirst().orElseThrow().unreadable())
        .containsExactly("policies/a.yaml");
  }

  @Test
  void aFileThatIsWrittenInStepsIsReadWhenItIsWhole() throws IOException {
    folder.write("a.yaml", policy("a", 1), policy("b", 1));
    start();
    int before = sink.events().size();

    folder.write("a.yaml", "");
    thread.advance(Duration.ofMillis(150));
    folder.write("a.yaml", policy("a", 2), "kin");
    thread.advance(Duration.ofMillis(150));
    assertThat(sink.events()).hasSize(before);

    folder.write("a.yaml", policy("a", 2), policy("b", 2));
    Seen seen = afterAWhile();

    assertThat(seen.policies().values())
        .allMatch(document -> document.text().contains("number: 2"));
    assertThat(deletions()).isEmpty();
    assertThat(sink.events()).noneMatch(SourceEvent.PortionFindings.class::isInstance);
  }

  @Test
  void aFileThatStaysEmptyHoldsNothing() throws IOException {
    folder.write("a.yaml", policy("a", 1));
    start();

    folder.write("a.yaml", "# nothing any more\n");
    assertThat(afterAWhile().policies()).isEmpty();
    folder.write("a.yaml", policy("a", 1));
    assertThat(afterAWhile().policies()).hasSize(1);
    folder.write("a.yaml", "");
    assertThat(afterAWhile().policies()).isEmpty();
  }

  @Test
  void aFileThatIsReplacedByDeletingItFirstIsNotGone() throws IOException {
    folder.write("a.yaml", policy("a", 1));
    start();

    folder.delete("a.yaml");
    thread.advance(Duration.ofMillis(150));
    folder.write("a.yaml", policy("a", 2));
    afterAWhile();

    assertThat(text("a")).contains("number: 2");
    assertThat(deletions()).isEmpty();
  }

  @Test
  void aFileThatIsGoneTakesItsDocumentsWithIt() throws IOException {
    folder.write("a.yaml", policy("a", 1), service("order", "10.0.0.1", "1"));
    folder.write("sub/b.yml", policy("b", 1));
    start();

    folder.delete("a.yaml");
    Seen seen = afterAWhile();

    assertThat(seen.policies()).containsOnlyKeys(thing("b"));
    assertThat(seen.service(ORDER)).isEmpty();
    assertThat(seen.endpointsOf(ORDER)).isEmpty();
  }

  @Test
  void aDocumentThatLostItsNameStaysInForceAndItsNeighboursGoOn() throws IOException {
    folder.write("a.yaml", policy("a", 1), policy("b", 1));
    start();

    folder.write("a.yaml", policy("a", 2).replace("name:", "nmae:"), policy("b", 2));
    Seen seen = afterAWhile();

    assertThat(text("a")).contains("number: 1");
    assertThat(text("b")).contains("number: 2");
    assertThat(findings(seen))
        .containsExactly(
            "SKF1002 policies/a.yaml:3: policies/a.yaml: `metadata.name` is required and is"
                + " missing");
  }

  @Test
  void aServiceThatIsWrongKeepsItsLastGoodVersionAndItsNeighboursGoOn() throws IOException {
    folder.write("a.yaml", service("order", "10.0.0.1", "1"), service("quote", "10.0.0.2", "1"));
    start();

    folder.write("a.yaml", service("order", "10.0.0.1", "-1"), service("quote", "10.0.0.2", "3"));
    Seen seen = afterAWhile();

    assertThat(weight()).isEqualByComparingTo("1");
    assertThat(seen.endpointsOf(new ServiceId("default", "quote")).getFirst().weight())
        .isEqualByComparingTo("3");
    assertThat(seen.unreadable()).isEmpty();
    assertThat(findings(seen))
        .containsExactly(
            "SKF1004 policies/a.yaml:6: Service default/order: `spec.endpoints[0].weight` must be"
                + " from 0 to 1000000, found -1; the version before stays in force");

    folder.write("a.yaml", service("order", "10.0.0.1", "2"), service("quote", "10.0.0.2", "3"));
    seen = afterAWhile();
    assertThat(weight()).isEqualByComparingTo("2");
    assertThat(findings(seen)).isEmpty();
  }

  @Test
  void aServiceThatNeverWasGoodDropsOutAndItsPortionSaysThatMoreMayBeKnownOfIt()
      throws IOException {
    folder.write("a.yaml", service("order", "10.0.0.1", "-1"), service("quote", "10.0.0.2", "3"));

    Seen seen = start();

    assertThat(seen.service(ORDER)).isEmpty();
    assertThat(seen.service(new ServiceId("default", "quote"))).isPresent();
    assertThat(seen.unreadable()).containsExactly("policies/a.yaml");
    assertThat(sink.events().getFirst()).isInstanceOf(SourceEvent.PortionFindings.class);
  }

  @Test
  void ofTwoDocumentsWithOneNameTheFirstPathCounts() throws IOException {
    folder.write("b.yaml", policy("a", 2), service("order", "10.0.0.2", "2"));
    folder.write("a.yaml", policy("a", 1), service("order", "10.0.0.1", "1"));
    Seen seen = start();

    assertThat(text("a")).contains("number: 1");
    assertThat(weight()).isEqualByComparingTo("1");
    assertThat(findings(seen))
        .containsExactly(
            "SKF1005 policies/b.yaml:1: Thing default/a: must stand in one place only; the one in"
                + " policies/a.yaml:1 counts, and this one in policies/b.yaml:1 does not",
            "SKF1005 policies/b.yaml:6: Service default/order: must stand in one place only; the"
                + " one in policies/a.yaml:6 counts, and this one in policies/b.yaml:6 does not");

    folder.delete("a.yaml");
    seen = afterAWhile();
    assertThat(text("a")).contains("number: 2");
    assertThat(weight()).isEqualByComparingTo("2");
    assertThat(findings(seen)).isEmpty();
    assertThat(deletions()).isEmpty();
  }

  @Test
  void whatIsNotTextIsRefusedWithItsLine() throws IOException {
    folder.write("a.yaml", new byte[] {'a', ':', '\n', 'b', ':', (byte) 0xE9, '\n'});
    folder.write("b.yaml", policy("b", 1), "#" + "x".repeat(2_000));
    Files.createSymbolicLink(folder.path().resolve("c.yaml"), Path.of("nowhere"));

    assertThat(findings(start()))
        .containsExactly(
            "SKF1001 policies/a.yaml:2: policies/a.yaml: must be UTF-8, found the byte 0xE9; save"
                + " the file as UTF-8",
            "SKF1006 policies/b.yaml: policies/b.yaml: must have at most 2000 bytes; split it into"
                + " several files",
            "SKF1006 policies/c.yaml: policies/c.yaml: must be a file, found a link to nothing");
  }

  @Test
  void draftsAndOtherFilesAreLeftAlone() throws IOException {
    folder.write(".a.yaml", policy("a", 1));
    folder.write("a.yaml~", policy("a", 1));
    folder.write("README.md", "# not YAML: at all: [");
    folder.write(".git/a.yaml", policy("a", 1));
    Files.createSymbolicLink(folder.path().resolve("loop"), folder.path());

    Seen seen = start();

    assertThat(seen.policies()).isEmpty();
    assertThat(seen.findings()).isEmpty();
    assertThat(seen.isSynced()).isTrue();
  }

  @Test
  void theRootMayBeOneFile() throws IOException {
    source.close();
    folder.write("all.txt", policy("a", 1));
    folder.write("other.yaml", policy("b", 1));
    TestingSourceThread own = new TestingSourceThread();
    source =
        new FileSource(
            FileSourceSettings.of("files", folder.path().resolve("all.txt")).withShownAs("all.txt"),
            own,
            large,
            clock);

    source.start(sink);
    own.advance(A_WHILE);

    assertThat(sink.seen().policies()).containsOnlyKeys(thing("a"));
    assertThat(sink.seen().policies().get(thing("a")).origin()).hasToString("all.txt:1");
  }

  @Test
  void aRootThatIsDeletedAndMadeAgainIsLostAndFound() throws IOException {
    folder.write("a.yaml", policy("a", 1));
    start();

    folder.delete("a.yaml");
    Files.delete(folder.path());
    Seen seen = afterAWhile();
    assertThat(seen.lost()).isEqualTo("'policies' must be a file or a folder, found nothing there");
    assertThat(seen.policies()).hasSize(1);

    Files.createDirectory(folder.path());
    folder.write("a.yaml", policy("a", 2));
    seen = afterAWhile();
    assertThat(seen.isSynced()).isTrue();
    assertThat(text("a")).contains("number: 2");
    assertThat(deletions()).isEmpty();
  }

  @Test
  void itAnswersAsLongAsItsRootIsThere() throws IOException {
    assertThat(source.silence()).isEmpty();
    start();
    assertThat(source.silence()).isPresent();
    Files.delete(folder.path());
    afterAWhile();
    long gone = System.nanoTime();
    afterAWhile();
    Duration atLeast = Duration.ofNanos(System.nanoTime() - gone);
    assertThat(source.silence().orElseThrow()).isGreaterThanOrEqualTo(atLeast);
    long back = System.nanoTime();
    Files.createDirectory(folder.path());
    afterAWhile();
    assertThat(source.silence().orElseThrow())
        .isLessThanOrEqualTo(Duration.ofNanos(System.nanoTime() - back));
  }

  @Test
  void aRootThatIsReplacedAtOnceIsNotLost() throws IOException {
    folder.write("a.yaml", policy("a", 1));
    start();

    Path next = Files.createDirectory(parent.resolve("next"));
    Files.writeString(next.resolve("a.yaml"), policy("a", 2));
    Files.move(folder.path(), parent.resolve("old"));
    Files.move(next, folder.path());
    afterAWhile();

    assertThat(text("a")).contains("number: 2");
    assertThat(sink.events()).noneMatch(SourceEvent.Lost.class::isInstance);
  }

  @Test
  void aToolThatSetsTheTimeBackIsNoticed() throws IOException {
    folder.write("a.yaml", policy("a", 1));
    start();
    Path file = folder.path().resolve("a.yaml");
    var time = Files.getLastModifiedTime(file);

    folder.write("a.yaml", policy("a", 2));
    Files.setLastModifiedTime(file, time);
    afterAWhile();

    assertThat(text("a")).contains("number: 2");
  }
}
