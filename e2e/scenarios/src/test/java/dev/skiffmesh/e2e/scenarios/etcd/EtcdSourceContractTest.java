package dev.skiffmesh.e2e.scenarios.etcd;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.document.RawDocument;
import dev.skiffmesh.api.source.Source;
import dev.skiffmesh.api.source.SourceEvent;
import dev.skiffmesh.api.status.FindingCode;
import dev.skiffmesh.e2e.parts.Etcd;
import dev.skiffmesh.e2e.scenarios.Await;
import dev.skiffmesh.registry.core.SourceContractTest;
import dev.skiffmesh.registry.core.TestingRegistry;
import dev.skiffmesh.registry.core.TestingSink;
import dev.skiffmesh.registry.core.TestingSink.Seen;
import dev.skiffmesh.registry.etcd.EtcdSettings;
import dev.skiffmesh.registry.etcd.EtcdSource;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** On one real etcd, which is killed, stopped, compacted and emptied in the course of the tests. */
@Timeout(180)
class EtcdSourceContractTest extends SourceContractTest {

  private static @Nullable Etcd server;

  private final TestingSink sink = new TestingSink();

  @BeforeAll
  static void startServer() {
    server = Etcd.start();
  }

  @AfterAll
  static void closeServer() {
    if (server != null) {
      server.close();
    }
  }

  /** On the clock of {@link System#nanoTime()}, a little late at most. */
  private static long lastAnswer(Source source) {
    return System.nanoTime() - source.silence().orElseThrow().toNanos();
  }

  private static Etcd server() {
    return requireNonNull(server);
  }

  @Override
  protected TestingRegistry registry() {
    return new RealEtcd(server());
  }

  @Test
  void aKeyThatCannotBeReadKeepsItsLastGoodVersion() throws Exception {
    try (RealEtcd store = new RealEtcd(server());
        Source source = store.source()) {
      store.write("a", policy("a", 1));
      store.write("b", policy("b", 1));
      source.start(sink);
      sink.await("both", Seen::isSynced);

      store.write("a", "spec: {number: [2\n");
      Seen seen = sink.await("the finding", now -> !now.allFindings().isEmpty());
      assertThat(seen.allFindings())
          .singleElement()
          .satisfies(finding -> assertThat(finding.code()).isEqualTo(FindingCode.UNREADABLE_TEXT))
          .satisfies(finding -> assertThat(finding.subject()).isEqualTo(store.key("a")));
      assertThat(numbers(seen)).containsExactlyInAnyOrderEntriesOf(Map.of("a", 1, "b", 1));

      store.write("a", new byte[] {(byte) 0xc3, 0x28});
      sink.await(
          "what is no text",
          now -> now.allFindings().stream().anyMatch(f -> f.message().equals("must be UTF-8")));
      store.write("b", policy("b", 2));
      store.write("a", policy("a", 3));
      seen = sink.await("both again", now -> now.allFindings().isEmpty());
      assertThat(numbers(seen)).containsExactlyInAnyOrderEntriesOf(Map.of("a", 3, "b", 2));
      store.delete("a");
      sink.await("one gone", now -> numbers(now).equals(Map.of("b", 2)));
      assertThat(seen.policies().get(key("b")).origin().portion()).isEqualTo(store.key("b"));
    }
  }

  @Test
  void whatWasCompactedWhileNobodyLookedIsListedAgain() throws Exception {
    try (RealEtcd store = new RealEtcd(server());
        Source source = store.source()) {
      store.write("stays", policy("stays", 1));
      store.write("goes", policy("goes", 1));
      store.write("changes", policy("changes", 1));
      source.start(sink);
      sink.await("all", Seen::isSynced);

      server().pause();
      try {
        sink.await("the loss", seen -> seen.lost() != null);
      } finally {
        server().resume();
      }
      store.delete("goes");
      store.write("changes", policy("changes", 2));
      store.write("comes", policy("comes", 2));
      store.compact();

      sink.await(
          "what it holds now",
          seen ->
              seen.isSynced()
                  && numbers(seen).equals(Map.of("stays", 1, "changes", 2, "comes", 2)));
      assertThat(sink.events())
          .filteredOn(event -> event instanceof SourceEvent.PolicyPut)
          .extracting(event -> ((SourceEvent.PolicyPut) event).document().key().name())
          .as("what did not change is told once")
          .filteredOn("stays"::equals)
          .hasSize(1);
    }
  }

  @Test
  void aServerThatHangsIsNoticedAndSilenceGrows() throws Exception {
    try (RealEtcd store = new RealEtcd(server());
        Source source = store.source()) {
      store.write("a", policy("a", 1));
      source.start(sink);
      sink.await("the first", Seen::isSynced);
      // Nothing happens in the store, and yet it answers again and again.
      for (int i = 0; i < 3; i++) {
        long last = lastAnswer(source);
        Await.until(
            Duration.ofSeconds(30),
            "another answer",
            () -> lastAnswer(source) - last > Duration.ofMillis(50).toNanos());
      }
      assertThat(sink.events()).filteredOn(SourceEvent.PolicyPut.class::isInstance).hasSize(1);

      server().pause();
      try {
        Seen seen = sink.await("the loss", now -> now.lost() != null);
        assertThat(seen.lost()).contains("has not answered");
        assertThat(source.silence().orElseThrow()).isGreaterThan(Duration.ofSeconds(1));
        assertThat(numbers(seen)).isEqualTo(Map.of("a", 1));
      } finally {
        server().resume();
      }

      sink.await("the sync", Seen::isSynced);
      store.write("a", policy("a", 2));
      sink.await("a change after it", seen -> numbers(seen).equals(Map.of("a", 2)));
    }
  }

  @Test
  void anotherHistoryThatLacksKnownKeysIsNotBelievedAtOnce() throws Exception {
    try (RealEtcd store = new RealEtcd(server())) {
      EtcdSettings settings =
          store
              .settings()
              .withTiming(
                  new EtcdSettings.Timing(
                      Duration.ofMillis(300), Duration.ofSeconds(2), Duration.ofSeconds(4)));
      try (Source source = new EtcdSource(settings)) {
        for (int i = 0; i < 20; i++) {
          store.write("p" + i, policy("p" + i, 1));
        }
        source.start(sink);
        sink.await("all", Seen::isSynced);

        server().restartEmpty();
        Seen seen =
            sink.await(
                "the doubt", now -> now.lost() != null && now.lost().contains("another history"));
        assertThat(numbers(seen)).hasSize(20);
        assertThat(seen.lost()).contains("lacks 20 of the known keys");

        store.write("p7", policy("p7", 2));
        seen = sink.await("that it is believed", Seen::isSynced);
        assertThat(numbers(seen)).isEqualTo(Map.of("p7", 2));
      }
    }
  }

  @Test
  void morePagesThanOneAreOneListing() throws Exception {
    try (RealEtcd store = new RealEtcd(server());
        Source source = store.source()) {
      for (int i = 0; i < 1_201; i++) {
        store.write("p" + i, policy("p" + i, i));
      }
      source.start(sink);

      assertThat(numbers(sink.await("all of them", Seen::isSynced))).hasSize(1_201);
    }
  }

  @Test
  void twoKeysWithOneDocumentAreAFindingAndTheFirstCounts() throws Exception {
    try (RealEtcd store = new RealEtcd(server());
        Source source = store.source()) {
      store.write("b", policy("same", 2));
      source.start(sink);
      sink.await("the one", seen -> numbers(seen).equals(Map.of("same", 2)));
      store.write("a", policy("same", 1));

      Seen seen = sink.await("the finding", now -> !now.allFindings().isEmpty());
      assertThat(numbers(seen)).isEqualTo(Map.of("same", 1));
      assertThat(seen.allFindings())
          .extracting(finding -> finding.code())
          .isEqualTo(List.of(FindingCode.DUPLICATE_DOCUMENT));
      store.delete("a");
      sink.await(
          "the other",
          now -> numbers(now).equals(Map.of("same", 2)) && now.allFindings().isEmpty());
    }
  }

  private static DocumentKey key(String name) {
    return new DocumentKey("Thing", "default", name);
  }

  /** A policy of a kind that nobody here knows. */
  private static String policy(String name, int number) {
    return "apiVersion: skiffmesh.dev/v1alpha1\nkind: Thing\nmetadata: {name: "
        + name
        + "}\nspec: {number: "
        + number
        + "}\n";
  }

  private static Map<String, Integer> numbers(Seen seen) {
    return seen.policies().values().stream()
        .collect(
            java.util.stream.Collectors.toMap(
                document -> document.key().name(), EtcdSourceContractTest::number));
  }

  private static int number(RawDocument document) {
    String text = document.text();
    int at = text.indexOf("number: ") + "number: ".length();
    return Integer.parseInt(text.substring(at, text.indexOf('}', at)));
  }
}
