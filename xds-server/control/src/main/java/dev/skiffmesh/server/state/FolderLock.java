package dev.skiffmesh.server.state;

import java.io.IOException;
import java.io.Serial;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Says that a folder is this process's alone, until it is closed or the process ends. */
final class FolderLock implements AutoCloseable {

  /**
   * The folders that this process uses. The operating system's lock cannot tell apart two users
   * within one process, and closing a second channel to the lock file would release the lock of the
   * first (POSIX, fcntl).
   */
  private static final Set<Path> IN_THIS_PROCESS = ConcurrentHashMap.newKeySet();

  private final Path realFolder;
  private final FileChannel file;

  private FolderLock(Path realFolder, FileChannel file) {
    this.realFolder = realFolder;
    this.file = file;
  }

  /** Two processes that write one folder would destroy what the other has kept. */
  static final class InUse extends IOException {
    @Serial private static final long serialVersionUID = 1L;

    InUse(Path folder, String holder) {
      super(
          "The state folder '%s' is in use by %s; stop that one, or give this one a `state.path` of its own"
              .formatted(folder, holder));
    }
  }

  /**
   * Takes a folder that is there.
   *
   * @throws InUse if another process, or another part of this one, has it
   * @throws IOException if nothing can be written in it
   */
  static FolderLock take(Path folder) throws IOException {
    Path real = folder.toRealPath();
    if (!IN_THIS_PROCESS.add(real)) {
      throw new InUse(folder, "this very process");
    }
    try {
      return new FolderLock(real, lock(folder));
    } catch (IOException | RuntimeException e) {
      IN_THIS_PROCESS.remove(real);
      throw e;
    }
  }

  private static FileChannel lock(Path folder) throws IOException {
    FileChannel channel =
        FileChannel.open(
            folder.resolve("lock"),
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE),
            OwnerOnly.ofFileIn(folder));
    try {
      // Held until the channel is closed or the process ends, however it ends.
      if (channel.tryLock() == null) {
        throw new InUse(folder, holder(channel));
      }
      channel.truncate(0);
      channel.write(
          ByteBuffer.wrap(
              ("process " + ProcessHandle.current().pid()).getBytes(StandardCharsets.UTF_8)));
      return channel;
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static String holder(FileChannel channel) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(40);
    channel.read(bytes, 0);
    String holder = new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8);
    return holder.matches("process [0-9]+") ? holder : "another process";
  }

  @Override
  public void close() {
    try {
      file.close();
    } catch (IOException e) {
      throw new UncheckedIOException("the lock of the state folder could not be released", e);
    } finally {
      IN_THIS_PROCESS.remove(realFolder);
    }
  }
}
