package dev.skiffmesh.e2e.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.api.status.FindingCode;
import dev.skiffmesh.e2e.parts.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * Every finding has its section in {@code docs/findings.md}, with its severity and whose turn it
 * is.
 */
class FindingsPageTest {

  @Test
  void everyCodeHasItsSection() throws IOException {
    List<String> lines =
        Files.readAllLines(Repository.root().orElseThrow().resolve("docs/findings.md"));
    TreeSet<String> sections = new TreeSet<>();
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).startsWith("### SKF")) {
        sections.add(lines.get(i).substring(4) + " " + lines.get(i + 2).replaceAll("\\..*", ""));
      }
    }
    assertThat(sections)
        .containsExactlyElementsOf(
            Arrays.stream(FindingCode.values()).map(FindingsPageTest::section).sorted().toList());
  }

  private static String section(FindingCode code) {
    return code.id() + " " + word(code.severity()) + ", " + turn(code.turn());
  }

  private static String turn(FindingCode.Turn turn) {
    return switch (turn) {
      case USER -> "user";
      case REGISTRY -> "registry";
      case PROXY -> "proxy";
      case SKIFF -> "Skiff";
    };
  }

  private static String word(FindingCode.Severity severity) {
    return switch (severity) {
      case ERROR -> "Error";
      case WARNING -> "Warning";
      case INFO -> "Info";
    };
  }
}
