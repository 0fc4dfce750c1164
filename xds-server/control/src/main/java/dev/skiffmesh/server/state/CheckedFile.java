package dev.skiffmesh.server.state;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Objects;
import java.util.Set;

/**
 * Files that are there whole or not at all: a header line with format version and checksum, then
 * the content. Whatever a crash leaves behind is recognised when it is read.
 */
final class CheckedFile {

  /** The ending of files that are being written; one that is found at the start is a leftover. */
  static final String UNFINISHED = ".tmp";

  private static final String MAGIC = "skiff-state";
  private static final int FORMAT = 1;

  private static final Set<StandardOpenOption> TO_WRITE =
      Set.of(
          StandardOpenOption.CREATE,
          StandardOpenOption.WRITE,
          StandardOpenOption.TRUNCATE_EXISTING);

  private CheckedFile() {}

  /** What a file holds that is not whole, in words for its owner. */
  static final class Damaged extends Exception {
    private static final long serialVersionUID = 1L;

    Damaged(String message) {
      super(message);
    }
  }

  /**
   * Writes {@code content} so that after a crash at any moment the file holds either this or what
   * it held before: beside it, synced, renamed over it, and the folder synced too, since the name
   * is the folder's content.
   */
  static void write(Path file, byte[] content) throws IOException {
    put(file, content);
    sync(folderOf(file));
  }

  /** The same, but that a crash may bring back the old content until the folder is synced. */
  static void put(Path file, byte[] content) throws IOException {
    Path beside = file.resolveSibling(file.getFileName() + UNFINISHED);
    byte[] header =
        "%s %d sha256:%s\n"
            .formatted(MAGIC, FORMAT, sha256(content))
            .getBytes(StandardCharsets.UTF_8);
    try (FileChannel channel =
        FileChannel.open(beside, TO_WRITE, OwnerOnly.ofFileIn(folderOf(file)))) {
      writeFully(channel, ByteBuffer.wrap(header));
      writeFully(channel, ByteBuffer.wrap(content));
      channel.force(true);
    } catch (IOException e) {
      // On a full disk a half file would take the room that others need.
      Files.deleteIfExists(beside);
      throw e;
    }
    Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /** Removes {@code file} durably; nothing happens if it is not there. */
  static void delete(Path file) throws IOException {
    if (Files.deleteIfExists(file)) {
      sync(folderOf(file));
    }
  }

  /**
   * Reads what {@link #write} has written.
   *
   * @throws Damaged if the file is not whole or of another format
   */
  static byte[] read(Path file) throws IOException, Damaged {
    byte[] all;
    try {
      all = Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      throw new FileNotFoundException(e.getMessage());
    }
    int end = 0;
    while (end < all.length && all[end] != '\n') {
      end++;
    }
    String[] header = new String(all, 0, end, StandardCharsets.UTF_8).split(" ", -1);
    if (end == all.length || header.length != 3 || !header[0].equals(MAGIC)) {
      throw new Damaged("it does not begin with the header of a state file");
    }
    if (!header[1].equals(Integer.toString(FORMAT))) {
      throw new Damaged(
          "its format must be '"
              + FORMAT
              + "', found '"
              + header[1]
              + "': another version of Skiff wrote it");
    }
    byte[] content = Arrays.copyOfRange(all, end + 1, all.length);
    if (!header[2].equals("sha256:" + sha256(content))) {
      throw new Damaged("its checksum does not fit its content: it was cut short or changed");
    }
    return content;
  }

  /** The SHA-256 of {@code content} in hex digits. */
  static String sha256(byte[] content) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private static void writeFully(FileChannel channel, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  /** Makes durable which files a folder holds. */
  static void sync(Path folder) throws IOException {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private static Path folderOf(Path file) {
    return Objects.requireNonNull(file.toAbsolutePath().getParent(), "a file is in a folder");
  }
}
