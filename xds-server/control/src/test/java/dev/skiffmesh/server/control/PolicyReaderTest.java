package dev.skiffmesh.server.control;

import static dev.skiffmesh.server.control.TestingMesh.document;
import static dev.skiffmesh.server.control.TestingMesh.key;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.api.document.Decoded;
import dev.skiffmesh.api.document.RawDocument;
import dev.skiffmesh.api.source.SourceEvent;
import org.junit.jupiter.api.Test;

class PolicyReaderTest {

  private static final String FILES = "files";

  private final TestingTranslations translations = new TestingTranslations();
  private final PolicyReader reader = new PolicyReader(translations);

  private static RawDocument canary(String text) {
    return document(FILES, "canary.yaml", "canary", text);
  }

  private void put(RawDocument document) {
    reader.hear(FILES, new SourceEvent.PolicyPut(document));
  }

  @Test
  void whatWasExpectedIsUnderstoodOnce() {
    RawDocument document = canary("target=trading/order");
    reader.expect(FILES, document);
    assertThat(translations.decoded).hasValue(1);

    put(document);
    assertThat(reader.read(FILES, document, 3)).containsInstanceOf(Decoded.Ok.class);
    assertThat(translations.decoded).hasValue(1);
  }

  @Test
  void whatIsExpectedCountsOnlyOnceItIsTold() {
    RawDocument told = canary("target=trading/order");
    put(told);
    reader.expect(FILES, canary("target=trading/stock"));
    assertThat(reader.read(FILES, told, 1)).isPresent();

    RawDocument other = canary("target=trading/cart");
    put(other);
    assertThat(reader.read(FILES, other, 2)).as("something else came").isPresent();
    assertThat(reader.read(FILES, told, 2)).as("a newer one is on its way").isEmpty();
    assertThat(translations.decoded).hasValue(3);
  }

  @Test
  void whatIsDeletedIsForgotten() {
    RawDocument document = canary("target=trading/order");
    reader.expect(FILES, document);
    reader.hear(FILES, new SourceEvent.PolicyDeleted(key("canary")));
    put(document);
    assertThat(translations.decoded).hasValue(2);
  }
}
