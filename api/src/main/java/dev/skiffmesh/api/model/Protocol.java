package dev.skiffmesh.api.model;

import dev.skiffmesh.api.schema.WrittenAs;
import java.util.Locale;
import java.util.Optional;

/** What is spoken on a service's port. */
@WrittenAs(
    form = WrittenAs.Form.TEXT,
    factory = "fromWireName",
    meaning = "one of 'http', 'http2', 'grpc', 'tcp' or 'dubbo'")
public enum Protocol {
  /** HTTP/1.1 or 1.0. */
  HTTP,
  /** HTTP/2 with prior knowledge (h2c). */
  HTTP2,
  /** gRPC, which is HTTP/2. */
  GRPC,
  /** Bytes that Skiff does not look into. */
  TCP,
  /** The Dubbo 2 wire protocol. */
  DUBBO;

  /** Tells whether calls on such a port are routed by virtual hosts. */
  public boolean isHttpFamily() {
    return switch (this) {
      case HTTP, HTTP2, GRPC -> true;
      case TCP, DUBBO -> false;
    };
  }

  /** Tells whether the upstream connection is HTTP/2. */
  public boolean isHttp2() {
    return this == HTTP2 || this == GRPC;
  }

  /** The word in documents and metadata: {@code http}, {@code http2}, ... */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Reads {@link #wireName()}, in any case; empty if the word is none of them. */
  public static Optional<Protocol> fromWireName(String word) {
    for (Protocol protocol : values()) {
      if (protocol.wireName().equalsIgnoreCase(word)) {
        return Optional.of(protocol);
      }
    }
    return Optional.empty();
  }
}
