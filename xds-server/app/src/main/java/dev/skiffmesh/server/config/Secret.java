package dev.skiffmesh.server.config;

import dev.skiffmesh.api.schema.WrittenAs;
import java.util.Optional;

/**
 * A value that is never printed: neither in messages nor in logs nor by {@code --print-config}.
 *
 * @param reveal the value itself, for whoever logs in with it
 */
@WrittenAs(form = WrittenAs.Form.TEXT, meaning = "a text or {file: PATH}")
public record Secret(String reveal) {

  /** What is shown instead. */
  static final String SHOWN = "***";

  /** Takes any text. */
  public static Optional<Secret> parse(String text) {
    return Optional.of(new Secret(text));
  }

  @Override
  public String toString() {
    return SHOWN;
  }
}
