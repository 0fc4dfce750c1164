package dev.skiffmesh.server.config;

import dev.skiffmesh.api.document.Violation;
import java.io.Serial;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A configuration that cannot be used; the message is for the user: a line for each thing that is
 * wrong, in the file's order, with file, line and field.
 */
public final class ConfigException extends Exception {

  @Serial private static final long serialVersionUID = 1L;

  ConfigException(String file, List<Violation> violations) {
    super(
        violations.stream()
            .sorted(Violation.BY_POSITION)
            .map(violation -> line(file, violation))
            .distinct()
            .collect(Collectors.joining("\n")));
  }

  private static String line(String file, Violation violation) {
    return file
        + ":"
        + violation.position().line()
        + ": "
        + (violation.field().isEmpty() ? "" : "`" + violation.field() + "` ")
        + violation.message();
  }
}
