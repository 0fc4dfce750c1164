package dev.skiffmesh.e2e.parts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChildProcessTest {

  @TempDir Path folder;

  @Test
  void waitsForReadinessAndKeepsWhatWasPrinted() {
    try (ChildProcess child = shell("echo ready; exec sleep 60")) {
      child.awaitReady(Duration.ofSeconds(20), () -> child.logs().contains("ready"));

      assertThat(child.isAlive()).isTrue();
    }
  }

  @Test
  void saysWhyAProcessNeverBecameReady() {
    try (ChildProcess child = shell("echo no such file >&2; exit 3")) {
      assertThatThrownBy(() -> child.awaitReady(Duration.ofSeconds(20), () -> false))
          .hasMessageContaining("exit code 3")
          .hasMessageContaining("no such file");
    }
  }

  @Test
  void showsNoMoreThanTheEndOfALog() {
    try (ChildProcess child =
        shell("head -c 1000000 /dev/zero | tr '\\0' x; echo; echo the last words; exit 3")) {
      assertThatThrownBy(() -> child.awaitReady(Duration.ofSeconds(20), () -> false))
          .hasMessageContaining("the last words")
          .satisfies(failure -> assertThat(failure.getMessage()).hasSizeLessThan(20_000));
    }
  }

  @Test
  void endsAProcessThatIgnoresPolitenessEvenWhilePaused() {
    ChildProcess child = shell("trap '' TERM; echo up; while :; do sleep 0.1; done");
    child.awaitReady(Duration.ofSeconds(20), () -> child.logs().contains("up"));
    child.pause();

    child.close();

    assertThat(ProcessHandle.of(child.pid()).filter(ProcessHandle::isAlive))
        .isEqualTo(Optional.empty());
  }

  @Test
  void pausesAndResumes() {
    try (ChildProcess child = shell("i=0; while :; do i=$((i+1)); echo $i; sleep 0.01; done")) {
      child.awaitReady(Duration.ofSeconds(20), () -> child.logs().contains("3\n"));
      child.pause();
      int printed = child.logs().length();

      assertThat(child.isAlive()).isTrue();

      child.resume();
      child.awaitReady(Duration.ofSeconds(20), () -> child.logs().length() > printed);
    }
  }

  @Test
  void handsOutNoPortTwice() {
    List<Integer> ports = IntStream.range(0, 50).mapToObj(i -> FreePorts.next()).toList();

    assertThat(ports).doesNotHaveDuplicates();
  }

  private ChildProcess shell(String script) {
    return ChildProcess.start(
        "the shell", new ProcessBuilder("sh", "-c", script), folder.resolve("log.txt"));
  }
}
