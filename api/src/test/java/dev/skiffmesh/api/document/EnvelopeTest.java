package dev.skiffmesh.api.document;

import static dev.skiffmesh.api.document.Trees.fields;
import static dev.skiffmesh.api.document.Trees.list;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.api.document.RawNode.Mapping;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class EnvelopeTest {

  record Spec(int number) {}

  private static List<String> wrong(Decoded<?> decoded) {
    return decoded instanceof Decoded.Rejected<?>(List<Violation> violations)
        ? violations.stream().map(v -> "`" + v.field() + "` " + v.message()).toList()
        : List.of();
  }

  private static Mapping document(Object metadata, Object spec) {
    return fields(
        "apiVersion", RawDocument.API_VERSION, "kind", "Thing", "metadata", metadata, "spec", spec);
  }

  @Test
  void readsADocument() {
    Mapping document =
        fields(
            "apiVersion", RawDocument.API_VERSION,
            "kind", "Thing",
            "metadata", fields("name", "a.b", "labels", fields("z", "1z", "a", "x")),
            "spec", fields("number", "3"),
            "status", list("whatever"));

    assertThat(Envelope.decode(document, Spec.class))
        .isEqualTo(
            new Decoded.Ok<>(
                new Envelope<>(
                    new DocumentKey("Thing", "default", "a.b"),
                    new TreeMap<>(Map.of("a", "x", "z", "1z")),
                    new TreeMap<>(),
                    new Spec(3))));
  }

  @Test
  void toleratesWhatKubernetesAdds() {
    Mapping metadata =
        fields("name", "a", "namespace", "b", "uid", "1", "creationTimestamp", "null");

    assertThat(Envelope.decode(document(metadata, fields("number", "3")), Spec.class))
        .isInstanceOf(Decoded.Ok.class);
  }

  @Test
  void reportsEnvelopeAndSpecTogether() {
    Mapping document =
        fields(
            "apiVersion", RawDocument.API_VERSION,
            "kind", "thing",
            "metadata", fields("name", "A_B", "labels", fields("version", "2")),
            "specs", fields(),
            "spec", fields("numbr", "3"));

    assertThat(wrong(Envelope.decode(document, Spec.class)))
        .containsExactlyInAnyOrder(
            "`kind` must be a kind such as 'TrafficRoute', found the text 'thing'",
            "`metadata.name` must be a name of at most 253 lower-case letters, digits, '-' and '.',"
                + " with a letter or digit at both ends, found the text 'A_B'",
            "`metadata.labels.version` must be a text, found the number 2; quote it: \"2\"",
            "`specs` is not a known field; did you mean `spec`? known here: `apiVersion`, `kind`,"
                + " `metadata`, `spec`",
            "`spec.numbr` is not a known field; did you mean `number`? known here: `number`",
            "`spec.number` is required and is missing");
  }

  @Test
  void knowsWhichDocumentItIsWhateverElseIsWrong() {
    assertThat(Envelope.key(fields("kind", "Thing", "metadata", fields("name", "a"), "x", "y")))
        .isEqualTo(new Decoded.Ok<>(new DocumentKey("Thing", "default", "a")));
  }

  @Test
  void doesNotKnowADocumentWithoutAName() {
    assertThat(wrong(Envelope.key(fields("kind", "Thing", "metadata", fields("nmae", "a")))))
        .containsExactly("`metadata.name` is required and is missing");
    assertThat(wrong(Envelope.key(Trees.plain("hello"))))
        .containsExactly("`` must be fields, found the text 'hello'");
  }

  @Test
  void saysOnlyThatOfAnotherApiVersion() {
    Mapping document =
        fields("apiVersion", "v1", "kind", "Service", "metadata", fields("name", "a"), "data", "b");

    assertThat(wrong(Envelope.decode(document, Spec.class)))
        .containsExactly("`apiVersion` must be 'skiffmesh.dev/v1alpha1', found the text 'v1'");
  }
}
