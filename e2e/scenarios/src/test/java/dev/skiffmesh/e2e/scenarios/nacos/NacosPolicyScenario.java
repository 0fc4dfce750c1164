package dev.skiffmesh.e2e.scenarios.nacos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.api.source.Source;
import dev.skiffmesh.api.source.SourceEvent;
import dev.skiffmesh.api.status.Finding;
import dev.skiffmesh.api.status.FindingCode;
import dev.skiffmesh.e2e.parts.nacos.NacosServer;
import dev.skiffmesh.e2e.scenarios.Await;
import dev.skiffmesh.registry.core.TestingSink;
import dev.skiffmesh.registry.core.TestingSink.Seen;
import dev.skiffmesh.registry.nacos.NacosPolicySettings;
import dev.skiffmesh.registry.nacos.NacosPolicySource;
import dev.skiffmesh.registry.nacos.NacosSettings;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Policies in Nacos's configuration; one server for all tests of a class. */
@Timeout(180)
abstract class NacosPolicyScenario {

  private static final Duration BOUND = Duration.ofSeconds(60);
  private static final String GROUP = NacosSettings.DEFAULT_GROUP;

  private final String prefix = "skiff." + UUID.randomUUID().toString().substring(0, 8) + ".";
  private final TestingSink sink = new TestingSink();
  private final Set<String> written = new TreeSet<>();
  private final HttpClient http = HttpClient.newHttpClient();

  abstract NacosServer server();

  @AfterEach
  void close() {
    for (String dataId : List.copyOf(written)) {
      remove(dataId);
    }
    http.close();
    assertThat(sink.repeats()).isEmpty();
  }

  @Test
  void followsDocumentsThroughTheirLife() throws Exception {
    write(prefix + "a.yaml", policy("a", 1));
    write(prefix + "b.yaml", policy("b", 1) + "---\n" + policy("c", 1));
    write("other." + prefix + "d", policy("d", 1));
    try (Source source = source()) {
      source.start(sink);
      Seen seen = sink.await("the sync", Seen::isSynced);
      assertThat(numbers(seen)).isEqualTo(Map.of("a", 1, "b", 1, "c", 1));
      assertThat(seen.policies().values().iterator().next().origin().toString())
          .isEqualTo(GROUP + "/" + prefix + "a.yaml:1");

      write(prefix + "a.yaml", policy("a", 2));
      sink.await("a change", now -> numbers(now).equals(Map.of("a", 2, "b", 1, "c", 1)));
      write(prefix + "e.yaml", policy("e", 1));
      sink.await("a new one", now -> numbers(now).containsKey("e"));
      write(prefix + "e.yaml", policy("e", 2));
      sink.await("its change", now -> Integer.valueOf(2).equals(numbers(now).get("e")));
      remove(prefix + "b.yaml");
      sink.await("two gone", now -> numbers(now).equals(Map.of("a", 2, "e", 2)));
    }
  }

  @Test
  void whatCannotBeReadKeepsItsLastGoodVersion() throws Exception {
    write(prefix + "a", policy("a", 1));
    try (Source source = source()) {
      source.start(sink);
      sink.await("the sync", Seen::isSynced);

      write(prefix + "a", "spec: {number: [2\n");
      Seen seen = sink.await("the finding", now -> !now.allFindings().isEmpty());
      assertThat(seen.allFindings())
          .extracting(Finding::code)
          .containsExactly(FindingCode.UNREADABLE_TEXT);
      assertThat(seen.allFindings())
          .extracting(Finding::subject)
          .containsExactly(GROUP + "/" + prefix + "a");
      assertThat(numbers(seen)).isEqualTo(Map.of("a", 1));

      write(prefix + "a", policy("a", 3));
      sink.await("the good one", now -> now.allFindings().isEmpty() && numbers(now).get("a") == 3);
    }
  }

  @Test
  void aServerThatEndsOrHangsIsLostAndWhatIsKnownStays() throws Exception {
    write(prefix + "a", policy("a", 1));
    try (Source source = source()) {
      source.start(sink);
      sink.await("the sync", Seen::isSynced);
      Duration silence = source.silence().orElseThrow();
      Await.until(
          BOUND, "another answer", () -> source.silence().orElseThrow().compareTo(silence) < 0);

      server().pause();
      try {
        Seen seen = sink.await("the loss", now -> now.lost() != null);
        assertThat(numbers(seen)).isEqualTo(Map.of("a", 1));
        assertThat(source.silence().orElseThrow()).isGreaterThan(Duration.ofSeconds(2));
      } finally {
        server().resume();
      }
      sink.await("that it goes on", Seen::isSynced);

      server().kill();
      sink.await("the loss", now -> now.lost() != null);
      server().restart();
      sink.await("the sync", Seen::isSynced);
      write(prefix + "a", policy("a", 2));
      sink.await("a change after it", now -> numbers(now).equals(Map.of("a", 2)));
      assertThat(sink.events()).noneMatch(event -> event instanceof SourceEvent.PolicyDeleted);
    }
  }

  private Source source() {
    return new NacosPolicySource(
        NacosPolicySettings.of(
            "rules",
            server().address(),
            "public",
            GROUP,
            NacosSettings.Credentials.NONE,
            new TreeMap<>(),
            prefix,
            new NacosSettings.Timing(Duration.ofMillis(500), Duration.ofSeconds(10))));
  }

  /** As the console writes; tries again while a server is on its way back. */
  private void write(String dataId, String text) {
    written.add(dataId);
    String path =
        switch (server().version()) {
          case V2 -> "/nacos/v1/cs/configs";
          case V3 -> "/nacos/v3/admin/cs/config";
        };
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://" + server().address() + path))
            .timeout(Duration.ofSeconds(5))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(
                HttpRequest.BodyPublishers.ofString(
                    naming(dataId) + "&type=yaml&content=" + encoded(text)))
            .build();
    Await.until(BOUND, "a write", () -> isDone(request));
  }

  private void remove(String dataId) {
    written.remove(dataId);
    String path =
        switch (server().version()) {
          case V2 -> "/nacos/v1/cs/configs?";
          case V3 -> "/nacos/v3/admin/cs/config?";
        };
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://" + server().address() + path + naming(dataId)))
            .timeout(Duration.ofSeconds(5))
            .DELETE()
            .build();
    Await.until(BOUND, "a deletion", () -> isDone(request));
  }

  private String naming(String dataId) {
    String group =
        switch (server().version()) {
          case V2 -> "group";
          case V3 -> "groupName";
        };
    return "dataId=" + encoded(dataId) + "&" + group + "=" + GROUP;
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private boolean isDone(HttpRequest request) {
    try {
      return http.send(request, HttpResponse.BodyHandlers.ofString()).statusCode() == 200;
    } catch (IOException notYet) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted", e);
    }
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
    Map<String, Integer> numbers = new TreeMap<>();
    seen.policies()
        .values()
        .forEach(
            document -> {
              String text = document.text();
              int at = text.indexOf("number: ") + "number: ".length();
              numbers.put(
                  document.key().name(),
                  Integer.valueOf(text.substring(at, text.indexOf('}', at))));
            });
    return numbers;
  }
}
