package dev.skiffmesh.api.document;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.api.document.RawNode.Entry;
import dev.skiffmesh.api.document.RawNode.Mapping;
import dev.skiffmesh.api.document.RawNode.Sequence;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FieldPathTest {

  private static final Mapping ROOT =
      mapping(
          1,
          entry(
              2,
              "spec",
              mapping(
                  3,
                  entry(
                      4,
                      "rules",
                      new Sequence(
                          List.of(
                              mapping(5, entry(6, "name", Trees.plain("a"))),
                              mapping(7, entry(8, "a.b/c", Trees.plain("x")))),
                          new Position(4, 9))))));

  private static Mapping mapping(int line, Entry... entries) {
    return new Mapping(List.of(entries), new Position(line, 1));
  }

  private static Entry entry(int line, String key, RawNode value) {
    return new Entry(key, new Position(line, 1), value);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          ""                     | 1
          spec                   | 2
          spec.rules             | 4
          spec.rules[0]          | 5
          spec.rules[0].name     | 6
          spec.rules[1]['a.b/c'] | 8
          spec.rules[7].name     | 4
          spec.rules[0].missing  | 5
          metadata.name          | 1
          spec.rules[0].name.x   | 6
          ..[[                   | 1
          """)
  void findsTheFieldOrWhatIsNearestAroundIt(String path, int line) {
    assertThat(FieldPath.position(ROOT, path).line()).isEqualTo(line);
  }
}
