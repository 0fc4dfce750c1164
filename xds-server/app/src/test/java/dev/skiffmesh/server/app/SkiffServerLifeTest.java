package dev.skiffmesh.server.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.status.FindingCode;
import dev.skiffmesh.server.state.StateFolder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** What is left of a server: nothing. Alone in its process, since it counts threads. */
@Isolated
class SkiffServerLifeTest {

  private static final ServiceId ORDER = new ServiceId("trading", "order");

  @TempDir private Path folder;

  @Test
  void aTakenPortIsNamedWithItsKeyAndTheStateFolderIsFree() throws Exception {
    ServerFolder mesh = ServerFolder.in(folder);
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int port = taken.getLocalPort();
      assertThatThrownBy(() -> SkiffServer.start(mesh.config(port, 0)))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("`xds`")
          .hasMessageContaining("127.0.0.1:" + port);
      assertThatThrownBy(() -> SkiffServer.start(mesh.config(0, port)))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("`admin`")
          .hasMessageContaining("127.0.0.1:" + port);
    }
    StateFolder.open(folder.resolve("state")).close();
  }

  @Test
  void aStateFolderInUseIsNamedAndItsUserIsNotDisturbed() throws Exception {
    ServerFolder mesh = ServerFolder.in(folder);
    try (SkiffServer first = SkiffServer.start(mesh.config())) {
      assertThatThrownBy(() -> SkiffServer.start(mesh.config()))
          .isInstanceOf(IOException.class)
          .hasMessageContaining(folder.resolve("state").toString())
          .hasMessageContaining("`state.path`");
      ServerFolder.await("the first to be ready", () -> first.report().readiness().ready());
    }
    SkiffServer.start(mesh.config()).close();
  }

  @Test
  void aStateFolderThatCannotBeMadeStopsNothing() throws Exception {
    ServerFolder mesh = ServerFolder.in(folder);
    Files.writeString(folder.resolve("state"), "a file in place of the folder");
    try (SkiffServer server = SkiffServer.start(mesh.config())) {
      ServerFolder.await("a ready server", () -> server.report().readiness().ready());
      ServerFolder.await(
          "the finding",
          () ->
              server.report().findings().stream()
                  .anyMatch(
                      finding ->
                          finding.code() == FindingCode.STATE_FOLDER
                              && finding.message().contains("must be a folder")));
      assertThat(server.report().world().services()).containsKey(ORDER);
    }
  }

  @Test
  void aServerMayBeClosedTwice() throws Exception {
    SkiffServer server = SkiffServer.start(ServerFolder.in(folder).config());
    server.close();
    server.close();
    StateFolder.open(folder.resolve("state")).close();
  }

  @Test
  void fiveLivesLeaveNoThread() throws Exception {
    ServerFolder mesh = ServerFolder.in(folder);
    // The first life starts what the JVM and the libraries keep for ever.
    SkiffServer.start(mesh.config()).close();
    Set<Thread> before = threads();
    for (int life = 0; life < 5; life++) {
      try (SkiffServer server = SkiffServer.start(mesh.config())) {
        ServerFolder.await("a ready server", () -> server.report().readiness().ready());
      }
    }
    awaitNoMoreThan(before);
  }

  @Test
  void aRegistryThatCannotBeReachedDoesNotStopTheOthers() throws Exception {
    int nobody;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      nobody = free.getLocalPort();
    }
    ServerFolder mesh = ServerFolder.in(folder);
    try (SkiffServer server = SkiffServer.start(mesh.withNacos(nobody, Duration.ofSeconds(1)))) {
      ServerFolder.await(
          "the service of the files", () -> server.report().world().services().containsKey(ORDER));
      ServerFolder.await("a ready server", () -> server.report().readiness().ready());
    }
  }

  private static void awaitNoMoreThan(Set<Thread> before) throws InterruptedException {
    ServerFolder.await("the end of " + left(before), () -> left(before).isEmpty());
  }

  private static Set<String> left(Set<Thread> before) {
    Set<Thread> now = threads();
    now.removeAll(before);
    return now.stream().map(Thread::getName).collect(Collectors.toSet());
  }

  private static Set<Thread> threads() {
    return new HashSet<>(Thread.getAllStackTraces().keySet());
  }
}
