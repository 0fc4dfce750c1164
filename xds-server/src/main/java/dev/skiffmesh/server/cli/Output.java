package dev.skiffmesh.server.cli;

import picocli.CommandLine.Option;

/** How a command prints. */
final class Output {

  /** The forms. */
  enum Form {
    /** For people, 80 columns. */
    TABLE,
    /** For people with more room. */
    WIDE,
    /** For programs. */
    JSON
  }

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORM",
      defaultValue = "TABLE",
      description = "table (default), wide or json.")
  private Form form = Form.TABLE;

  boolean isJson() {
    return form == Form.JSON;
  }

  boolean isWide() {
    return form == Form.WIDE;
  }
}
