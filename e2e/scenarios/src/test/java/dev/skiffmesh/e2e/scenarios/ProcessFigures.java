package dev.skiffmesh.e2e.scenarios;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * What a process holds at one moment, as Linux and its JVM tell.
 *
 * @param heapBytes live objects after a full collection; 0 for a process that is no JVM
 * @param residentBytes memory that is resident
 * @param threads of the operating system
 * @param handles open file descriptors
 */
public record ProcessFigures(long heapBytes, long residentBytes, long threads, long handles) {

  /** Makes a JVM collect its garbage, and looks then. */
  public static ProcessFigures ofJvm(long pid) {
    return of(pid, liveHeap(pid));
  }

  /** Looks at a process that is no JVM. */
  public static ProcessFigures of(long pid) {
    return of(pid, 0);
  }

  private static ProcessFigures of(long pid, long heap) {
    Path proc = Path.of("/proc", Long.toString(pid));
    try (Stream<Path> handles = Files.list(proc.resolve("fd"))) {
      List<String> status = Files.readAllLines(proc.resolve("status"));
      return new ProcessFigures(
          heap, field(status, "VmRSS") * 1024, field(status, "Threads"), handles.count());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long field(List<String> status, String name) {
    return status.stream()
        .filter(line -> line.startsWith(name + ":"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
        .findFirst()
        .orElseThrow();
  }

  /** The sum of the class histogram, which the JVM makes after a full collection. */
  private static long liveHeap(long pid) {
    try {
      Process jcmd =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                  Long.toString(pid),
                  "GC.class_histogram")
              .redirectErrorStream(true)
              .start();
      String said = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return said.lines()
          .filter(line -> line.startsWith("Total"))
          .mapToLong(line -> Long.parseLong(line.strip().split("\\s+", -1)[2]))
          .findFirst()
          .orElseThrow(() -> new IllegalStateException("jcmd must print a total, found " + said));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "heap %.1f MiB, resident %.0f MiB, %d threads, %d file handles",
        heapBytes / 1048576.0,
        residentBytes / 1048576.0,
        threads,
        handles);
  }
}
