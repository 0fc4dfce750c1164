package dev.skiffmesh.e2e.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.e2e.parts.LoadLoop;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class SplitTest {

  @Test
  void instancesOfAVersionCountTogether() {
    Split split =
        Split.of(
            report(
                100,
                0,
                Map.of(
                    "order-v1@127.0.0.1:1", 40L, "order-v1@127.0.0.1:2", 50L, "order-v2@x", 10L)));

    assertThat(split.lines())
        .containsExactly(
            "order v1    90.0 %  ####################################",
            "order v2    10.0 %  ####", "failed       0.0 %");
    assertThat(split.line()).isEqualTo("order v1 90.0 %, order v2 10.0 %, failed 0 of 100 calls");
  }

  @Test
  void failuresAreShownWithTheFirstOne() {
    assertThat(Split.of(report(10, 10, Map.of("", 10L))).line())
        .isEqualTo("failed 10 of 10 calls: call 0: 503");
  }

  @Test
  void longLinesBreakAtSpaces() {
    String word = "x".repeat(50);

    assertThat(DemoSession.wrapped("a " + word + " " + word + " b"))
        .containsExactly("a " + word, word + " b");
    assertThat(DemoSession.wrapped("y".repeat(200))).containsExactly("y".repeat(200));
    assertThat(DemoSession.wrapped("")).containsExactly("");
  }

  private static LoadLoop.Report report(long calls, long failed, Map<String, Long> byAnswerer) {
    return new LoadLoop.Report(
        calls,
        failed,
        new TreeMap<>(),
        new TreeMap<>(byAnswerer),
        failed == 0 ? List.of() : List.of("call 0: 503"),
        List.of());
  }
}
