package dev.skiffmesh.translator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.translator.policy.PolicyDescriptor;
import dev.skiffmesh.translator.policy.PolicyDescriptor.Family;
import dev.skiffmesh.translator.policy.PolicyKind;
import dev.skiffmesh.translator.policy.PolicyKinds;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** A kind is whole: spec, behaviour, a line in the list, golden cases. */
class KindFoldersTest {

  private static final Path SPECS = Path.of("../api/src/main/java/dev/skiffmesh/api/policy");
  private static final Path BEHAVIOUR = Path.of("src/main/java/dev/skiffmesh/translator/policy");

  /** Holds what all kinds match with. */
  private static final String SHARED = "match";

  @TestFactory
  Stream<DynamicTest> everyKindIsWhole() {
    return PolicyKinds.ALL.stream()
        .map(kind -> DynamicTest.dynamicTest(kind.descriptor().kind(), () -> check(kind)));
  }

  private static void check(PolicyKind<?> kind) throws IOException {
    PolicyDescriptor<?> descriptor = kind.descriptor();
    String lower = descriptor.kind().toLowerCase(Locale.ROOT);
    assertThat(descriptor.spec().isRecord()).isTrue();
    assertThat(packageEnd(descriptor.spec())).isEqualTo(packageEnd(kind.getClass()));
    assertThat(descriptor.plural()).isEqualTo(descriptor.plural().toLowerCase(Locale.ROOT));
    assertThat(descriptor.description()).endsWith(".");

    Set<String> cases = cases(GoldenTest.GOLDENS.resolve(lower));
    assertThat(cases).anyMatch(name -> name.startsWith("accepted"));
    assertThat(cases).anyMatch(name -> name.startsWith("invalid"));
    if (descriptor.family() == Family.SETTING || descriptor.family() == Family.ROUTE) {
      assertThat(cases).anyMatch(name -> name.startsWith("overridden"));
    }
  }

  @Test
  void everyFolderIsAKindOfTheList() throws IOException {
    Set<String> listed =
        PolicyKinds.ALL.stream()
            .map(kind -> packageEnd(kind.getClass()))
            .collect(Collectors.toCollection(TreeSet::new));
    listed.add(SHARED);

    assertThat(cases(SPECS)).isEqualTo(listed);
    assertThat(cases(BEHAVIOUR)).isEqualTo(listed);
  }

  @Test
  void namesAreUnique() {
    List<String> names =
        PolicyKinds.ALL.stream()
            .map(PolicyKind::descriptor)
            .flatMap(kind -> Stream.of(kind.kind(), kind.plural(), kind.shortName()))
            .toList();
    assertThat(names).doesNotHaveDuplicates();
  }

  private static Set<String> cases(Path folder) throws IOException {
    return GoldenTest.folders(folder).stream()
        .map(path -> path.getFileName().toString())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static String packageEnd(Class<?> type) {
    return type.getPackageName().substring(type.getPackageName().lastIndexOf('.') + 1);
  }
}
