package dev.skiffmesh.e2e.parts;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A real server as a process of its own, with a folder for all that it writes; it ends with {@link
 * #close()} or with this JVM. Each server says how it is run and when it is ready; what a test may
 * do to it is the same for all. A server that has ports takes them from {@link FreePorts} when it
 * is made, and so keeps them over restarts. Not thread-safe, but for {@link #logs()}.
 */
public abstract class ServerPart implements AutoCloseable {

  private static final Set<ServerPart> LIVE = ConcurrentHashMap.newKeySet();

  static {
    Runtime.getRuntime()
        .addShutdownHook(
            Thread.ofPlatform().name("end-servers").unstarted(() -> LIVE.forEach(ServerPart::end)));
  }

  private final String name;
  private final Duration startBound;
  private final Path home;
  private volatile @Nullable ChildProcess process;

  /**
   * One that does not run yet.
   *
   * @param name for messages and for its folder
   * @param startBound how long a start may take on a busy machine
   */
  protected ServerPart(String name, Duration startBound) {
    this.name = name;
    this.startBound = startBound;
    this.home = ScratchFolder.create(name);
  }

  /** How it is run, in {@link #home()}; asked at every start, when its data may be there. */
  protected abstract ProcessBuilder command();

  /** Whether it is ready; must itself be bounded, and must say no instead of throwing. */
  protected abstract boolean answers();

  /**
   * Starts a new server and waits until it is ready.
   *
   * @return the same
   * @throws IllegalStateException with the end of its log, if it does not become ready; it is
   *     closed then
   */
  protected static <S extends ServerPart> S started(S server) {
    try {
      server.launch();
      return server;
    } catch (RuntimeException e) {
      server.close();
      throw e;
    }
  }

  /**
   * Starts it and waits until it is ready.
   *
   * @throws IllegalStateException with the end of its log, if it does not become ready
   */
  protected final void launch() {
    LIVE.add(this);
    process = ChildProcess.start(name, command().directory(home.toFile()), home.resolve("log.txt"));
    await(startBound, this::answers);
  }

  /**
   * Waits until {@code condition} holds.
   *
   * @param condition must itself be bounded, and must say no instead of throwing
   * @throws IllegalStateException with the end of its log, if it ends or the bound passes
   */
  public final void await(Duration bound, BooleanSupplier condition) {
    process().awaitReady(bound, condition);
  }

  /** The folder of all that it writes. */
  protected final Path home() {
    return home;
  }

  /** The process id; another one after {@link #restart()}. */
  public final long pid() {
    return process().pid();
  }

  /** What it has printed since its first start. */
  public final String logs() {
    return process().logs();
  }

  /** Ends it as an operator would; its data stays. */
  public final void stop() {
    process().close();
  }

  /** Ends it as a crash would (SIGKILL); its data stays. */
  public final void kill() {
    process().kill();
  }

  /** Stops it in its tracks: connections stay open and nobody answers. */
  public final void pause() {
    process().pause();
  }

  /** Lets a paused one go on. */
  public final void resume() {
    process().resume();
  }

  /** Ends it if it runs, starts it again on the same ports and data, and waits for it. */
  public final void restart() {
    stop();
    launch();
  }

  /** Ends it and deletes what it wrote; to do so again changes nothing. */
  @Override
  public void close() {
    ChildProcess last = process;
    if (last != null) {
      last.close();
    }
    ScratchFolder.delete(home);
    LIVE.remove(this);
  }

  /** What nobody closed leaves nothing either. */
  private void end() {
    ChildProcess last = process;
    if (last != null) {
      last.kill();
    }
    ScratchFolder.delete(home);
  }

  private ChildProcess process() {
    ChildProcess last = process;
    if (last == null) {
      throw new IllegalStateException(name + " has not been started");
    }
    return last;
  }
}
