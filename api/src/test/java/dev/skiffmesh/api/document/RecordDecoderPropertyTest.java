package dev.skiffmesh.api.document;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.api.document.RawNode.Entry;
import dev.skiffmesh.api.document.RawNode.Mapping;
import dev.skiffmesh.api.document.RawNode.Scalar;
import dev.skiffmesh.api.document.RawNode.ScalarType;
import dev.skiffmesh.api.document.RawNode.Sequence;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class RecordDecoderPropertyTest {

  private static final List<String> NAMES =
      List.of(
          "name",
          "enabled",
          "port",
          "weight",
          "every",
          "since",
          "answer",
          "protocol",
          "share",
          "sides",
          "words",
          "labels",
          "path",
          "exact",
          "prefix",
          "service",
          "kind",
          "metadata",
          "apiVersion",
          "spec",
          "namespace",
          "annotations",
          "inner",
          "");

  /** Any tree: likely names and values mixed with any others, types that lie included. */
  @Provide
  Arbitrary<RawNode> trees() {
    return Arbitraries.recursive(this::scalars, this::around, 0, 5);
  }

  private Arbitrary<RawNode> scalars() {
    Arbitrary<String> texts =
        Arbitraries.oneOf(
            Arbitraries.strings().ofMaxLength(30),
            Arbitraries.of(
                "1",
                "-1",
                "0x1F",
                "0o7",
                "1e999999999",
                ".nan",
                "true",
                "10s",
                "5ms",
                "~",
                "",
                "2026-11-23T18:00:00Z",
                "Fail",
                "http",
                "99.9999",
                "order",
                "/v2"));
    return Combinators.combine(texts, Arbitraries.of(ScalarType.values()), positions())
        .as(Scalar::new);
  }

  private Arbitrary<RawNode> around(Arbitrary<RawNode> inner) {
    Arbitrary<String> names =
        Arbitraries.oneOf(Arbitraries.of(NAMES), Arbitraries.strings().ofMaxLength(8));
    Arbitrary<Entry> entries = Combinators.combine(names, positions(), inner).as(Entry::new);
    Arbitrary<RawNode> mappings =
        Combinators.combine(entries.list().ofMaxSize(6), positions()).as(Mapping::new);
    Arbitrary<RawNode> lists =
        Combinators.combine(inner.list().ofMaxSize(4), positions()).as(Sequence::new);
    return Arbitraries.oneOf(mappings, mappings, lists, inner);
  }

  private static Arbitrary<Position> positions() {
    return Combinators.combine(
            Arbitraries.integers().between(0, 99), Arbitraries.integers().between(0, 99))
        .as(Position::new);
  }

  @Property
  void neverThrows(@ForAll("trees") RawNode tree) {
    hasAnswer(RecordDecoder.decode(tree, RecordDecoderTest.Everything.class, "spec"));
    hasAnswer(RecordDecoder.decode(tree, RecordDecoderTest.Nest.class, ""));
    hasAnswer(Envelope.key(tree));
    hasAnswer(Envelope.decode(tree, RecordDecoderTest.Side.class));
  }

  private static void hasAnswer(Decoded<?> decoded) {
    if (decoded instanceof Decoded.Rejected<?>(List<Violation> violations)) {
      assertThat(violations)
          .isNotEmpty()
          .isSortedAccordingTo(Violation.BY_POSITION)
          .allSatisfy(violation -> assertThat(violation.message()).isNotBlank());
    }
  }
}
