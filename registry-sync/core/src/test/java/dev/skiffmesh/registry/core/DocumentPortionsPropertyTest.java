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

/** Whatever happened to the portions on the way, what was told in the end is what they hold. */
class DocumentPortionsPropertyTest {

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
    DocumentPortions portions = new DocumentPortions(new ChangedOnly(followed));
    history.forEach(state -> portions.become(contents(state)));
    TestingSink fresh = new TestingSink();
    new DocumentPortions(fresh).become(contents(history.getLast()));

    assertThat(known(followed.seen())).isEqualTo(known(fresh.seen()));
    assertThat(followed.history())
        .allSatisfy(DocumentPortionsPropertyTest::noServiceIsInTwoPortions);
    assertThat(followed.repeats()).isEmpty();
    assertThat(portions.names()).isEqualTo(history.getLast().keySet());
  }

  @Property(tries = 500)
  void aChangeOfSomePortionsIsAsGoodAsTellingAllOfThem(
      @ForAll("histories") List<SortedMap<String, String>> history) {
    TestingSink bySteps = new TestingSink();
    DocumentPortions portions = new DocumentPortions(new ChangedOnly(bySteps));
    for (SortedMap<String, String> state : history) {
      SortedSet<String> gone = new TreeSet<>(portions.names());
      gone.removeAll(state.keySet());
      for (String portion : gone) {
        portions.change(new TreeMap<>(), Set.of(portion));
      }
      contents(state)
          .forEach(
              (portion, content) ->
                  portions.change(new TreeMap<>(Map.of(portion, content)), Set.of()));
    }
    TestingSink fresh = new TestingSink();
    new DocumentPortions(fresh).become(contents(history.getLast()));

    assertThat(known(bySteps.seen())).isEqualTo(known(fresh.seen()));
    assertThat(bySteps.history())
        .allSatisfy(DocumentPortionsPropertyTest::noServiceIsInTwoPortions);
    assertThat(bySteps.repeats()).isEmpty();
  }

  private static SortedMap<String, PortionContent> contents(SortedMap<String, String> state) {
    SortedMap<String, PortionContent> contents = new TreeMap<>();
    state.forEach(
        (portion, text) ->
            contents.put(portion, PortionContent.of(READER.read("test", portion, text))));
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

  /** A portion without services is as good as none. */
  private static List<Object> known(Seen seen) {
    Map<String, SortedMap<ServiceId, Service>> services = new TreeMap<>(seen.services());
    services.values().removeIf(Map::isEmpty);
    return List.of(services, seen.endpoints(), seen.policies(), seen.findings());
  }

  private static void noServiceIsInTwoPortions(Seen seen) {
    List<ServiceId> all = new ArrayList<>();
    seen.services().values().forEach(portion -> all.addAll(portion.keySet()));
    Set<ServiceId> distinct = new HashSet<>(all);
    assertThat(all).hasSameSizeAs(distinct);
  }
}
