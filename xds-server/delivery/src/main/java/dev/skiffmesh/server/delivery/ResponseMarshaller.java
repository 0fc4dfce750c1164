package dev.skiffmesh.server.delivery;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import dev.skiffmesh.translator.resource.Resource;
import io.envoyproxy.envoy.config.core.v3.ControlPlane;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import io.grpc.Drainable;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes responses from the resources' shared bytes straight to the transport, without building a
 * message for each stream. The bytes are those of {@link DeltaDiscoveryResponse} or {@link
 * DiscoveryResponse}.
 */
final class ResponseMarshaller implements MethodDescriptor.Marshaller<StreamResponse> {

  private static final int RESOURCES = DeltaDiscoveryResponse.RESOURCES_FIELD_NUMBER;
  private static final int NAME =
      io.envoyproxy.envoy.service.discovery.v3.Resource.NAME_FIELD_NUMBER;
  private static final int ALIASES =
      io.envoyproxy.envoy.service.discovery.v3.Resource.ALIASES_FIELD_NUMBER;
  private static final int VERSION =
      io.envoyproxy.envoy.service.discovery.v3.Resource.VERSION_FIELD_NUMBER;
  private static final int TTL = io.envoyproxy.envoy.service.discovery.v3.Resource.TTL_FIELD_NUMBER;
  private static final int BODY =
      io.envoyproxy.envoy.service.discovery.v3.Resource.RESOURCE_FIELD_NUMBER;

  private static final String WRAPPER = "type.googleapis.com/envoy.service.discovery.v3.Resource";

  /** The version of "does not exist"; Envoy gives it back in its reconnect. */
  static final String NO_VERSION = "0";

  private final boolean incremental;
  private final ControlPlane who;

  /**
   * For one variant of the protocol.
   *
   * @param identifier which replica answers, for the client's log
   */
  ResponseMarshaller(boolean incremental, String identifier) {
    this.incremental = incremental;
    this.who = ControlPlane.newBuilder().setIdentifier(identifier).build();
  }

  @Override
  public InputStream stream(StreamResponse value) {
    return new Bytes(value, size(value));
  }

  @Override
  public StreamResponse parse(InputStream stream) {
    throw new UnsupportedOperationException("a server reads no responses");
  }

  /** The length of the message in bytes. */
  int size(StreamResponse response) {
    return incremental ? deltaSize(response) : sotwSize(response);
  }

  private int deltaSize(StreamResponse response) {
    int size =
        CodedOutputStream.computeStringSize(
                DeltaDiscoveryResponse.SYSTEM_VERSION_INFO_FIELD_NUMBER, response.version())
            + CodedOutputStream.computeStringSize(
                DeltaDiscoveryResponse.TYPE_URL_FIELD_NUMBER, response.kind().typeUrl())
            + CodedOutputStream.computeStringSize(
                DeltaDiscoveryResponse.NONCE_FIELD_NUMBER, response.nonce())
            + CodedOutputStream.computeMessageSize(
                DeltaDiscoveryResponse.CONTROL_PLANE_FIELD_NUMBER, who);
    if (isPacked(response)) {
      size += packed(response).length;
    } else {
      for (Resource resource : response.resources()) {
        size += embedded(resourceSize(response, resource));
      }
    }
    for (String alias : response.aliases()) {
      size += embedded(aliasSize(alias));
    }
    for (String name : response.removed()) {
      size +=
          CodedOutputStream.computeStringSize(
              DeltaDiscoveryResponse.REMOVED_RESOURCES_FIELD_NUMBER, name);
    }
    return size;
  }

  /** Tells whether the resources' bytes are the same for all streams that are sent them. */
  private static boolean isPacked(StreamResponse response) {
    return response.resources() instanceof PackedResources
        && response.asked().isEmpty()
        && response.ttls().isEmpty()
        && !response.renewal();
  }

  private static byte[] packed(StreamResponse response) {
    return ((PackedResources) response.resources()).bytes(out -> writeResources(response, out));
  }

  private static int embedded(int length) {
    return CodedOutputStream.computeTagSize(RESOURCES)
        + CodedOutputStream.computeUInt32SizeNoTag(length)
        + length;
  }

  private static int resourceSize(StreamResponse response, Resource resource) {
    int size =
        CodedOutputStream.computeStringSize(VERSION, resource.version())
            + CodedOutputStream.computeStringSize(NAME, resource.name());
    if (!response.renewal()) {
      size += CodedOutputStream.computeBytesSize(BODY, resource.any());
    }
    Duration ttl = response.ttls().get(resource.name());
    if (ttl != null) {
      size += CodedOutputStream.computeMessageSize(TTL, message(ttl));
    }
    for (String asked : askedNames(response, resource)) {
      size += CodedOutputStream.computeStringSize(ALIASES, asked);
    }
    return size;
  }

  private static List<String> askedNames(StreamResponse response, Resource resource) {
    return response.asked().isEmpty()
        ? List.of()
        : response.asked().getOrDefault(resource.name(), List.of());
  }

  private static int aliasSize(String name) {
    return CodedOutputStream.computeStringSize(VERSION, NO_VERSION)
        + CodedOutputStream.computeStringSize(NAME, name)
        + CodedOutputStream.computeStringSize(ALIASES, name);
  }

  private int sotwSize(StreamResponse response) {
    int size =
        CodedOutputStream.computeStringSize(
                DiscoveryResponse.VERSION_INFO_FIELD_NUMBER, response.version())
            + CodedOutputStream.computeStringSize(
                DiscoveryResponse.TYPE_URL_FIELD_NUMBER, response.kind().typeUrl())
            + CodedOutputStream.computeStringSize(
                DiscoveryResponse.NONCE_FIELD_NUMBER, response.nonce())
            + CodedOutputStream.computeMessageSize(
                DiscoveryResponse.CONTROL_PLANE_FIELD_NUMBER, who);
    for (Resource resource : response.resources()) {
      size +=
          CodedOutputStream.computeBytesSize(
              DiscoveryResponse.RESOURCES_FIELD_NUMBER, sotwBytes(response, resource));
    }
    return size;
  }

  /**
   * State-of-the-world has no place for a TTL, so that a resource with one goes in a wrapper. It
   * keeps its body in a renewal too: Envoy would take it without one only under the version of the
   * last response that it accepted, which nobody here remembers.
   */
  private static ByteString sotwBytes(StreamResponse response, Resource resource) {
    Duration ttl = response.ttls().get(resource.name());
    if (ttl == null) {
      return resource.any();
    }
    try {
      return Any.newBuilder()
          .setTypeUrl(WRAPPER)
          .setValue(
              io.envoyproxy.envoy.service.discovery.v3.Resource.newBuilder()
                  .setName(resource.name())
                  .setVersion(resource.version())
                  .setTtl(message(ttl))
                  .setResource(Any.parseFrom(resource.any()))
                  .build()
                  .toByteString())
          .build()
          .toByteString();
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("Skiff packed " + resource + " itself", e);
    }
  }

  private static com.google.protobuf.Duration message(Duration ttl) {
    return com.google.protobuf.Duration.newBuilder()
        .setSeconds(ttl.getSeconds())
        .setNanos(ttl.getNano())
        .build();
  }

  private void write(StreamResponse response, OutputStream target) throws IOException {
    CodedOutputStream out = CodedOutputStream.newInstance(target);
    if (incremental) {
      writeDelta(response, out);
    } else {
      writeSotw(response, out);
    }
    out.flush();
  }

  private void writeDelta(StreamResponse response, CodedOutputStream out) throws IOException {
    out.writeString(DeltaDiscoveryResponse.SYSTEM_VERSION_INFO_FIELD_NUMBER, response.version());
    if (isPacked(response)) {
      out.writeRawBytes(packed(response));
    } else {
      writeResources(response, out);
    }
    for (String alias : response.aliases()) {
      out.writeTag(RESOURCES, WireFormat.WIRETYPE_LENGTH_DELIMITED);
      out.writeUInt32NoTag(aliasSize(alias));
      out.writeString(VERSION, NO_VERSION);
      out.writeString(NAME, alias);
      out.writeString(ALIASES, alias);
    }
    out.writeString(DeltaDiscoveryResponse.TYPE_URL_FIELD_NUMBER, response.kind().typeUrl());
    out.writeString(DeltaDiscoveryResponse.NONCE_FIELD_NUMBER, response.nonce());
    for (String name : response.removed()) {
      out.writeString(DeltaDiscoveryResponse.REMOVED_RESOURCES_FIELD_NUMBER, name);
    }
    out.writeMessage(DeltaDiscoveryResponse.CONTROL_PLANE_FIELD_NUMBER, who);
  }

  private static void writeResources(StreamResponse response, CodedOutputStream out)
      throws IOException {
    for (Resource resource : response.resources()) {
      out.writeTag(RESOURCES, WireFormat.WIRETYPE_LENGTH_DELIMITED);
      out.writeUInt32NoTag(resourceSize(response, resource));
      out.writeString(VERSION, resource.version());
      // An Envoy that has this version takes a resource without a body as a sign of life
      // (xds_protocol, "TTL"); one that does not have it refuses the response.
      if (!response.renewal()) {
        out.writeBytes(BODY, resource.any());
      }
      out.writeString(NAME, resource.name());
      for (String asked : askedNames(response, resource)) {
        out.writeString(ALIASES, asked);
      }
      Duration ttl = response.ttls().get(resource.name());
      if (ttl != null) {
        out.writeMessage(TTL, message(ttl));
      }
    }
  }

  private void writeSotw(StreamResponse response, CodedOutputStream out) throws IOException {
    out.writeString(DiscoveryResponse.VERSION_INFO_FIELD_NUMBER, response.version());
    for (Resource resource : response.resources()) {
      out.writeBytes(DiscoveryResponse.RESOURCES_FIELD_NUMBER, sotwBytes(response, resource));
    }
    out.writeString(DiscoveryResponse.TYPE_URL_FIELD_NUMBER, response.kind().typeUrl());
    out.writeString(DiscoveryResponse.NONCE_FIELD_NUMBER, response.nonce());
    out.writeMessage(DiscoveryResponse.CONTROL_PLANE_FIELD_NUMBER, who);
  }

  /** What gRPC drains; a reader byte by byte (compression, in-process transport) works as well. */
  private final class Bytes extends InputStream implements KnownLength, Drainable {

    private @Nullable StreamResponse response;
    private final int length;
    private InputStream rest = InputStream.nullInputStream();

    Bytes(StreamResponse response, int length) {
      this.response = response;
      this.length = length;
    }

    @Override
    public int drainTo(OutputStream target) throws IOException {
      if (response == null) {
        return (int) rest.transferTo(target);
      }
      write(response, target);
      response = null;
      return length;
    }

    @Override
    public int available() throws IOException {
      return response == null ? rest.available() : length;
    }

    @Override
    public int read() throws IOException {
      return materialised().read();
    }

    @Override
    public int read(byte[] buffer, int offset, int count) throws IOException {
      return materialised().read(buffer, offset, count);
    }

    private InputStream materialised() {
      if (response != null) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(length);
        try {
          write(response, bytes);
        } catch (IOException e) {
          throw new UncheckedIOException("an array cannot be full", e);
        }
        rest = new ByteArrayInputStream(bytes.toByteArray());
        response = null;
      }
      return rest;
    }
  }
}
