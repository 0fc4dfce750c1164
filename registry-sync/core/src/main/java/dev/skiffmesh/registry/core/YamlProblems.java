package dev.skiffmesh.registry.core;

import dev.skiffmesh.api.document.Position;
import dev.skiffmesh.registry.core.YamlTrees.UnreadableException;
import java.util.Locale;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;

/** The YAML library's complaints, in the words and with the advice of a user's editor. */
final class YamlProblems {

  private YamlProblems() {}

  static UnreadableException of(MarkedYamlEngineException broken) {
    String problem = broken.getProblem() == null ? "" : broken.getProblem();
    Position position = broken.getProblemMark().map(YamlProblems::position).orElse(Position.NONE);
    return new UnreadableException(position, "must be YAML: " + inWords(problem.strip()));
  }

  static UnreadableException of(ReaderException forbidden, String text) {
    int at = Math.min(forbidden.getPosition(), text.codePointCount(0, text.length()));
    String before = text.substring(0, text.offsetByCodePoints(0, at));
    Position position =
        new Position(
            (int) before.chars().filter(c -> c == '\n').count() + 1,
            before.length() - before.lastIndexOf('\n'));
    return new UnreadableException(
        position,
        "must be YAML: the character "
            + String.format(Locale.ROOT, "U+%04X", forbidden.getCodePoint())
            + " is not allowed; remove it");
  }

  /** The commonest in words of its own; the library speaks of its tokens. */
  private static String inWords(String problem) {
    if (problem.contains("TAB")) {
      return "a tab cannot stand here; indent with spaces";
    }
    if (problem.contains("mapping values are not allowed")) {
      return "a second ': ' cannot stand here; quote the value, or check the indentation";
    }
    if (problem.contains("could not find expected ':'")) {
      return "the line above has no ': '; a field is written 'name: value'";
    }
    if (problem.contains("<stream end>") || problem.contains("end of stream")) {
      return "the text ends before all that was opened is closed; add the missing ']', '}' or quote";
    }
    if (problem.contains("expected <block end>")) {
      return "this does not belong to what stands above it; check the indentation";
    }
    return problem;
  }

  private static Position position(Mark mark) {
    return new Position(mark.getLine() + 1, mark.getColumn() + 1);
  }
}
