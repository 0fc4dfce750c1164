package dev.skiffmesh.server.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.document.Origin;
import dev.skiffmesh.api.document.Position;
import dev.skiffmesh.api.document.RawDocument;
import dev.skiffmesh.api.document.RawNode;
import dev.skiffmesh.api.model.Endpoint;
import dev.skiffmesh.api.model.EndpointKey;
import dev.skiffmesh.api.model.EndpointSet;
import dev.skiffmesh.api.model.Health;
import dev.skiffmesh.api.model.Immutable;
import dev.skiffmesh.api.model.Locality;
import dev.skiffmesh.api.model.Protocol;
import dev.skiffmesh.api.model.Service;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.model.ServicePort;
import dev.skiffmesh.api.status.FindingCode;
import java.io.File;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateFolderTest {

  private static final DocumentKey KEY = new DocumentKey("TrafficRoute", "trading", "order/Ünder");

  @TempDir Path folder;

  @Test
  void givesBackWhatWasSaved() throws IOException {
    SavedDocument document = document(KEY, 3);
    SavedDocument neverGood =
        new SavedDocument(new DocumentKey("TrafficRoute", "trading", "bad"), 1, "x: [", null);
    SortedMap<ServiceId, SavedService> services = services(600);
    try (StateFolder state = StateFolder.open(folder)) {
      state.save(document);
      state.save(neverGood);
      state.save("legacy", services, services.keySet());
      state.save("other", services(1), services(1).keySet());
    }

    SavedState restored = restore();

    assertThat(restored.findings()).isEmpty();
    assertThat(restored.documents().values()).containsExactlyInAnyOrder(document, neverGood);
    assertThat(restored.services()).isEqualTo(Map.of("legacy", services, "other", services(1)));
  }

  @Test
  void keepsWhatWorkloadsUse() throws IOException {
    SavedScope two = scope("v2", "order", "quote");
    try (StateFolder state = StateFolder.open(folder)) {
      state.save(scope("", "order"));
      state.save(scope("v2", "order"));
      state.save(two);
      state.save(scope("../Ünder", "order"));
      // What is used no more is forgotten with its file.
      state.save(scope("v3", "order"));
      state.save(scope("v3"));
    }

    SavedState restored = restore();

    assertThat(restored.findings()).isEmpty();
    assertThat(restored.scopes())
        .containsExactlyInAnyOrder(scope("", "order"), two, scope("../Ünder", "order"));
    assertThat(folder.resolve("scopes").toFile().list()).hasSize(3);
  }

  @Test
  void aDamagedScopeIsIgnoredAlone() throws IOException {
    try (StateFolder state = StateFolder.open(folder)) {
      state.save(scope("v1", "order"));
      state.save(scope("v2", "order"));
    }
    Path file = fileNamed("trading");
    byte[] whole = Files.readAllBytes(file);
    for (int length = 0; length < whole.length; length++) {
      Files.write(file, Arrays.copyOf(whole, length));
      SavedState restored = restore();
      assertThat(restored.scopes()).as("cut to " + length + " bytes").hasSize(1);
      assertThat(restored.findings()).hasSize(1);
      assertThat(restored.findings().getFirst().code()).isEqualTo(FindingCode.STATE_FOLDER);
    }
  }

  private static SavedScope scope(String version, String... services) {
    SortedMap<ServiceId, SavedScope.Use> uses = new TreeMap<>();
    for (String service : services) {
      Instant first = Instant.ofEpochSecond(1_700_000_000 + service.length());
      uses.put(new ServiceId("trading", service), new SavedScope.Use(first, first.plusSeconds(9)));
    }
    return new SavedScope(
        new SavedScope.Workload(new ServiceId("trading", "gateway"), version), uses);
  }

  @Test
  void forgetsWhatIsGone() throws IOException {
    SortedMap<ServiceId, SavedService> services = services(2);
    ServiceId first = services.firstKey();
    try (StateFolder state = StateFolder.open(folder)) {
      state.save(document(KEY, 1));
      state.save("legacy", services, services.keySet());
      state.save("retired", services, services.keySet());
      state.forget(KEY);
      state.forget(KEY);
      state.save("legacy", new TreeMap<>(Map.of(first, services.get(first))), services.keySet());
      state.forgetSource("retired");
      state.forgetSource("retired");
    }

    SavedState restored = restore();

    assertThat(restored.documents()).isEmpty();
    assertThat(restored.services()).isEqualTo(Map.of("legacy", Map.of(first, services.get(first))));
  }

  @Test
  void cutAnywhereNothingButThatFileIsLost() throws IOException {
    SavedDocument neighbour = document(new DocumentKey("TimeoutPolicy", "trading", "quote"), 1);
    try (StateFolder state = StateFolder.open(folder)) {
      state.save(document(KEY, 2));
      state.save(neighbour);
    }
    Path file = fileNamed("trafficroute-");
    byte[] whole = Files.readAllBytes(file);
    for (int length = 0; length < whole.length; length++) {
      Files.write(file, Arrays.copyOf(whole, length));
      assertThatOneIsIgnored(neighbour, "cut to " + length + " bytes");
    }
  }

  @Test
  void aByteChangedAnywhereNothingButThatFileIsLost() throws IOException {
    SortedMap<ServiceId, SavedService> services = services(1);
    SavedDocument neighbour = document(KEY, 1);
    try (StateFolder state = StateFolder.open(folder)) {
      state.save(neighbour);
      state.save("legacy", services, services.keySet());
    }
    Path file = fileNamed("legacy-");
    byte[] whole = Files.readAllBytes(file);
    for (int i = 0; i < whole.length; i++) {
      byte[] changed = whole.clone();
      changed[i] ^= 0x04;
      Files.write(file, changed);
      assertThatOneIsIgnored(neighbour, "byte " + i + " changed");
    }
  }

  private void assertThatOneIsIgnored(SavedDocument neighbour, String what) throws IOException {
    SavedState restored = restore();
    assertThat(restored.documents().values()).as(what).containsExactly(neighbour);
    assertThat(restored.services()).as(what).isEmpty();
    assertThat(restored.findings()).as(what).hasSize(1);
    assertThat(restored.findings().getFirst().code()).isEqualTo(FindingCode.STATE_FOLDER);
    assertThat(restored.findings().getFirst().message()).contains("is ignored");
  }

  @Test
  void unfinishedFilesAreClearedAwayAndStrangersAreNamed() throws IOException {
    try (StateFolder state = StateFolder.open(folder)) {
      state.save(document(KEY, 1));
    }
    Path documents = folder.resolve("documents");
    Path unfinished = Files.write(documents.resolve("a.json.tmp"), new byte[] {1, 2});
    Files.writeString(documents.resolve("b.json"), "hello\n");
    Files.writeString(documents.resolve("c.json"), "skiff-state 2 sha256:00\n{}");
    Files.copy(fileNamed("trafficroute-"), documents.resolve("d.json"));

    SavedState restored = restore();

    assertThat(restored.documents()).containsOnlyKeys(KEY);
    assertThat(unfinished).doesNotExist();
    assertThat(restored.findings())
        .extracting(finding -> finding.message())
        .satisfiesExactly(
            message -> assertThat(message).contains("does not begin with the header"),
            message -> assertThat(message).contains("another version of Skiff"),
            message -> assertThat(message).contains("belongs into"));
  }

  @Test
  void nobodyButTheOwnerReadsIt() throws IOException {
    Path state = folder.resolve("new/state");
    try (StateFolder opened = StateFolder.open(state)) {
      opened.save(document(KEY, 1));
      opened.save("legacy", services(3), services(3).keySet());
      opened.save(scope("v1", "order"));
    }
    assertThatAllIsClosed(state);
  }

  @Test
  void whatIsOpenToOthersIsClosed() throws IOException {
    SavedDocument document = document(KEY, 1);
    try (StateFolder opened = StateFolder.open(folder)) {
      opened.save(document);
    }
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path one : all.toList()) {
        Files.setPosixFilePermissions(
            one,
            PosixFilePermissions.fromString(Files.isDirectory(one) ? "rwxrwxrwx" : "rw-rw-rw-"));
      }
    }
    assertThat(restore().documents().values()).containsExactly(document);
    assertThatAllIsClosed(folder);
  }

  private static void assertThatAllIsClosed(Path state) throws IOException {
    try (Stream<Path> all = Files.walk(state)) {
      List<Path> found = all.toList();
      assertThat(found).hasSizeGreaterThan(5);
      for (Path one : found) {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(one)))
            .as(one.toString())
            .isEqualTo(Files.isDirectory(one) ? "rwx------" : "rw-------");
      }
    }
  }

  @Test
  void whatCannotBeWrittenIsReadAndTriedAgain() throws IOException {
    SavedDocument document = document(KEY, 1);
    try (StateFolder opened = StateFolder.open(folder)) {
      opened.save(document);
    }
    // A folder in place of the lock can be opened by nobody, not even by root.
    Path lock = folder.resolve("lock");
    Files.delete(lock);
    Files.createDirectory(lock);
    try (StateFolder opened = StateFolder.open(folder)) {
      assertThat(opened.restore().documents().values()).containsExactly(document);
      assertThatThrownBy(() -> opened.save(document))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("in '" + folder + "'");
      assertThatThrownBy(opened::prepare).isInstanceOf(IOException.class);

      Files.delete(lock);
      opened.prepare();
      opened.forget(KEY);
      assertThat(restoredBy(opened)).isEmpty();
      assertThatThrownBy(() -> StateFolder.open(folder)).hasMessageContaining("is in use by");
    }
  }

  @Test
  void aFileInPlaceOfTheFolderIsNamed() throws IOException {
    Path file = Files.writeString(folder.resolve("state"), "hello");
    try (StateFolder opened = StateFolder.open(file)) {
      assertThat(opened.restore().documents()).isEmpty();
      assertThatThrownBy(opened::prepare).hasMessageContaining("must be a folder, found a file");
    }
  }

  private static Collection<SavedDocument> restoredBy(StateFolder state) {
    return state.restore().documents().values();
  }

  @Test
  void onlyOneUserAtATime() throws Exception {
    try (StateFolder _ = StateFolder.open(folder)) {
      assertThatThrownBy(() -> StateFolder.open(folder.resolve(".")))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("is in use by this very process");
      Process other = otherProcess();
      String said = new String(other.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(other.waitFor()).isEqualTo(3);
      assertThat(said)
          .contains("is in use by process " + ProcessHandle.current().pid())
          .contains("`state.path`");
    }
    assertThat(otherProcess().waitFor()).isZero();
    StateFolder.open(folder).close();
  }

  private Process otherProcess() throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            Opener.class.getName(),
            folder.toString())
        .redirectErrorStream(true)
        .start();
  }

  /** What the second process runs. */
  static final class Opener {
    private Opener() {}

    public static void main(String[] args) {
      try (StateFolder _ = StateFolder.open(Path.of(args[0]))) {
        System.exit(0);
      } catch (IOException e) {
        System.out.println(e.getMessage());
        System.exit(3);
      }
    }
  }

  private SavedState restore() throws IOException {
    try (StateFolder state = StateFolder.open(folder)) {
      return state.restore();
    }
  }

  private Path fileNamed(String part) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(Files::isRegularFile)
          .filter(file -> file.toString().contains(File.separator + part))
          .findFirst()
          .orElseThrow();
    }
  }

  private static SavedDocument document(DocumentKey key, long generation) {
    Position at = new Position(7, 3);
    RawNode.Mapping root =
        new RawNode.Mapping(
            List.of(
                new RawNode.Entry(
                    "spec",
                    at,
                    new RawNode.Sequence(
                        List.of(
                            new RawNode.Scalar("5", RawNode.ScalarType.INTEGER, at),
                            new RawNode.Scalar("", RawNode.ScalarType.NULL, Position.NONE)),
                        at))),
            at);
    RawDocument raw =
        new RawDocument(key, root, new Origin("policies", "a.yaml", at), "spec:\n- 5\n- \n");
    return new SavedDocument(
        key,
        generation,
        "newest \u0000 text",
        new SavedDocument.Good(raw, generation - 1, Instant.ofEpochMilli(1_700_000_000_123L)));
  }

  private static SortedMap<ServiceId, SavedService> services(int count) {
    SortedMap<ServiceId, SavedService> services = new TreeMap<>();
    for (int i = 0; i < count; i++) {
      ServiceId id = new ServiceId("trading", "order-" + i);
      Endpoint endpoint =
          new Endpoint(
              new EndpointKey("legacy", "DEFAULT", "i" + i),
              "10.0.0.1",
              new TreeMap<>(Map.of("http", 8080, "grpc", 9090)),
              new BigDecimal("0.1"),
              Health.UNHEALTHY,
              false,
              new Locality("r", "z", ""),
              new TreeMap<>(Map.of("Version", "v1", "空", "")),
              i % 2 == 0 ? List.of() : List.of("fd00::1"));
      Service service =
          new Service(
              id,
              Immutable.sortedSet(Set.of("ORDER_SERVICE")),
              List.of(
                  new ServicePort("http", 80, Protocol.HTTP),
                  new ServicePort("grpc", 81, Protocol.GRPC)),
              Immutable.sortedSet(Set.of("10.1.1.1")),
              List.of("legacy"));
      services.put(id, new SavedService("public@@G", service, new EndpointSet(List.of(endpoint))));
    }
    return services;
  }
}
