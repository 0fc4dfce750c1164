package dev.skiffmesh.server.config;

import dev.skiffmesh.api.schema.WrittenAs;
import dev.skiffmesh.registry.core.Login;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

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

  /** A login as a section has it; nobody's where both are absent. */
  static Login login(@Nullable String username, @Nullable Secret password) {
    return new Login(username == null ? "" : username, password == null ? "" : password.reveal());
  }

  @Override
  public String toString() {
    return SHOWN;
  }
}
