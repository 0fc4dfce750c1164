package dev.skiffmesh.bootstrap;

import java.util.List;

/** What came of a request to render: text, or all that is wrong with the request. */
public sealed interface Rendered {

  /**
   * It was rendered.
   *
   * @param text the whole file, ending in a line break
   */
  record Written(String text) implements Rendered {}

  /**
   * Nothing was rendered.
   *
   * @param problems one sentence each, for the user; never empty
   */
  record Refused(List<String> problems) implements Rendered {
    /** Copies the sentences. */
    public Refused {
      problems = List.copyOf(problems);
    }
  }
}
