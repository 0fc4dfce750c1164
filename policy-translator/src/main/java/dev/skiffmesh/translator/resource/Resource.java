package dev.skiffmesh.translator.resource;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.Message;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * One named xDS resource, serialised once; the same bytes go to every stream.
 *
 * @param kind its type
 * @param name unique within the type; across the mesh a name has one content at a time
 * @param version 16 hex digits: the first 64 bits of SHA-256 over the bytes, so that replicas and
 *     restarts agree
 * @param any a serialised {@code google.protobuf.Any}
 * @param provenance which policies shaped it
 */
public record Resource(
    ResourceKind kind, String name, String version, ByteString any, Provenance provenance) {

  /** Packs {@code message}; two equal messages give equal bytes and so equal versions. */
  public static Resource pack(
      ResourceKind kind, String name, Message message, Provenance provenance) {
    ByteString value = deterministic(message);
    Any any = Any.newBuilder().setTypeUrl(kind.typeUrl()).setValue(value).build();
    ByteString packed = any.toByteString();
    return new Resource(kind, name, hash(packed), packed, provenance);
  }

  private static ByteString deterministic(Message message) {
    byte[] bytes = new byte[message.getSerializedSize()];
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    // Maps are otherwise written in hash order, which differs between processes.
    out.useDeterministicSerialization();
    try {
      message.writeTo(out);
    } catch (IOException e) {
      throw new UncheckedIOException("an array of the message's own size was too small", e);
    }
    return ByteString.copyFrom(bytes);
  }

  private static String hash(ByteString bytes) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      bytes.asReadOnlyByteBufferList().forEach(digest::update);
      return HexFormat.of().formatHex(digest.digest(), 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  @Override
  public String toString() {
    return kind + " " + name + "@" + version;
  }
}
