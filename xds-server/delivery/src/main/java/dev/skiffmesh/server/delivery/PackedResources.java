package dev.skiffmesh.server.delivery;

import com.google.protobuf.CodedOutputStream;
import dev.skiffmesh.translator.resource.Resource;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.AbstractList;
import java.util.List;
import java.util.RandomAccess;
import org.jspecify.annotations.Nullable;

/**
 * Resources that many streams are sent together, and their bytes as they stand in a delta response,
 * written once. Immutable but for that; thread-safe.
 */
final class PackedResources extends AbstractList<Resource> implements RandomAccess {

  private final List<Resource> resources;
  private volatile byte @Nullable [] bytes;

  /** Those resources, which are copied. */
  PackedResources(List<Resource> resources) {
    this.resources = List.copyOf(resources);
  }

  @Override
  public Resource get(int index) {
    return resources.get(index);
  }

  @Override
  public int size() {
    return resources.size();
  }

  /** Writes the resources as they stand in a response. */
  interface Writer {
    /** Appends them. */
    void write(CodedOutputStream out) throws IOException;
  }

  /** Their bytes; two threads may both write them, and write the same. Not to be changed. */
  byte[] bytes(Writer writer) {
    byte[] known = bytes;
    if (known == null) {
      ByteArrayOutputStream array = new ByteArrayOutputStream();
      CodedOutputStream out = CodedOutputStream.newInstance(array);
      try {
        writer.write(out);
        out.flush();
      } catch (IOException e) {
        throw new UncheckedIOException("an array cannot be full", e);
      }
      known = array.toByteArray();
      bytes = known;
    }
    return known;
  }
}
