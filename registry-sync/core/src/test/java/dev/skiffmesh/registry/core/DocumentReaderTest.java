package dev.skiffmesh.registry.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.document.Position;
import dev.skiffmesh.api.document.RawDocument;
import dev.skiffmesh.api.document.RawNode;
import dev.skiffmesh.api.document.RawNode.Mapping;
import dev.skiffmesh.api.document.RawNode.Scalar;
import dev.skiffmesh.api.document.RawNode.ScalarType;
import dev.skiffmesh.api.status.Finding;
import dev.skiffmesh.registry.core.DocumentReader.Content;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DocumentReaderTest {

  private static final String TWO =
      """
      # policies of the order team
      apiVersion: skiffmesh.dev/v1alpha1
      kind: Thing
      metadata: {name: one, namespace: trading}
      spec:
        body: |
          # not a comment
        # a comment

      # belongs to the next
      ---

      # here it comes
      apiVersion: skiffmesh.dev/v1alpha1
      kind: Thing
      metadata:
        name: two   # 😀 counts once
      ...
      ---
      # nothing
      """;

  private static Content read(String text) {
    return new DocumentReader().read("files", "a/b.yaml", text);
  }

  private static List<String> findings(Content content) {
    return content.findings().stream().map(Finding::toString).toList();
  }

  @Test
  void readsSeveralDocumentsWithTheirPlacesAndTexts() {
    Content content = read(TWO);

    assertThat(content.findings()).isEmpty();
    assertThat(content.isWhole()).isTrue();
    assertThat(content.documents())
        .extracting(RawDocument::key)
        .containsExactly(
            new DocumentKey("Thing", "trading", "one"), new DocumentKey("Thing", "default", "two"));
    assertThat(content.documents())
        .extracting(document -> document.origin().toString())
        .containsExactly("a/b.yaml:2", "a/b.yaml:14");
    assertThat(content.documents().getFirst().text())
        .isEqualTo(
            """
            apiVersion: skiffmesh.dev/v1alpha1
            kind: Thing
            metadata: {name: one, namespace: trading}
            spec:
              body: |
                # not a comment
              # a comment\
            """);
    assertThat(content.documents().getLast().text())
        .startsWith("apiVersion")
        .endsWith("name: two   # 😀 counts once");
  }

  @Test
  void aDocumentsTextReadsAsTheSameDocument() {
    for (RawDocument document : read(TWO).documents()) {
      RawDocument again = read(document.text()).documents().getFirst();

      assertThat(again.key()).isEqualTo(document.key());
      assertThat(again.text()).isEqualTo(document.text());
    }
  }

  @Test
  void indentedDocumentsKeepTheirIndentation() {
    String text = "---\n  kind: Thing\n  metadata: {name: a}\n";

    assertThat(read(text).documents().getFirst().text())
        .isEqualTo("  kind: Thing\n  metadata: {name: a}");
    assertThat(read("--- {kind: Thing, metadata: {name: a}}").documents().getFirst().text())
        .isEqualTo("{kind: Thing, metadata: {name: a}}");
  }

  @Test
  void knowsScalarsByTheCoreSchemaOfYaml12() {
    Content content =
        read(
            """
            kind: Thing
            metadata: {name: a}
            spec:
              texts: [on, yes, No, 12:30, 1_000, 0b1, "1", '~', 2026-11-23, !!str 5, ! 6, =]
              integers: [1, -1, +1, 0o17, 0x1F, 007]
              decimals: [1.5, .5, 1e3, .inf, .NaN, !!float 1]
              booleans: [true, False, TRUE]
              nulls: [~, null, ]
            """);

    Mapping spec = (Mapping) content.documents().getFirst().root().get("spec").orElseThrow();
    Map<String, List<ScalarType>> types =
        spec.entries().stream()
            .collect(
                Collectors.toMap(
                    RawNode.Entry::key,
                    entry ->
                        ((RawNode.Sequence) entry.value())
                            .items().stream()
                                .map(item -> ((Scalar) item).type())
                                .distinct()
                                .toList()));
    assertThat(types)
        .isEqualTo(
            Map.of(
                "texts", List.of(ScalarType.TEXT),
                "integers", List.of(ScalarType.INTEGER),
                "decimals", List.of(ScalarType.DECIMAL),
                "booleans", List.of(ScalarType.BOOLEAN),
                "nulls", List.of(ScalarType.NULL)));
  }

  @Test
  void everyNodeKnowsItsPlace() {
    Mapping root = read(TWO).documents().getFirst().root();

    Mapping metadata = (Mapping) root.get("metadata").orElseThrow();
    assertThat(metadata.entries().getLast().position()).isEqualTo(new Position(4, 23));
    assertThat(metadata.get("namespace").orElseThrow().position()).isEqualTo(new Position(4, 34));
  }

  @Test
  void aliasesStandForWhatTheyName() {
    Content content =
        read("kind: Thing\nmetadata: {name: &n a}\nspec: {x: &x {name: *n}, y: *x}\n");

    Mapping spec = (Mapping) content.documents().getFirst().root().get("spec").orElseThrow();
    assertThat(spec.get("y")).isEqualTo(spec.get("x"));
  }

  @Test
  void refusesWhatAliasesWouldMultiply() {
    StringBuilder bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for (int i = 1; i < 12; i++) {
      String alias = "*a" + (i - 1);
      bomb.append("a" + i + ": &a" + i + " [")
          .append(
              String.join(", ", List.of(alias, alias, alias, alias, alias, alias, alias, alias)))
          .append("]\n");
    }

    assertThat(findings(read(bomb.toString())))
        .singleElement()
        .asString()
        .contains("must have at most 2000000 values, each alias counted");
  }

  @Test
  void refusesWhatNestsTooDeep() {
    assertThat(findings(read("[".repeat(100_000))))
        .containsExactly("SKF1001 a/b.yaml:1: a/b.yaml: must not nest deeper than 100 levels");
  }

  @Test
  void refusesWhatIsTooLong() {
    Content content =
        new DocumentReader(new YamlLimits(10, 10, 10, 10, 10, 10))
            .read("files", "a.yaml", "x".repeat(11));

    assertThat(findings(content))
        .containsExactly("SKF1001 a.yaml: a.yaml: must have at most 10 characters, found 11");
    assertThat(content.isWhole()).isFalse();
  }

  @Test
  void refusesAValueThatNobodyWritesByHandBeforeItCostsAnything() {
    // Fifteen million characters without a place to part them: the library's own window would be
    // copied 15,000 times, which took minutes.
    String text = "kind: Thing\nmetadata: {name: \"" + "x".repeat(15_000_000) + "\"}\n";

    assertThat(findings(read(text)))
        .containsExactly(
            "SKF1001 a/b.yaml:2: a/b.yaml: must have values of at most 262144 characters, found one"
                + " of 15000000");
  }

  @Test
  void refusesALongNameOfAField() {
    assertThat(findings(read("? " + "x".repeat(1025) + "\n: 1\n")))
        .containsExactly(
            "SKF1001 a/b.yaml:1: a/b.yaml: must have names of fields of at most 1024 characters,"
                + " found one of 1025");
  }

  @Test
  void refusesAThousandFoldOfDocumentsAndAliasesOfAllOfThemTogether() {
    assertThat(findings(read("--- {kind: A, metadata: {name: a}}\n".repeat(10_001))))
        .containsExactly(
            "SKF1001 a/b.yaml:10001: a/b.yaml: must have at most 10000 documents, found more; split"
                + " it into several");
    String bomb = "--- {a: &a [" + "x, ".repeat(1000) + "], b: [" + "*a, ".repeat(999) + "]}\n";
    assertThat(findings(read(bomb))).noneMatch(finding -> finding.contains("2000000"));
    assertThat(findings(read(bomb.repeat(3)))).anyMatch(finding -> finding.contains("2000000"));
  }

  @Test
  void saysAHundredThingsOfATextAndHowManyMore() {
    List<String> findings = findings(read("--- {kind: Thing, metadata: {}}\n".repeat(5000)));

    assertThat(findings).hasSize(101);
    assertThat(findings.getLast()).endsWith("and 4,900 more findings that are not shown");
  }

  @Test
  void wordsOfTheTextInAMessageAreShort() {
    assertThat(findings(read("a: !" + "x".repeat(100_000) + " b\n")))
        .singleElement()
        .satisfies(finding -> assertThat(finding).hasSizeLessThan(400));
  }

  @Test
  void aByteOrderMarkMayStandAtTheBeginningAlone() {
    String one = "kind: Thing\nmetadata: {name: a}\n";

    assertThat(read("\uFEFF" + one).documents()).hasSize(1);
    assertThat(findings(read(one + "---\n\uFEFF" + one)))
        .singleElement()
        .asString()
        .startsWith("SKF1001 a/b.yaml:4: a/b.yaml: must not have a byte order mark");
  }

  @Test
  void aListOfDocumentsIsCalledThat() {
    assertThat(findings(read("kind: TrafficRouteList\nitems: []\nmetadata: {}\n")))
        .singleElement()
        .asString()
        .startsWith("SKF1002 a/b.yaml:1: a/b.yaml: `kind` must not be a list of documents; write");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          kind: Thing\\n\\tmetadata: 1         | 2 | must be YAML: a tab cannot stand here; indent with spaces
          a: b: c                            | 1 | must be YAML: a second ': ' cannot stand here; quote the value, or check the indentation
          a: [1, 2                           | 2 | must be YAML: the text ends before all that was opened is closed; add the missing ']', '}' or quote
          a: "x\\n                           | 3 | must be YAML: the text ends before all that was opened is closed; add the missing ']', '}' or quote
          a: 1\\nb                            | 3 | must be YAML: the line above has no ': '; a field is written 'name: value'
          - a\\nb: 1                          | 2 | must be YAML: this does not belong to what stands above it; check the indentation
          a: &x [*x]                         | 1 | must not use the alias '*x' before its anchor ends, and has no such anchor above
          a: *x                              | 1 | must not use the alias '*x' before its anchor ends, and has no such anchor above
          a: !foo b                          | 1 | must not have a tag of its own, found '!foo'; remove the tag
          a: !!int b                         | 1 | must fit its tag '!!int', found 'b'
          {[a]: 1}                           | 1 | must have a text as the name of a field, found a list
          ~: 1                               | 1 | must have a text as the name of a field, found nothing
          a: 1\\nb: \\0                        | 2 | must be YAML: the character U+0000 is not allowed; remove it
          """)
  void saysWhyATextIsNotRead(String text, int line, String message) {
    Content content = read(text.translateEscapes() + "\n");

    assertThat(content.documents()).isEmpty();
    assertThat(content.isWhole()).isFalse();
    assertThat(findings(content))
        .containsExactly("SKF1001 a/b.yaml:" + line + ": a/b.yaml: " + message);
  }

  @Test
  void aDocumentWithoutANameLeavesItsNeighboursAlone() {
    Content content = read("kind: Thing\n---\nkind: Thing\nmetadata: {name: a}\n---\nhello\n");

    assertThat(content.documents())
        .extracting(document -> document.key().name())
        .containsExactly("a");
    assertThat(content.isWhole()).isFalse();
    assertThat(findings(content))
        .containsExactly(
            "SKF1002 a/b.yaml:1: a/b.yaml: `metadata` is required and is missing",
            "SKF1002 a/b.yaml:6: a/b.yaml: a document must have `apiVersion`, `kind`, `metadata`"
                + " and `spec`: must be fields, found the text 'hello'");
  }

  @Test
  void aFieldThatStandsTwiceIsLeftToTheDecoder() {
    Content content = read("kind: Thing\nmetadata: {name: a}\nspec: {x: 1, x: 2}\n");

    assertThat(content.isWhole()).isTrue();
    assertThat(
            ((Mapping) content.documents().getFirst().root().get("spec").orElseThrow()).entries())
        .hasSize(2);
  }

  @Provide
  Arbitrary<String> texts() {
    Arbitrary<String> pieces =
        Arbitraries.of(
            "a: ",
            "kind: Thing\n",
            "metadata: {name: x}\n",
            "- ",
            "\n",
            "  ",
            "\t",
            "{",
            "}",
            "[",
            "]",
            ",",
            ":",
            "? ",
            "&a ",
            "*a",
            "!!int ",
            "!t ",
            "|\n",
            ">-\n",
            "\"",
            "'",
            "#",
            "---\n",
            "...\n",
            "%YAML 1.2\n",
            "%YAML 99999999999.1\n",
            "%TAG ! x\n",
            "\u0000",
            "\uFEFF",
            "\uD800",
            "😀",
            "1",
            "~",
            "@",
            "`",
            "<<: *a",
            "\r\n",
            "\u2028",
            "\\x");
    return Arbitraries.oneOf(
        pieces.list().ofMaxSize(25).map(parts -> String.join("", parts)),
        Arbitraries.strings().ofMaxLength(60));
  }

  @Property(tries = 3000)
  void neverThrows(@ForAll("texts") String text) {
    Content content = read(text);

    assertThat(content.isWhole()).isEqualTo(content.findings().isEmpty());
    for (RawDocument document : content.documents()) {
      assertThat(ServiceDocuments.decode(document)).isNotNull();
      assertThat(text).contains(document.text());
    }
  }
}
