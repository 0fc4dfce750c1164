package dev.skiffmesh.translator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.translator.testing.GoldenOutputs;
import dev.skiffmesh.translator.testing.TestingMesh;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * A folder for each kind and in it one for each case: {@code input.yaml} in; out come those files
 * that its first line asks for ({@code # shows: status, virtual-hosts}). {@code
 * -Dskiff.goldens=rewrite} writes the outputs anew and deletes those that nobody asks for.
 */
class GoldenTest {

  static final Path GOLDENS = Path.of("src/test/resources/goldens");
  private static final boolean REWRITE =
      "rewrite".equals(System.getProperty("skiff.goldens", "compare"));

  @TestFactory
  Stream<DynamicContainer> goldens() throws IOException {
    return folders(GOLDENS).stream()
        .map(
            kind ->
                DynamicContainer.dynamicContainer(
                    kind.getFileName().toString(),
                    cases(kind).stream()
                        .map(
                            folder ->
                                DynamicTest.dynamicTest(
                                    folder.getFileName().toString(), () -> check(folder)))));
  }

  static List<Path> folders(Path parent) throws IOException {
    try (Stream<Path> children = Files.list(parent)) {
      return children.filter(Files::isDirectory).sorted().toList();
    }
  }

  private static List<Path> cases(Path kind) {
    try {
      return folders(kind);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static void check(Path folder) throws IOException {
    String input = Files.readString(folder.resolve("input.yaml"));
    SortedMap<String, String> outputs =
        GoldenOutputs.of(TestingMesh.read("input.yaml", input), GoldenOutputs.asked(input));
    if (REWRITE) {
      for (Path stale : files(folder)) {
        if (!outputs.containsKey(stale.getFileName().toString())) {
          Files.delete(stale);
        }
      }
      for (var output : outputs.entrySet()) {
        Files.writeString(folder.resolve(output.getKey()), output.getValue());
      }
    }
    assertThat(files(folder).stream().map(file -> file.getFileName().toString()))
        .as("outputs of " + folder)
        .containsExactlyElementsOf(outputs.keySet());
    for (var output : outputs.entrySet()) {
      Path file = folder.resolve(output.getKey());
      assertThat(output.getValue()).as(file.toString()).isEqualTo(Files.readString(file));
    }
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> children = Files.list(folder)) {
      return children
          .filter(file -> !file.getFileName().toString().equals("input.yaml"))
          .sorted()
          .toList();
    }
  }
}
