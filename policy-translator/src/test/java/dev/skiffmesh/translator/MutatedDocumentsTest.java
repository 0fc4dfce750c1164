package dev.skiffmesh.translator;

import static dev.skiffmesh.registry.core.TextChange.GOOD;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.api.document.Decoded;
import dev.skiffmesh.api.document.RawDocument;
import dev.skiffmesh.api.document.Violation;
import dev.skiffmesh.api.document.Violations;
import dev.skiffmesh.api.policy.Policy;
import dev.skiffmesh.registry.core.DocumentReader;
import dev.skiffmesh.registry.core.ServiceDocuments;
import dev.skiffmesh.registry.core.ServiceDocuments.Registered;
import dev.skiffmesh.registry.core.TextChange;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Whatever somebody makes of a document, reading it ends, and what is said of it stays short. */
class MutatedDocumentsTest {

  private static final int LONGEST_WORDS = 1_001;

  @Provide
  Arbitrary<List<TextChange>> changes() {
    Arbitrary<Character> characters =
        Arbitraries.oneOf(
            Arbitraries.of(
                '\u0000', '\uFEFF', '\uD800', '\t', '\n', '"', '\'', '&', '*', '!', '<', '{', '[',
                ':', '#', '|', '>', '%', '\u00e9', '\u4e70'),
            Arbitraries.chars().ascii());
    return Combinators.combine(
            Arbitraries.of(TextChange.Way.values()),
            Arbitraries.integers().between(0, 1000),
            Arbitraries.integers().between(1, 200),
            characters)
        .as(TextChange::new)
        .list()
        .ofMinSize(1)
        .ofMaxSize(3);
  }

  @Property(tries = 500)
  void readingEndsAndWhatIsSaidStaysShort(@ForAll("changes") List<TextChange> changes) {
    String text = GOOD;
    for (TextChange change : changes) {
      if (text.length() < 100_000) {
        text = change.of(text);
      }
    }
    DocumentReader.Content content = new DocumentReader().read("files", "a.yaml", text);

    assertThat(content.findings()).hasSizeLessThanOrEqualTo(Violations.MOST + 1);
    content
        .findings()
        .forEach(finding -> assertThat(finding.message()).hasSizeLessThanOrEqualTo(LONGEST_WORDS));
    Translator translator = new Translator("skiff-system");
    for (RawDocument document : content.documents()) {
      List<Violation> violations = new ArrayList<>();
      if (document.key().kind().equals(ServiceDocuments.KIND)) {
        if (ServiceDocuments.decode(document) instanceof Decoded.Rejected<Registered>(var broken)) {
          violations.addAll(broken);
        }
      } else if (translator.decode(document, 1)
          instanceof Decoded.Rejected<Policy<?>>(var broken)) {
        violations.addAll(broken);
      }
      assertThat(violations).hasSizeLessThanOrEqualTo(Violations.MOST + 1);
      for (Violation violation : violations) {
        assertThat(violation.message()).hasSizeLessThanOrEqualTo(LONGEST_WORDS);
        assertThat(violation.field()).hasSizeLessThanOrEqualTo(LONGEST_WORDS);
      }
    }
  }
}
