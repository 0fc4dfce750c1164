package dev.skiffmesh.registry.file;

import static dev.skiffmesh.registry.file.Folder.policy;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.source.SourceEvent;
import dev.skiffmesh.registry.core.SourceThread;
import dev.skiffmesh.registry.core.TestingSink;
import dev.skiffmesh.registry.core.TestingSink.Seen;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.InstantSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** That changes are seen at once: the poll of these sources never comes. */
class FileSourceWatchTest {

  private static final DocumentKey A = new DocumentKey("Thing", "default", "a");

  @TempDir Path parent;

  private final TestingSink sink = new TestingSink();
  private FileSource source;

  @AfterEach
  void close() {
    source.close();
  }

  private void start(Path root) throws InterruptedException {
    FileSourceSettings settings = FileSourceSettings.of("files", root);
    source =
        new FileSource(
            new FileSourceSettings(
                settings.name(),
                root,
                "policies",
                Duration.ofDays(1),
                settings.quiet(),
                settings.settle(),
                settings.largestFile()),
            SourceThread.named("source-files"),
            SourceThread.named("large-files"),
            InstantSource.system());
    source.start(sink);
    sink.await("an answer", seen -> seen.isSynced() || seen.lost() != null);
  }

  private Seen await(int number) throws InterruptedException {
    return sink.await(
        "number " + number,
        seen ->
            seen.policies().containsKey(A)
                && seen.policies().get(A).text().contains("number: " + number));
  }

  @Test
  void seesEachWrite() throws Exception {
    Folder folder = Folder.in(parent);
    folder.write("a.yaml", policy("a", 0));
    start(folder.path());

    for (int i = 1; i <= 20; i++) {
      folder.write("a.yaml", policy("a", i));
      await(i);
    }
  }

  @Test
  void seesWhatHappensInNewFolders() throws Exception {
    Folder folder = Folder.in(parent);
    start(folder.path());

    folder.write("team/order/a.yaml", policy("a", 1));
    await(1);
    folder.write("team/order/a.yaml", policy("a", 2));
    await(2);
  }

  @Test
  void seesAConfigMapSwapItsLinks() throws Exception {
    Folder folder = Folder.in(parent);
    Path root = folder.path();
    folder.write("..v1/a.yaml", policy("a", 1));
    Files.createSymbolicLink(root.resolve("..data"), Path.of("..v1"));
    Files.createSymbolicLink(root.resolve("a.yaml"), Path.of("..data", "a.yaml"));
    start(root);
    await(1);

    folder.write("..v2/a.yaml", policy("a", 2));
    Files.createSymbolicLink(root.resolve("..data_tmp"), Path.of("..v2"));
    Files.move(
        root.resolve("..data_tmp"),
        root.resolve("..data"),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
    Seen seen = await(2);

    assertThat(seen.policies()).hasSize(1);
    assertThat(seen.findings()).isEmpty();
    assertThat(sink.events()).noneMatch(SourceEvent.PolicyDeleted.class::isInstance);
  }

  @Test
  void findsARootThatAppearsLater() throws Exception {
    Path root = parent.resolve("not/yet/there");
    start(root);
    assertThat(sink.seen().lost()).isNotNull();

    Files.createDirectories(root);
    Files.writeString(root.resolve("a.yaml"), policy("a", 1));
    await(1);
    sink.await("synced", Seen::isSynced);
  }

  @Test
  void seesALinkToTheRootLeadElsewhere() throws Exception {
    Path first = Files.createDirectory(parent.resolve("release-1"));
    Path second = Files.createDirectory(parent.resolve("release-2"));
    Files.writeString(first.resolve("a.yaml"), policy("a", 1));
    Files.writeString(second.resolve("a.yaml"), policy("a", 2));
    Path root = Files.createSymbolicLink(parent.resolve("current"), first);
    start(root);
    await(1);

    Path next = Files.createSymbolicLink(parent.resolve("next"), second);
    Files.move(next, root, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    await(2);
  }
}
