package dev.skiffmesh.server.state;

import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.document.RawDocument;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What is remembered of one policy document.
 *
 * @param key its identity
 * @param generation of the newest content, good or not
 * @param newestText the newest content, good or not; the same text again is not a new generation
 * @param lastGood the newest good content; null if none ever was good
 */
public record SavedDocument(
    DocumentKey key, long generation, String newestText, @Nullable Good lastGood) {

  /**
   * A good content.
   *
   * @param document as it came, with its origin
   * @param generation its number
   * @param acceptedAt when it was first accepted, to the millisecond
   */
  public record Good(RawDocument document, long generation, Instant acceptedAt) {}

  /** The newest good content. */
  public Optional<Good> good() {
    return Optional.ofNullable(lastGood);
  }
}
