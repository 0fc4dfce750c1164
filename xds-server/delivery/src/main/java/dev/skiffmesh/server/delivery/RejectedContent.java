package dev.skiffmesh.server.delivery;

import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A content that a proxy refused; it is not sent to it again on this stream.
 *
 * @param version of the refused content; empty if a removal was refused
 * @param inForce the version that the proxy had accepted before, null if it had none
 * @param text the proxy's own words
 * @param at when it said so
 */
public record RejectedContent(String version, @Nullable String inForce, String text, Instant at) {

  /** The version that the proxy still has, if it had accepted one. */
  public Optional<String> lastAccepted() {
    return Optional.ofNullable(inForce);
  }
}
