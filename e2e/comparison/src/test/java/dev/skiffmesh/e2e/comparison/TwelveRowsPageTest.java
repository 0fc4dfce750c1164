package dev.skiffmesh.e2e.comparison;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.e2e.parts.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The table in {@code docs/benchmarks.md} says what the checks have seen. */
class TwelveRowsPageTest {

  @Test
  void thePageHasEveryRowInItsOrder() throws IOException {
    List<String> lines =
        Files.readAllLines(Repository.root().orElseThrow().resolve("docs/benchmarks.md"));
    assertThat(lines).containsSubsequence(Arrays.stream(Row.values()).map(Row::line).toList());
  }
}
