package dev.skiffmesh.server.control;

import com.sun.management.UnixOperatingSystemMXBean;
import dev.skiffmesh.api.status.Finding;
import dev.skiffmesh.api.status.FindingCode;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How many file handles (open files and connections) this process still may have. Without any left
 * no proxy gets in and no file is read, and what fails then says something else. Counted on the
 * pool, since the system lists all of them for it; otherwise confined to the control thread.
 */
final class FileHandles {

  private static final Logger LOG = LoggerFactory.getLogger(FileHandles.class);

  /** In percent: early enough to raise the limit before something fails. */
  private static final int MANY = 90;

  /** How many are open, of how many. */
  record Count(long open, long most) {
    boolean isNearlyAll() {
      return open * 100 >= most * MANY;
    }
  }

  private final ControlThreads threads;
  private final Supplier<Optional<Count>> counter;
  private final Runnable changed;
  private Optional<Count> tooFew = Optional.empty();
  private boolean counting;

  /**
   * Nothing is counted yet.
   *
   * @param changed told when there is something new to report
   */
  FileHandles(ControlThreads threads, Supplier<Optional<Count>> counter, Runnable changed) {
    this.threads = threads;
    this.counter = counter;
    this.changed = changed;
  }

  /** Those of this process; empty where the system does not tell. */
  static Optional<Count> ofThisProcess() {
    if (!(ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix)) {
      return Optional.empty();
    }
    long most = unix.getMaxFileDescriptorCount();
    // The count opens a folder; where even that is refused (-1), none is left.
    long open = unix.getOpenFileDescriptorCount();
    return most <= 0 ? Optional.empty() : Optional.of(new Count(open < 0 ? most : open, most));
  }

  /** Counts anew, unless that is under way. */
  void look() {
    if (counting) {
      return;
    }
    counting = true;
    threads.translation(
        () -> {
          Optional<Count> found = counted();
          threads.control(() -> take(found));
        });
  }

  private Optional<Count> counted() {
    try {
      return counter.get();
    } catch (RuntimeException | Error unknown) {
      return Optional.empty();
    }
  }

  private void take(Optional<Count> found) {
    counting = false;
    Optional<Count> now = found.filter(Count::isNearlyAll);
    if (now.isPresent() != tooFew.isPresent()) {
      now.ifPresent(count -> LOG.atError().log(words(count)));
      tooFew = now;
      changed.run();
    }
  }

  private static String words(Count count) {
    return "This process must have file handles left for proxies and files, found %d of %d in use; raise its limit (`ulimit -n`, LimitNOFILE), or lower `xds.streams`"
        .formatted(count.open(), count.most());
  }

  /** What is wrong with the limit. */
  List<Finding> findings() {
    return tooFew.stream()
        .map(count -> Finding.of(FindingCode.FILE_HANDLES, "file handles", words(count)))
        .toList();
  }
}
