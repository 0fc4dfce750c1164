package dev.skiffmesh.server.cli;

import dev.skiffmesh.bootstrap.YamlText;
import java.io.PrintWriter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.json.JsonMapper;

/** How a command prints: data on stdout, talk on stderr. */
final class Output {

  private static final ObjectWriter JSON = JsonMapper.shared().writerWithDefaultPrettyPrinter();

  /** The forms. */
  enum Form {
    /** For people, 80 columns. */
    TABLE,
    /** For people with more room. */
    WIDE,
    /** For programs. */
    JSON,
    /** For people and programs. */
    YAML
  }

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command = CommandSpec.create();

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORM",
      defaultValue = "table",
      description = "table (80 columns), wide, json or yaml (default: ${DEFAULT-VALUE}).")
  private Form form = Form.TABLE;

  /** Tells whether everything is to be printed, for programs. */
  boolean isData() {
    return form == Form.JSON || form == Form.YAML;
  }

  /**
   * Prints data in its form.
   *
   * @param nothing what is said instead of a table without rows
   */
  void print(Object value, Table table, String nothing) {
    if (isData()) {
      data(value);
    } else if (table.isEmpty()) {
      say(nothing);
    } else {
      text(table.text(form == Form.WIDE));
    }
  }

  /** Prints data: as YAML if that is the form, else as JSON. */
  void data(Object value) {
    text(
        form == Form.YAML
            ? YamlText.of(JsonMapper.shared().convertValue(value, Object.class))
            : JSON.writeValueAsString(value) + "\n");
  }

  /** Prints lines of data, {@linkplain Printable as a terminal may see them}. */
  void text(String lines) {
    PrintWriter out = command.commandLine().getOut();
    out.print(Printable.of(lines));
    out.flush();
  }

  /** Says something about the data, on stderr. */
  void say(String sentence) {
    PrintWriter err = command.commandLine().getErr();
    err.println(Printable.of(sentence));
    err.flush();
  }
}
