package dev.skiffmesh.translator.reference;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.re2j.Pattern;
import dev.skiffmesh.api.document.Decoded;
import dev.skiffmesh.api.document.RawDocument;
import dev.skiffmesh.api.document.RawNode;
import dev.skiffmesh.api.document.RecordSchema;
import dev.skiffmesh.api.document.RecordSchema.Field;
import dev.skiffmesh.api.document.ValueShape;
import dev.skiffmesh.registry.core.DocumentReader;
import dev.skiffmesh.translator.Translator;
import dev.skiffmesh.translator.policy.PolicyDescriptor;
import dev.skiffmesh.translator.policy.PolicyKind;
import dev.skiffmesh.translator.policy.PolicyKinds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The definitions and pages that are checked in are what the code says. */
class GeneratedFilesTest {

  private static final Path DEFINITIONS = Path.of("../manifests/crds");
  private static final Path PAGES = Path.of("../docs/policies");
  private static final Path EXAMPLES = Path.of("../examples/policies");

  @TestFactory
  Stream<DynamicTest> theDefinitionsAreWhatTheCodeSays() throws IOException {
    removeStale(
        DEFINITIONS,
        kinds().stream().map(GeneratedFilesTest::definition).collect(Collectors.toSet()));
    return kinds().stream()
        .map(
            kind ->
                DynamicTest.dynamicTest(
                    kind.kind(),
                    () ->
                        check(DEFINITIONS.resolve(definition(kind)), CustomResources.yaml(kind))));
  }

  @TestFactory
  Stream<DynamicTest> thePagesAreWhatTheCodeSays() throws IOException {
    removeStale(
        PAGES, kinds().stream().map(kind -> lower(kind) + ".md").collect(Collectors.toSet()));
    return kinds().stream()
        .map(
            kind ->
                DynamicTest.dynamicTest(
                    kind.kind(),
                    () ->
                        check(
                            PAGES.resolve(lower(kind) + ".md"),
                            KindPage.of(kind, Files.readString(example(kind))))));
  }

  @TestFactory
  Stream<DynamicTest> everyExampleIsAcceptedAsItStands() {
    Translator translator = new Translator("skiff-system");
    return kinds().stream()
        .map(
            kind ->
                DynamicTest.dynamicTest(
                    kind.kind(),
                    () -> {
                      RawDocument document = document(Files.readString(example(kind)));
                      assertThat(document.key().kind()).isEqualTo(kind.kind());
                      assertThat(translator.decode(document, 1)).isInstanceOf(Decoded.Ok.class);
                    }));
  }

  /** A text that YAML readers take for something else would be a definition of something else. */
  @TestFactory
  Stream<DynamicTest> aDefinitionIsReadAsItWasMeant() {
    return kinds().stream()
        .map(
            kind ->
                DynamicTest.dynamicTest(
                    kind.kind(),
                    () -> {
                      RawNode.Mapping root = document(CustomResources.yaml(kind)).root();
                      String spec = "spec.versions[0].schema.openAPIV3Schema.properties.spec";
                      assertThat(text(root, "metadata.name"))
                          .isEqualTo(kind.plural() + ".skiffmesh.dev");
                      assertThat(text(root, spec + ".description"))
                          .isEqualTo(RecordSchema.of(kind.spec()).description());
                    }));
  }

  @Test
  void everythingHasADescriptionAndABound() {
    for (RecordSchema schema : schemas()) {
      assertThat(schema.description()).as("%s", schema.type()).endsWith(".");
      for (Field field : schema.fields()) {
        String where = schema.type().getSimpleName() + "." + field.name();
        assertThat(field.description()).as(where).endsWith(".");
        if (field.shape() instanceof ValueShape.Items
            || field.shape() instanceof ValueShape.Entries) {
          assertThat(field.limits().maxItems()).as("the greatest size of %s", where).isNotNull();
        }
      }
    }
  }

  /** The API server and Envoy read expressions as RE2; Java's own additions would be refused. */
  @Test
  void everyPatternIsRe2() {
    for (RecordSchema schema : schemas()) {
      for (Field field : schema.fields()) {
        java.util.regex.Pattern pattern = field.limits().pattern();
        if (pattern != null) {
          assertThat(Pattern.compile("^(?:" + pattern.pattern() + ")$").pattern())
              .contains(pattern.pattern());
        }
      }
    }
  }

  private static List<RecordSchema> schemas() {
    Set<Class<?>> seen = new HashSet<>();
    kinds().forEach(kind -> collect(kind.spec(), seen));
    return seen.stream().map(RecordSchema::of).toList();
  }

  private static void collect(Class<?> type, Set<Class<?>> seen) {
    if (seen.add(type)) {
      for (Field field : RecordSchema.of(type).fields()) {
        if (field.shape().scalar() instanceof ValueShape.Fields(Class<?> nested)) {
          collect(nested, seen);
        }
      }
    }
  }

  private static List<? extends PolicyDescriptor<?>> kinds() {
    return PolicyKinds.ALL.stream().map(PolicyKind::descriptor).toList();
  }

  private static String lower(PolicyDescriptor<?> kind) {
    return kind.kind().toLowerCase(Locale.ROOT);
  }

  private static String definition(PolicyDescriptor<?> kind) {
    return CustomResources.name(kind) + ".yaml";
  }

  private static Path example(PolicyDescriptor<?> kind) {
    return EXAMPLES.resolve(lower(kind) + ".yaml");
  }

  private static RawDocument document(String yaml) {
    DocumentReader.Content content = new DocumentReader().read("test", "test.yaml", yaml);
    assertThat(content.findings()).isEmpty();
    assertThat(content.documents()).hasSize(1);
    return content.documents().getFirst();
  }

  private static String text(RawNode root, String path) {
    RawNode node = root;
    for (String step : path.replace("[0]", ".0").split("\\.", -1)) {
      node =
          switch (node) {
            case RawNode.Mapping mapping -> mapping.get(step).orElseThrow();
            case RawNode.Sequence(var items, _) -> items.get(Integer.parseInt(step));
            case RawNode.Scalar scalar -> throw new AssertionError(scalar);
          };
    }
    return ((RawNode.Scalar) node).text();
  }

  private static void check(Path file, String generated) throws IOException {
    if (isRewriting()) {
      Files.writeString(file, generated);
    }
    assertThat(Files.exists(file) ? Files.readString(file) : "")
        .as("%s must be what the code says; write it with -Dskiff.goldens=rewrite", file)
        .isEqualTo(generated);
  }

  /** A file of a kind that is no more would be installed for ever. */
  private static void removeStale(Path folder, Set<String> wanted) throws IOException {
    Set<String> stale = new TreeSet<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        String name = file.getFileName().toString();
        if (!wanted.contains(name) && !name.equals("README.md")) {
          stale.add(name);
          if (isRewriting()) {
            Files.delete(file);
          }
        }
      }
    }
    if (!isRewriting()) {
      assertThat(stale).as("files of %s that no kind has", folder).isEmpty();
    }
  }

  private static boolean isRewriting() {
    return System.getProperty("skiff.goldens", "").equals("rewrite");
  }
}
