package dev.skiffmesh.registry.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What tells that a file was written, without reading it. The time of the last change of its inode
 * is part of it, since tools set the modification time back ({@code cp -p}, {@code rsync -t}).
 *
 * @param inode null where the file system has none
 */
record FileStamp(long size, Instant modified, Instant changed, @Nullable Object inode) {

  /** Of the file that {@code path} is or links to. */
  static FileStamp of(Path path) throws IOException {
    BasicFileAttributes basic = Files.readAttributes(path, BasicFileAttributes.class);
    Instant modified = basic.lastModifiedTime().toInstant();
    return new FileStamp(basic.size(), modified, changed(path, modified), basic.fileKey());
  }

  private static Instant changed(Path path, Instant modified) throws IOException {
    try {
      Map<String, Object> unix = Files.readAttributes(path, "unix:ctime");
      return unix.get("ctime") instanceof FileTime time ? time.toInstant() : modified;
    } catch (UnsupportedOperationException | IllegalArgumentException notUnix) {
      return modified;
    }
  }
}
