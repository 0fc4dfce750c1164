package dev.skiffmesh.registry.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.api.model.Service;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.registry.core.TestingSink.Seen;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Whatever happened to the scopes on the way, what was told in the end is what they hold. */
class DocumentScopesPropertyTest {

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
                    isPolicy ? policy(name, number) : service(name, number));
    Arbitrary<String> texts = documents.list().ofMaxSize(3).map(all -> String.join("---\n", all));
    Arbitrary<SortedMap<String, String>> states =
        Arbitraries.maps(Arbitraries.of("w", "x", "y", "z"), texts).ofMaxSize(4).map(TreeMap::new);
    return states.list().ofMinSize(1).ofMaxSize(6);
  }

  @Property(tries = 500)
  void theWayDoesNotMatter(@ForAll("histories") List<SortedMap<String, String>> history) {
    TestingSink followed = new TestingSink();
    DocumentScopes scopes = new DocumentScopes(new ChangedOnly(followed));
    history.forEach(state -> scopes.become(contents(state)));
    TestingSink fresh = new TestingSink();
    new DocumentScopes(fresh).become(contents(history.getLast()));

    assertThat(known(followed.seen())).isEqualTo(known(fresh.seen()));
    assertThat(followed.history()).allSatisfy(DocumentScopesPropertyTest::noServiceIsInTwoScopes);
    assertThat(followed.repeats()).isEmpty();
    assertThat(scopes.names()).isEqualTo(history.getLast().keySet());
  }

  @Property(tries = 500)
  void aChangeOfSomeScopesIsAsGoodAsTellingAllOfThem(
      @ForAll("histories") List<SortedMap<String, String>> history) {
    TestingSink bySteps = new TestingSink();
    DocumentScopes scopes = new DocumentScopes(new ChangedOnly(bySteps));
    for (SortedMap<String, String> state : history) {
      SortedSet<String> gone = new TreeSet<>(scopes.names());
      gone.removeAll(state.keySet());
      for (String scope : gone) {
        scopes.change(new TreeMap<>(), Set.of(scope));
      }
      contents(state)
          .forEach(
              (scope, content) -> scopes.change(new TreeMap<>(Map.of(scope, content)), Set.of()));
    }
    TestingSink fresh = new TestingSink();
    new DocumentScopes(fresh).become(contents(history.getLast()));

    assertThat(known(bySteps.seen())).isEqualTo(known(fresh.seen()));
    assertThat(bySteps.history()).allSatisfy(DocumentScopesPropertyTest::noServiceIsInTwoScopes);
    assertThat(bySteps.repeats()).isEmpty();
  }

  private static SortedMap<String, ScopeContent> contents(SortedMap<String, String> state) {
    SortedMap<String, ScopeContent> contents = new TreeMap<>();
    state.forEach(
        (scope, text) ->
            contents.put(scope, ScopeContent.EMPTY.replacedBy(READER.read("test", scope, text))));
    return contents;
  }

  /** A policy of a kind that nobody here knows. */
  private static String policy(String name, int number) {
    return document("Thing", name) + "spec: {number: " + number + "}\n";
  }

  private static String service(String name, int number) {
    return document("Service", name)
        + "spec:\n  ports: [{name: http, port: 8080}]\n  endpoints: [{address: 10.0.0."
        + number
        + ", port: 9001}]\n";
  }

  private static String document(String kind, String name) {
    return "apiVersion: skiffmesh.dev/v1alpha1\nkind: "
        + kind
        + "\nmetadata: {name: "
        + name
        + "}\n";
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
