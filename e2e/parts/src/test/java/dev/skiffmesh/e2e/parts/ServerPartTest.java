package dev.skiffmesh.e2e.parts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What may be done to any server, on the file server that every JDK has. */
class ServerPartTest {

  private static final Duration BOUND = Duration.ofSeconds(60);

  /** Serves {@link #home()}, and the number of its starts there. */
  private static final class FileServer extends ServerPart {

    private final int port = FreePorts.next();
    private final List<String> modules;
    private int starts;

    FileServer(String... modules) {
      super("file-server", BOUND);
      this.modules = List.of(modules);
    }

    static FileServer start() {
      return started(new FileServer("jdk.httpserver"));
    }

    @Override
    protected ProcessBuilder command() {
      try {
        Files.writeString(home().resolve("start-" + ++starts), "");
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      List<String> command = new ArrayList<>();
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.add("-m");
      command.addAll(modules);
      command.addAll(List.of("-b", "127.0.0.1", "-p", String.valueOf(port)));
      return new ProcessBuilder(command);
    }

    @Override
    protected boolean answers() {
      return has("");
    }

    boolean has(String file) {
      return new HttpProbe(URI.create("http://127.0.0.1:" + port + "/" + file)).getAsBoolean();
    }

    Path folder() {
      return home();
    }
  }

  @Test
  void servesOnItsPortWhenStartReturns() {
    try (FileServer server = FileServer.start()) {
      assertThat(server.has("start-1")).isTrue();
      assertThat(server.logs()).contains("Serving");
    }
  }

  @Test
  void aRestartKeepsPortAndDataHoweverItEnded() {
    try (FileServer server = FileServer.start()) {
      long first = server.pid();
      server.restart();
      assertThat(server.pid()).isNotEqualTo(first);
      assertThat(server.has("start-1") && server.has("start-2")).isTrue();

      server.kill();
      assertThat(server.answers()).isFalse();
      server.restart();
      assertThat(server.has("start-3")).isTrue();

      server.stop();
      assertThat(server.answers()).isFalse();
      server.restart();
      assertThat(server.has("start-4")).isTrue();
    }
  }

  @Test
  void aPausedOneDoesNotAnswerAndGoesOn() {
    try (FileServer server = FileServer.start()) {
      server.pause();
      assertThat(server.answers()).isFalse();

      server.resume();
      server.await(BOUND, server::answers);
    }
  }

  @Test
  void closedItIsGoneWithAllThatItWroteEvenWhilePaused() {
    FileServer server = FileServer.start();
    long pid = server.pid();
    server.pause();

    server.close();

    assertThat(ProcessHandle.of(pid).filter(ProcessHandle::isAlive)).isEqualTo(Optional.empty());
    assertThat(server.folder()).doesNotExist();
    server.close();
  }

  @Test
  void oneThatDoesNotStartSaysWhyAndLeavesNothing() {
    FileServer server = new FileServer("no.such.module");

    assertThatThrownBy(() -> ServerPart.started(server))
        .hasMessageContaining("file-server ended with exit code 1 before it was ready")
        .hasMessageContaining("no.such.module not found");
    assertThat(server.folder()).doesNotExist();
  }

  @Test
  void oneThatNeverRanSaysSo() {
    try (FileServer server = new FileServer("jdk.httpserver")) {
      assertThatThrownBy(server::restart).hasMessage("file-server has not been started");
    }
  }
}
