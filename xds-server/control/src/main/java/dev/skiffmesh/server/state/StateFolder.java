package dev.skiffmesh.server.state;

import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.status.Finding;
import dev.skiffmesh.api.status.FindingCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/**
 * A folder of plain files: one for each document, and for each source up to 256 that share its
 * services by hash, so that one changed endpoint writes a small file also in a mesh of 10,000
 * services. One process at a time uses it, and its owner alone may read it.
 *
 * <pre>
 * lock
 * documents/trafficroute-trading-order-canary-5f0c….json
 * services/legacy-90aa…/a3.json
 * scopes/trading-order-v1-77b0….json
 * </pre>
 */
public final class StateFolder implements StateStore {

  private static final Logger LOG = LoggerFactory.getLogger(StateFolder.class);
  private static final String DOCUMENTS = "documents";
  private static final String SERVICES = "services";
  private static final String SCOPES = "scopes";
  private static final String JSON = ".json";
  private static final int SHARD_BITS = 0xff;
  private static final int READABLE_LENGTH = 80;

  private final Path folder;

  /** Held as long as this process uses the folder; null before {@link #prepare}. */
  private @Nullable FolderLock lock;

  private StateFolder(Path folder) {
    this.folder = folder;
  }

  /**
   * Opens {@code folder}, making it if need be, for this process alone. One that cannot be made or
   * written (a full or read-only disk, no permission) is opened nevertheless: what can be read of
   * it is served, and {@link #prepare} says what is wrong and may be called until it is mended.
   *
   * @throws IOException with a message for the user if another process uses it
   */
  public static StateFolder open(Path folder) throws IOException {
    StateFolder state = new StateFolder(folder);
    try {
      state.prepare();
    } catch (FolderLock.InUse taken) {
      throw taken;
    } catch (IOException unusable) {
      LOG.atError()
          .addKeyValue("folder", folder)
          .addKeyValue("problem", unusable.getMessage())
          .log("The state folder cannot be written; what it holds is read, as far as it can be");
    }
    return state;
  }

  @Override
  public synchronized void prepare() throws IOException {
    if (lock != null) {
      return;
    }
    try {
      for (Path part : List.of(folder, part(DOCUMENTS), part(SERVICES), part(SCOPES))) {
        OwnerOnly.makeFolder(part);
      }
      lock = FolderLock.take(folder);
    } catch (FolderLock.InUse taken) {
      throw taken;
    } catch (IOException e) {
      throw new IOException("in '%s': %s".formatted(folder, DiskProblem.words(e)), e);
    }
    closeToOthers();
  }

  /**
   * A folder of an older version, or one that was copied, may be open to everybody. What belongs to
   * somebody else cannot be closed; the folders in it are made by us, and are.
   */
  private void closeToOthers() {
    int closed = 0;
    String problem = "";
    for (Path one : everything()) {
      try {
        closed += OwnerOnly.close(one.toRealPath()) ? 1 : 0;
      } catch (IOException e) {
        problem = DiskProblem.words(e);
      }
    }
    if (closed > 0) {
      LOG.atWarn()
          .addKeyValue("folder", folder)
          .addKeyValue("paths", closed)
          .log("The state folder was open to other users; now its owner alone may use it");
    }
    if (!problem.isEmpty()) {
      LOG.atWarn()
          .addKeyValue("folder", folder)
          .addKeyValue("problem", problem)
          .log("The state folder, or a part of it, cannot be closed to other users");
    }
  }

  private List<Path> everything() {
    List<Path> all = new ArrayList<>(List.of(folder, folder.resolve("lock")));
    for (String name : List.of(DOCUMENTS, SERVICES, SCOPES)) {
      try (Stream<Path> found = Files.walk(part(name))) {
        all.addAll(found.toList());
      } catch (IOException | UncheckedIOException e) {
        // Who cannot list it cannot read it; the restore says so.
        all.add(part(name));
      }
    }
    return all;
  }

  private Path part(String name) {
    return folder.resolve(name);
  }

  @Override
  public SavedState restore() {
    List<Finding> findings = new ArrayList<>();
    SortedMap<DocumentKey, SavedDocument> documents = new TreeMap<>();
    SortedMap<String, SortedMap<ServiceId, SavedService>> services = new TreeMap<>();
    for (Path file : filesBelow(folder.resolve(DOCUMENTS), findings)) {
      read(file, findings, node -> restoreDocument(file, node, documents));
    }
    for (Path file : filesBelow(folder.resolve(SERVICES), findings)) {
      read(file, findings, node -> restoreServices(file, node, services));
    }
    List<SavedScope> scopes = new ArrayList<>();
    for (Path file : filesBelow(folder.resolve(SCOPES), findings)) {
      read(file, findings, node -> restoreScope(file, node, scopes));
    }
    return new SavedState(documents, services, scopes, findings);
  }

  private void restoreScope(Path file, JsonNode node, List<SavedScope> scopes) {
    SavedScope scope = StateCodec.scope(node);
    requirePlace(file, fileOf(scope.workload()));
    scopes.add(scope);
  }

  private void restoreDocument(
      Path file, JsonNode node, SortedMap<DocumentKey, SavedDocument> documents) {
    SavedDocument document = StateCodec.document(node);
    requirePlace(file, fileOf(document.key()));
    documents.put(document.key(), document);
  }

  private void restoreServices(
      Path file, JsonNode node, SortedMap<String, SortedMap<ServiceId, SavedService>> services) {
    String source = node.required("source").stringValue();
    SortedMap<ServiceId, SavedService> read = new TreeMap<>();
    for (JsonNode service : node.required(SERVICES)) {
      SavedService saved = StateCodec.service(service);
      requirePlace(file, fileOf(source, shardOf(saved.service().id())));
      read.put(saved.service().id(), saved);
    }
    services.computeIfAbsent(source, _ -> new TreeMap<>()).putAll(read);
  }

  private static void requirePlace(Path file, Path expected) {
    if (!file.equals(expected)) {
      throw new IllegalArgumentException("its content belongs into '" + expected + "'");
    }
  }

  private static void read(Path file, List<Finding> findings, Consumer<JsonNode> taker) {
    try {
      taker.accept(StateCodec.parse(CheckedFile.read(file)));
    } catch (CheckedFile.Damaged | IOException | RuntimeException e) {
      findings.add(
          new Finding(
              FindingCode.STATE_FOLDER,
              file.toString(),
              file.toString(),
              null,
              "A state file must be whole to be used; this one is ignored: "
                  + DiskProblem.words(e)));
    }
  }

  /**
   * All state files below {@code root} by name; what a crash left unfinished is deleted, if it can
   * be.
   */
  private List<Path> filesBelow(Path root, List<Finding> findings) {
    List<Path> files = new ArrayList<>();
    if (Files.notExists(root)) {
      return files;
    }
    try (Stream<Path> found = Files.walk(root)) {
      for (Path file : found.filter(Files::isRegularFile).sorted().toList()) {
        if (!file.toString().endsWith(CheckedFile.UNFINISHED)) {
          files.add(file);
        } else if (lock != null) {
          Files.deleteIfExists(file);
        }
      }
    } catch (IOException | UncheckedIOException e) {
      findings.add(
          Finding.of(
              FindingCode.STATE_FOLDER,
              root.toString(),
              "The state folder must be readable; what it holds is not used: "
                  + DiskProblem.words(e)));
    }
    return files;
  }

  @Override
  public void save(SavedDocument document) throws IOException {
    prepare();
    CheckedFile.put(fileOf(document.key()), encoded(() -> StateCodec.document(document)));
  }

  @Override
  public void forget(DocumentKey key) throws IOException {
    prepare();
    Files.deleteIfExists(fileOf(key));
  }

  @Override
  public void syncDocuments() throws IOException {
    CheckedFile.sync(part(DOCUMENTS));
  }

  @Override
  public void save(String source, Map<ServiceId, SavedService> services, Set<ServiceId> changed)
      throws IOException {
    prepare();
    SortedSet<Integer> shards = new TreeSet<>();
    changed.forEach(id -> shards.add(shardOf(id)));
    if (shards.isEmpty()) {
      return;
    }
    Map<Integer, List<SavedService>> content = new TreeMap<>();
    services.forEach(
        (id, service) -> {
          if (shards.contains(shardOf(id))) {
            content.computeIfAbsent(shardOf(id), _ -> new ArrayList<>()).add(service);
          }
        });
    OwnerOnly.makeFolder(folderOf(source));
    for (int shard : shards) {
      List<SavedService> share = content.get(shard);
      if (share == null) {
        CheckedFile.delete(fileOf(source, shard));
      } else {
        CheckedFile.write(fileOf(source, shard), encoded(() -> StateCodec.services(source, share)));
      }
    }
  }

  @Override
  public void save(SavedScope scope) throws IOException {
    prepare();
    Path file = fileOf(scope.workload());
    if (scope.uses().isEmpty()) {
      CheckedFile.delete(file);
    } else {
      CheckedFile.write(file, encoded(() -> StateCodec.scope(scope)));
    }
  }

  private Path fileOf(SavedScope.Workload workload) {
    String readable =
        workload.service().namespace() + "-" + workload.service().name() + "-" + workload.version();
    String exact = workload.service() + "\n" + workload.version();
    return folder.resolve(SCOPES).resolve(fileName(readable, exact) + JSON);
  }

  @Override
  public void forgetSource(String source) throws IOException {
    prepare();
    Path gone = folderOf(source);
    if (Files.isDirectory(gone)) {
      for (Path file : filesBelow(gone, new ArrayList<>())) {
        CheckedFile.delete(file);
      }
      Files.deleteIfExists(gone);
    }
  }

  private static byte[] encoded(Supplier<JsonNode> node) throws IOException {
    try {
      return StateCodec.bytes(node.get());
    } catch (RuntimeException e) {
      throw new IOException("a record could not be written as JSON: " + e.getMessage(), e);
    }
  }

  private Path fileOf(DocumentKey key) {
    String readable = key.kind() + "-" + key.namespace() + "-" + key.name();
    return folder.resolve(DOCUMENTS).resolve(fileName(readable, key.toString()) + JSON);
  }

  private Path fileOf(String source, int shard) {
    return folderOf(source).resolve("%02x".formatted(shard) + JSON);
  }

  private Path folderOf(String source) {
    return folder.resolve(SERVICES).resolve(fileName(source, source));
  }

  /** A String's hash is the same in every Java, by its specification. */
  private static int shardOf(ServiceId id) {
    int hash = id.toString().hashCode();
    return (hash ^ hash >>> 8 ^ hash >>> 16) & SHARD_BITS;
  }

  /** For people to find, and for no two names to share: what is readable of it, and its hash. */
  private static String fileName(String readable, String exact) {
    String plain = readable.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9-]", "-");
    String hash = CheckedFile.sha256(exact.getBytes(StandardCharsets.UTF_8)).substring(0, 16);
    return plain.substring(0, Math.min(plain.length(), READABLE_LENGTH)) + "-" + hash;
  }

  @Override
  public synchronized void close() {
    if (lock != null) {
      lock.close();
      lock = null;
    }
  }
}
