package dev.skiffmesh.api.status;

import dev.skiffmesh.api.document.RawDocument;
import dev.skiffmesh.api.document.Violation;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Something that somebody should know, with whose turn it is.
 *
 * @param code the catalogue's number, {@code SKF} and four digits; see {@link FindingCode}
 * @param subject what it is about: {@code TrafficRoute trading/order-canary}, {@code
 *     services/a.yaml}
 * @param location the file and its line, an etcd key, ...; null where there is none
 * @param field the field's path in the document; null where there is none
 * @param message what must be true and what was found
 */
public record Finding(
    FindingCode code,
    String subject,
    @Nullable String location,
    @Nullable String field,
    String message) {

  /** A finding about something that has no place in a text. */
  public static Finding of(FindingCode code, String subject, String message) {
    return new Finding(code, subject, null, null, message);
  }

  /** A finding that says that {@code document} breaks its kind's rules, with the very place. */
  public static Finding of(RawDocument document, Violation violation) {
    return new Finding(
        FindingCode.INVALID_DOCUMENT,
        document.key().toString(),
        document.origin().at(violation.position()),
        violation.field().isEmpty() ? null : violation.field(),
        violation.message());
  }

  /** Where it stands, if it stands anywhere. */
  public Optional<String> where() {
    return Optional.ofNullable(location);
  }

  @Override
  public String toString() {
    return code.id()
        + " "
        + (location == null ? "" : location + ": ")
        + subject
        + ": "
        + (field == null ? "" : "`" + field + "` ")
        + message;
  }
}
