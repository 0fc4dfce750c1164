package dev.skiffmesh.e2e.parts;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * A process that a test or the demo started: its output goes to a file, and it ends with its owner
 * or with this JVM, whichever comes first. Thread-safe. Signals need a POSIX {@code kill} command.
 */
public final class ChildProcess implements AutoCloseable {

  private static final Duration PROBE_INTERVAL = Duration.ofMillis(50);
  private static final Duration GRACE = Duration.ofSeconds(5);
  private static final int TAIL_LINES = 40;

  /** What is shown of a log at most: a line may be of any length. */
  private static final int TAIL_BYTES = 16 << 10;

  private static final Set<Process> LIVE = ConcurrentHashMap.newKeySet();

  static {
    Runtime.getRuntime()
        .addShutdownHook(
            Thread.ofPlatform()
                .name("end-child-processes")
                .unstarted(() -> LIVE.forEach(Process::destroyForcibly)));
  }

  private final String name;
  private final Process process;
  private final Path log;
  private volatile boolean paused;

  private ChildProcess(String name, Process process, Path log) {
    this.name = name;
    this.process = process;
    this.log = log;
  }

  /**
   * Starts a process.
   *
   * @param name for messages
   * @param builder its command, folder and environment; where its output goes is set here
   * @param log the file to which standard output and error are appended; its folder is made
   * @throws UncheckedIOException if it cannot be started
   */
  public static ChildProcess start(String name, ProcessBuilder builder, Path log) {
    try {
      Files.createDirectories(log.toAbsolutePath().getParent());
      builder.redirectErrorStream(true);
      builder.redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
      builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
      Process process = builder.start();
      LIVE.add(process);
      return new ChildProcess(name, process, log);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot start " + name + ": " + e.getMessage(), e);
    }
  }

  /** The process id. */
  public long pid() {
    return process.pid();
  }

  /** Tells whether the process has not ended. */
  public boolean isAlive() {
    return process.isAlive();
  }

  /** The file that holds what the process printed. */
  public Path log() {
    return log;
  }

  /** All that the process has printed until now. */
  public String logs() {
    try {
      return new String(Files.readAllBytes(log), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Waits until {@code probe} says yes.
   *
   * @param bound how long to wait at most
   * @param probe asked every 50 ms; must itself be bounded, and must say no instead of throwing
   * @throws IllegalStateException with the end of the log, if the process ends before or the bound
   *     passes
   */
  public void awaitReady(Duration bound, BooleanSupplier probe) {
    long end = System.nanoTime() + bound.toNanos();
    while (!probe.getAsBoolean()) {
      if (ended(PROBE_INTERVAL)) {
        throw new IllegalStateException(
            name
                + " ended with exit code "
                + process.exitValue()
                + " before it was ready:\n"
                + tail());
      }
      if (System.nanoTime() - end > 0) {
        throw new IllegalStateException(
            name + " was not ready within " + bound.toSeconds() + " s:\n" + tail());
      }
    }
  }

  /** Stops the process in its tracks (SIGSTOP): connections stay open and nobody answers. */
  public void pause() {
    paused = true;
    signal("STOP");
  }

  /** Lets a paused process go on (SIGCONT). */
  public void resume() {
    signal("CONT");
    paused = false;
  }

  /** Ends the process as a crash would (SIGKILL) and waits until it is gone. */
  public void kill() {
    process.destroyForcibly();
    awaitEnd();
  }

  /**
   * Asks the process to end (SIGTERM), kills it when it has not within 5 s, and returns when it is
   * gone. Does nothing if it has ended.
   */
  @Override
  public void close() {
    if (process.isAlive()) {
      if (paused) {
        // Otherwise it would not hear the next signal.
        resume();
      }
      process.destroy();
      if (!ended(GRACE)) {
        process.destroyForcibly();
      }
    }
    awaitEnd();
  }

  private void signal(String signal) {
    try {
      int exit =
          new ProcessBuilder(List.of("kill", "-" + signal, Long.toString(pid())))
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor();
      if (exit != 0 && process.isAlive()) {
        throw new IllegalStateException("Cannot send SIG" + signal + " to " + name);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private boolean ended(Duration bound) {
    try {
      return process.waitFor(bound.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  /**
   * Goes on waiting through interrupts, so that no process outlives its test, and restores them.
   */
  private void awaitEnd() {
    boolean interrupted = false;
    while (true) {
      try {
        process.waitFor();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
        process.destroyForcibly();
      }
    }
    LIVE.remove(process);
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private String tail() {
    try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
      byte[] end = new byte[(int) Math.min(file.length(), TAIL_BYTES)];
      file.seek(file.length() - end.length);
      file.readFully(end);
      List<String> lines = new String(end, StandardCharsets.UTF_8).lines().toList();
      return String.join("\n", lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size()));
    } catch (IOException e) {
      return "its log cannot be read: " + e.getMessage();
    }
  }

  private static IllegalStateException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new IllegalStateException("Interrupted", e);
  }
}
