package dev.skiffmesh.registry.file;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.FileSystem;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Wakes somebody when something happens in folders. It may miss things and may wake for nothing; it
 * is only there to be quicker than looking now and then. Thread-safe, but for one caller of {@link
 * #watch} at a time.
 */
final class FolderWatch implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(FolderWatch.class);

  private final @Nullable WatchService service;
  private final Map<Path, WatchKey> keys = new HashMap<>();
  private boolean complained;

  /**
   * Begins.
   *
   * @param interesting whether a change at that path is worth waking for
   * @param wake is given this watch; must not block
   */
  FolderWatch(
      String name, FileSystem files, Predicate<Path> interesting, Consumer<FolderWatch> wake) {
    this.service = open(files);
    if (service != null) {
      WatchService opened = service;
      Thread.ofVirtual()
          .name(name)
          .start(() -> listen(opened, interesting, () -> wake.accept(this)));
    }
  }

  /**
   * Watches the folder, if it is not watched yet.
   *
   * @return whether that is new, so that what happened there before may have been missed
   */
  boolean watch(Path folder) {
    WatchKey known = keys.get(folder);
    if (service == null || (known != null && known.isValid())) {
      return false;
    }
    try {
      keys.put(
          folder,
          folder.register(
              service,
              StandardWatchEventKinds.ENTRY_CREATE,
              StandardWatchEventKinds.ENTRY_MODIFY,
              StandardWatchEventKinds.ENTRY_DELETE));
      return true;
    } catch (NoSuchFileException | NotDirectoryException goneMeanwhile) {
      return false;
    } catch (IOException | ClosedWatchServiceException refused) {
      complain(folder, refused);
      return false;
    }
  }

  /** Stops watching all folders but these. */
  void retain(Set<Path> folders) {
    keys.entrySet()
        .removeIf(
            entry -> {
              boolean goes = !folders.contains(entry.getKey());
              if (goes) {
                entry.getValue().cancel();
              }
              return goes;
            });
  }

  @Override
  public void close() {
    if (service == null) {
      return;
    }
    try {
      service.close();
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }

  private @Nullable WatchService open(FileSystem files) {
    try {
      return files.newWatchService();
    } catch (IOException | UnsupportedOperationException refused) {
      complain(Path.of(""), refused);
      return null;
    }
  }

  /** Once: the system's limit of watches concerns all folders alike. */
  private void complain(Path folder, Exception refused) {
    if (!complained) {
      complained = true;
      log.atWarn()
          .addKeyValue("folder", folder)
          .addKeyValue("reason", refused.getMessage())
          .log("Folders cannot be watched; changes are seen by looking now and then");
    }
  }

  private static void listen(WatchService service, Predicate<Path> interesting, Runnable wake) {
    try {
      while (true) {
        WatchKey key = service.take();
        boolean wakes = false;
        for (WatchEvent<?> event : key.pollEvents()) {
          wakes |=
              !(event.context() instanceof Path name)
                  || !(key.watchable() instanceof Path folder)
                  || interesting.test(folder.resolve(name));
        }
        wakes |= !key.reset();
        if (wakes) {
          wake.run();
        }
      }
    } catch (ClosedWatchServiceException | InterruptedException closed) {
      // The source is closed.
    }
  }
}
