package dev.skiffmesh.server.state;

import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.status.Finding;
import dev.skiffmesh.api.status.FindingCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * A folder of plain files: one for each document, and for each source up to 256 that share its
 * services by hash, so that one changed endpoint writes a small file also in a mesh of 10,000
 * services. One process at a time uses it.
 *
 * <pre>
 * lock
 * documents/trafficroute-trading-order-canary-5f0c….json
 * services/legacy-90aa…/a3.json
 * scopes/trading-order-v1-77b0….json
 * </pre>
 */
public final class StateFolder implements StateStore {

  private static final String DOCUMENTS = "documents";
  private static final String SERVICES = "services";
  private static final String SCOPES = "scopes";
  private static final String JSON = ".json";
  private static final int SHARD_BITS = 0xff;
  private static final int READABLE_LENGTH = 80;

  /**
   * The folders that this process uses. The operating system's lock cannot tell apart two users
   * within one process, and closing a second channel to the lock file would release the lock of the
   * first (POSIX, fcntl).
   */
  private static final Set<Path> IN_THIS_PROCESS = ConcurrentHashMap.newKeySet();

  private final Path folder;
  private final Path realFolder;
  private final FileChannel lockFile;

  private StateFolder(Path folder, Path realFolder, FileChannel lockFile) {
    this.folder = folder;
    this.realFolder = realFolder;
    this.lockFile = lockFile;
  }

  /**
   * Opens {@code folder}, making it if need be, for this process alone.
   *
   * @throws IOException with a message for the user if it cannot be made or written, or if another
   *     process uses it
   */
  public static StateFolder open(Path folder) throws IOException {
    Files.createDirectories(folder.resolve(DOCUMENTS));
    Files.createDirectories(folder.resolve(SERVICES));
    Files.createDirectories(folder.resolve(SCOPES));
    Path real = folder.toRealPath();
    if (!IN_THIS_PROCESS.add(real)) {
      throw inUse(folder, "this very process");
    }
    try {
      return new StateFolder(folder, real, lock(folder));
    } catch (IOException | RuntimeException e) {
      IN_THIS_PROCESS.remove(real);
      throw e;
    }
  }

  private static FileChannel lock(Path folder) throws IOException {
    FileChannel channel =
        FileChannel.open(
            folder.resolve("lock"),
            StandardOpenOption.CREATE,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE);
    try {
      // Held until the channel is closed or the process ends, however it ends.
      if (channel.tryLock() == null) {
        throw inUse(folder, readHolder(channel));
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

  private static IOException inUse(Path folder, String holder) {
    return new IOException(
        "The state folder '%s' is in use by %s; stop that one, or give this one a `state.path` of its own"
            .formatted(folder, holder));
  }

  private static String readHolder(FileChannel channel) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(40);
    channel.read(bytes, 0);
    String holder = new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8);
    return holder.matches("process [0-9]+") ? holder : "another process";
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
                  + Objects.requireNonNullElse(e.getMessage(), e.getClass().getSimpleName())));
    }
  }

  /** All state files below {@code root} by name; what a crash left unfinished is deleted. */
  private static List<Path> filesBelow(Path root, List<Finding> findings) {
    List<Path> files = new ArrayList<>();
    try (Stream<Path> found = Files.walk(root)) {
      for (Path file : found.filter(Files::isRegularFile).sorted().toList()) {
        if (file.toString().endsWith(CheckedFile.UNFINISHED)) {
          Files.deleteIfExists(file);
        } else {
          files.add(file);
        }
      }
    } catch (IOException | UncheckedIOException e) {
      findings.add(
          Finding.of(
              FindingCode.STATE_FOLDER,
              root.toString(),
              "The state folder must be readable; what it holds is not used: " + e.getMessage()));
    }
    return files;
  }

  @Override
  public void save(SavedDocument document) throws IOException {
    CheckedFile.write(fileOf(document.key()), encoded(() -> StateCodec.document(document)));
  }

  @Override
  public void forget(DocumentKey key) throws IOException {
    CheckedFile.delete(fileOf(key));
  }

  @Override
  public void save(String source, Map<ServiceId, SavedService> services, Set<ServiceId> changed)
      throws IOException {
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
    Files.createDirectories(folderOf(source));
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
  public void close() {
    try {
      lockFile.close();
    } catch (IOException e) {
      throw new UncheckedIOException("the lock of the state folder could not be released", e);
    } finally {
      IN_THIS_PROCESS.remove(realFolder);
    }
  }
}
