package dev.skiffmesh.registry.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.api.document.RawDocument;
import dev.skiffmesh.api.model.Service;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.registry.core.ChangedOnly;
import dev.skiffmesh.registry.core.DocumentReader;
import dev.skiffmesh.registry.core.TestingSink;
import dev.skiffmesh.registry.core.TestingSink.Seen;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Whatever happened to the files on the way, what was told in the end is what they hold. */
class FileEventsPropertyTest {

  private static final DocumentReader READER = new DocumentReader();

  @Provide
  Arbitrary<List<SortedMap<String, String>>> histories() {
    Arbitrary<String> documents =
        Combinators.combine(
                Arbitraries.of("a", "b", "c"),
                Arbitraries.integers().between(1, 3),
                Arbitraries.of(true, false))
            .as(
                (name, number, isPolicy) ->
                    isPolicy
                        ? Folder.policy(name, number)
                        : Folder.service(name, "10.0.0." + number, "1"));
    Arbitrary<String> files = documents.list().ofMaxSize(3).map(all -> String.join("---\n", all));
    Arbitrary<SortedMap<String, String>> states =
        Arbitraries.maps(Arbitraries.of("x.yaml", "y.yaml", "z.yaml"), files)
            .ofMaxSize(3)
            .map(TreeMap::new);
    return states.list().ofMinSize(1).ofMaxSize(6);
  }

  @Property(tries = 500)
  void theWayDoesNotMatter(@ForAll("histories") List<SortedMap<String, String>> history) {
    TestingSink followed = new TestingSink();
    ChangedOnly sink = new ChangedOnly(followed);
    MergedFiles told = MergedFiles.nothing();
    for (SortedMap<String, String> state : history) {
      MergedFiles now = MergedFiles.of(contents(state), told.good());
      FileEvents.between(told, now).forEach(sink::accept);
      told = now;
    }
    TestingSink fresh = new TestingSink();
    FileEvents.between(MergedFiles.nothing(), MergedFiles.of(contents(history.getLast()), Map.of()))
        .forEach(fresh::accept);

    assertThat(known(followed.seen())).isEqualTo(known(fresh.seen()));
    assertThat(followed.history()).allSatisfy(FileEventsPropertyTest::noServiceIsInTwoScopes);
    assertThat(followed.repeats()).isEmpty();
  }

  private static SortedMap<String, FileContent> contents(SortedMap<String, String> state) {
    SortedMap<String, FileContent> contents = new TreeMap<>();
    state.forEach(
        (scope, text) -> {
          List<RawDocument> documents = READER.read("files", scope, text).documents();
          contents.put(scope, FileContent.EMPTY.replacedBy(documents, List.of(), true));
        });
    return contents;
  }

  /** A scope without services is as good as none. */
  private static List<Object> known(Seen seen) {
    Map<String, SortedMap<ServiceId, Service>> services = new TreeMap<>(seen.services());
    services.values().removeIf(Map::isEmpty);
    return List.of(services, seen.endpoints(), seen.policies(), seen.findings());
  }

  private static void noServiceIsInTwoScopes(Seen seen) {
    List<ServiceId> all = new ArrayList<>();
    seen.services().values().forEach(scope -> all.addAll(scope.keySet()));
    Set<ServiceId> distinct = new HashSet<>(all);
    assertThat(all).hasSameSizeAs(distinct);
  }
}
