package dev.skiffmesh.registry.file;

import dev.skiffmesh.api.document.RawDocument;
import dev.skiffmesh.api.source.SourceEvent;
import dev.skiffmesh.api.status.Finding;
import dev.skiffmesh.api.status.FindingCode;
import dev.skiffmesh.registry.core.Backoff;
import dev.skiffmesh.registry.core.DocumentPortions;
import dev.skiffmesh.registry.core.DocumentReader;
import dev.skiffmesh.registry.core.PortionContent;
import dev.skiffmesh.registry.core.SourceShell;
import dev.skiffmesh.registry.core.SourceThread;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Services and policies from YAML files that are watched. One source may hold both: documents of
 * {@code kind: Service} are services, all others are passed on as policies.
 *
 * <p>A portion is a file. Atomic replacement, swapped links, half-written files, folders that go
 * and come back: what counts is what a file holds once it is left alone. A file that cannot be read
 * keeps its last good content; a Service document that is wrong keeps its last good version; the
 * rest of its file goes on. A root that is not there is a loss, and is found when it appears.
 */
public final class FileSource extends SourceShell {

  /** The type's word in the configuration. */
  public static final String TYPE = "file";

  /** Long enough for one save of an editor to be one change, and too short to be noticed. */
  private static final Duration GATHER = Duration.ofMillis(20);

  private final FileSourceSettings settings;
  private final InstantSource clock;
  private final Path root;

  /** Understands large files, so that no small one waits for them. */
  private final SourceThread large;

  private final DocumentReader reader = new DocumentReader();

  // On the source's thread, as all methods below.
  private final DocumentPortions portions = new DocumentPortions(this::tell);
  private final SortedMap<String, KnownFile> files = new TreeMap<>();
  private @Nullable FolderWatch watch;
  private KnownFile.@Nullable Elsewhere elsewhere;
  private @Nullable Instant nextLook;
  private @Nullable Instant rootMissingSince;

  /**
   * A source that is not yet started.
   *
   * @param thread the source's own, ended by {@link #close()}
   * @param large another one, for files that take long; ended by {@link #close()}, too
   * @param clock must agree with the file system's times
   */
  public FileSource(
      FileSourceSettings settings, SourceThread thread, SourceThread large, InstantSource clock) {
    super(TYPE, settings.name(), thread, Backoff.DEFAULT);
    this.settings = settings;
    this.large = large;
    this.clock = clock;
    this.root = settings.path().toAbsolutePath().normalize();
  }

  /** A source on a thread of its own and the system's clock. */
  public static FileSource of(FileSourceSettings settings) {
    return new FileSource(
        settings,
        SourceThread.named("source-" + settings.name()),
        SourceThread.named("large-" + settings.name()),
        InstantSource.system());
  }

  @Override
  protected void end() {
    large.close();
  }

  @Override
  public boolean isWritten() {
    return true;
  }

  @Override
  protected void connect(Connection connection) {
    FolderWatch folders =
        new FolderWatch(
            "watch-" + settings.name(),
            root.getFileSystem(),
            path -> path.startsWith(root) || root.startsWith(path),
            woken -> connection.execute(() -> lookAfter(connection, woken, GATHER)));
    watch = folders;
    nextLook = null;
    elsewhere = new Beside(connection, folders);
    look(connection, folders);
  }

  @Override
  protected void disconnect() {
    FolderWatch open = watch;
    watch = null;
    if (open != null) {
      open.close();
    }
  }

  private void lookAfter(Connection connection, FolderWatch folders, Duration delay) {
    Instant due = clock.instant().plus(delay);
    if (nextLook != null && !due.isBefore(nextLook)) {
      return;
    }
    nextLook = due;
    connection.after(
        delay,
        () -> {
          if (due.equals(nextLook)) {
            nextLook = null;
            look(connection, folders);
          }
        });
  }

  private void look(Connection connection, FolderWatch folders) {
    WatchedFolders watched = new WatchedFolders(folders);
    watched.add(nearestFolderAbove(root));
    Optional<Duration> again;
    try {
      FileTree tree = FileTree.of(root, settings.shownAs(), FileTree.Limits.DEFAULT, watched::add);
      // Before the events, so that nobody doubts what they tell. Each look is an answer.
      lastAnswer().isNow();
      again = lookAt(tree);
      rootMissingSince = null;
    } catch (IOException missing) {
      again = rootMissing(missing);
    }
    watched.forgetOthers();
    lookAfter(connection, folders, watched.isNew ? GATHER : again.orElse(settings.poll()));
  }

  private Optional<Duration> lookAt(FileTree tree) {
    Instant now = clock.instant();
    Optional<Duration> again = Optional.empty();
    for (Map.Entry<String, Path> entry : tree.files().entrySet()) {
      KnownFile file =
          files.computeIfAbsent(
              entry.getKey(), portion -> new KnownFile(settings, portion, entry.getValue()));
      again = sooner(again, file.look(reader, Objects.requireNonNull(elsewhere, "connected"), now));
    }
    for (String portion : List.copyOf(files.keySet())) {
      if (!tree.files().containsKey(portion) && !tree.isOutOfSight(portion)) {
        Optional<Duration> left = files.get(portion).miss(now);
        again = sooner(again, left);
        if (left.isEmpty()) {
          files.remove(portion);
        }
      }
    }
    portions.become(contents(tree));
    if (again.isEmpty()) {
      synced();
    }
    return again;
  }

  private SortedMap<String, PortionContent> contents(FileTree tree) {
    SortedMap<String, PortionContent> contents = new TreeMap<>();
    files.forEach((portion, file) -> contents.put(portion, file.content()));
    tree.unreadable()
        .forEach(
            (portion, reason) ->
                contents.put(portion, PortionContent.EMPTY.refused(leftOut(portion, reason))));
    return contents;
  }

  private static Finding leftOut(String portion, String reason) {
    return new Finding(
        FindingCode.UNREADABLE_FILE,
        portion,
        portion,
        null,
        "must be a folder that Skiff can list, found: " + reason);
  }

  /**
   * What a source would read at this moment, for whoever checks files without a server.
   *
   * @return by portion; what a source would leave out is there with its finding
   * @throws IOException if there is nothing at the path, or it cannot be listed
   */
  public static SortedMap<String, DocumentReader.Content> read(FileSourceSettings settings)
      throws IOException {
    DocumentReader reader = new DocumentReader();
    FileTree tree =
        FileTree.of(
            settings.path().toAbsolutePath().normalize(),
            settings.shownAs(),
            FileTree.Limits.DEFAULT,
            folder -> {});
    SortedMap<String, DocumentReader.Content> contents = new TreeMap<>();
    tree.files()
        .forEach(
            (portion, file) ->
                contents.put(
                    portion,
                    FileText.read(file, settings.largestFile())
                        .content(reader, settings.name(), portion)));
    tree.unreadable()
        .forEach(
            (portion, reason) ->
                contents.put(
                    portion,
                    new DocumentReader.Content(
                        List.of(), List.of(leftOut(portion, reason)), false)));
    return contents;
  }

  private Optional<Duration> rootMissing(IOException missing) {
    Instant now = clock.instant();
    if (rootMissingSince == null) {
      rootMissingSince = now;
    }
    Duration left = settings.settle().minus(Duration.between(rootMissingSince, now));
    if (left.isPositive()) {
      return Optional.of(left);
    }
    tell(
        new SourceEvent.Lost(
            missing instanceof NoSuchFileException
                ? "'" + settings.shownAs() + "' must be a file or a folder, found nothing there"
                : "'" + settings.shownAs() + "' cannot be listed: " + missing.getMessage()));
    return Optional.empty();
  }

  /** Where it shows that the root appears, or that a link in its place leads elsewhere. */
  private static Path nearestFolderAbove(Path path) {
    Path folder = path.getParent();
    while (folder != null && !Files.isDirectory(folder)) {
      folder = folder.getParent();
    }
    return folder == null ? path : folder;
  }

  private static Optional<Duration> sooner(Optional<Duration> left, Optional<Duration> right) {
    return Stream.concat(left.stream(), right.stream()).min(Comparator.naturalOrder());
  }

  /** Understands large files of one connection. */
  private final class Beside implements KnownFile.Elsewhere {
    private final Connection connection;
    private final FolderWatch folders;

    Beside(Connection connection, FolderWatch folders) {
      this.connection = connection;
      this.folders = folders;
    }

    @Override
    public void run(Supplier<Runnable> understand) {
      large.execute(
          () -> {
            Runnable understood = understand.get();
            connection.execute(
                () -> {
                  understood.run();
                  lookAfter(connection, folders, Duration.ZERO);
                });
          });
    }

    @Override
    public void expect(RawDocument document) {
      FileSource.this.expect(document);
    }
  }

  /** The folders that one look comes through. */
  private static final class WatchedFolders {
    private final FolderWatch watch;
    private final Set<Path> folders = new HashSet<>();
    private boolean isNew;

    WatchedFolders(FolderWatch watch) {
      this.watch = watch;
    }

    void add(Path folder) {
      folders.add(folder);
      isNew |= watch.watch(folder);
    }

    void forgetOthers() {
      watch.retain(folders);
    }
  }
}
