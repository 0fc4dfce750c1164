package dev.skiffmesh.registry.file;

import dev.skiffmesh.api.document.RawDocument;
import dev.skiffmesh.registry.core.DocumentReader;
import dev.skiffmesh.registry.core.PortionContent;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One file, followed from version to version. A new version counts once the file has been left
 * alone for a moment; one that looks like a mistake, once it has stayed so for longer: editors and
 * copying tools truncate first and write later. Not thread-safe.
 */
final class KnownFile {

  /** A file that somebody writes all the time is read nevertheless, after so many looks. */
  private static final int MOST_LOOKS = 20;

  /** Some file systems count modification times in steps of two seconds (FAT; NFS: one). */
  private static final Duration COARSEST_TIME = Duration.ofSeconds(2);

  /**
   * Text of so many characters is understood within some hundredths of a second; larger ones are
   * given away, so that no neighbour waits for them.
   */
  static final int LARGE = 64 * 1024;

  /** Understands large files elsewhere. */
  interface Elsewhere {
    /**
     * Runs {@code understand} on another thread, then what it answers on this one, then has all
     * files looked at; nothing once the source has begun anew.
     */
    void run(Supplier<Runnable> understand);

    /** A document of a large file will be told; on the other thread. */
    void expect(RawDocument document);
  }

  /** What a text holds. */
  private record Understood(FileText text, PortionContent content) {}

  private final FileSourceSettings settings;
  private final String portion;
  private final Path path;

  private PortionContent content = PortionContent.EMPTY;
  private @Nullable FileStamp stamp;
  private @Nullable FileText text;
  private @Nullable Understood understood;
  private @Nullable FileText wanted;
  private @Nullable Elsewhere wantedOf;
  private boolean mayHideAChange;
  private @Nullable FileText suspect;
  private Instant suspectSince = Instant.EPOCH;
  private @Nullable Instant missingSince;
  private int looks;

  KnownFile(FileSourceSettings settings, String portion, Path path) {
    this.settings = settings;
    this.portion = portion;
    this.path = path;
  }

  /** What is in force of it. */
  PortionContent content() {
    return content;
  }

  /**
   * Looks at the file, which was there just now.
   *
   * @return after which time to look again; empty if all is settled
   */
  Optional<Duration> look(DocumentReader reader, Elsewhere elsewhere, Instant now) {
    missingSince = null;
    FileStamp seen = stamp(path);
    if (seen != null && seen.equals(stamp) && !mayHideAChange) {
      return settled();
    }
    boolean patient = looks++ < MOST_LOOKS;
    if (seen != null && patient && isYoungerThan(seen, settings.quiet(), now)) {
      return Optional.of(settings.quiet());
    }
    FileText found = FileText.read(path, settings.largestFile());
    if (patient && seen != null && !seen.equals(stamp(path))) {
      return Optional.of(settings.quiet());
    }
    if (!found.equals(text)) {
      Optional<PortionContent> said = understood(reader, elsewhere, found);
      if (said.isEmpty()) {
        // It is looked at again once that is known; this is for who misses it.
        return Optional.of(settings.settle());
      }
      PortionContent next = content.replacedBy(said.get());
      if (patient && isDoubtful(found, next) && !isConfirmed(found, now)) {
        return Optional.of(settings.settle());
      }
      content = next;
      text = found;
    }
    stamp = seen;
    mayHideAChange = seen != null && isYoungerThan(seen, COARSEST_TIME, now);
    return settled();
  }

  /**
   * The file was not there just now.
   *
   * @return after which time to look again; empty if it has been gone long enough to be believed
   */
  Optional<Duration> miss(Instant now) {
    if (missingSince == null) {
      missingSince = now;
    }
    Duration left = settings.settle().minus(Duration.between(missingSince, now));
    return left.isPositive() ? Optional.of(left) : Optional.empty();
  }

  private Optional<Duration> settled() {
    looks = 0;
    suspect = null;
    understood = null;
    wanted = null;
    return Optional.empty();
  }

  /** What {@code found} holds; empty while that is found out elsewhere. */
  private Optional<PortionContent> understood(
      DocumentReader reader, Elsewhere elsewhere, FileText found) {
    Understood known = understood;
    if (known != null && known.text().equals(found)) {
      return Optional.of(known.content());
    }
    if (found instanceof FileText.Whole(String whole) && mayTakeLong(whole)) {
      if (!found.equals(wanted) || !elsewhere.equals(wantedOf)) {
        wanted = found;
        wantedOf = elsewhere;
        elsewhere.run(
            () -> {
              Understood now = understand(reader, found);
              now.content().policies().forEach(elsewhere::expect);
              return () -> understood = now;
            });
      }
      return Optional.empty();
    }
    Understood now = understand(reader, found);
    understood = now;
    return Optional.of(now.content());
  }

  /** A short text may stand for much by anchors and aliases. */
  private static boolean mayTakeLong(String text) {
    return text.length() > LARGE || (text.indexOf('&') >= 0 && text.indexOf('*') >= 0);
  }

  private Understood understand(DocumentReader reader, FileText found) {
    return new Understood(
        found, PortionContent.of(found.content(reader, settings.name(), portion)));
  }

  private boolean isDoubtful(FileText found, PortionContent next) {
    boolean emptied =
        found instanceof FileText.Whole(String whole)
            && whole.isBlank()
            && !content.items().isEmpty();
    return emptied || !next.isWhole();
  }

  private boolean isConfirmed(FileText found, Instant now) {
    if (!found.equals(suspect)) {
      suspect = found;
      suspectSince = now;
      return false;
    }
    return !now.isBefore(suspectSince.plus(settings.settle()));
  }

  /** A time in the future says nothing: another machine's clock wrote it. */
  private static boolean isYoungerThan(FileStamp seen, Duration age, Instant now) {
    Duration passed = Duration.between(seen.changed(), now);
    return !passed.isNegative() && passed.compareTo(age) < 0;
  }

  private static @Nullable FileStamp stamp(Path path) {
    try {
      return FileStamp.of(path);
    } catch (IOException unreadable) {
      return null;
    }
  }
}
