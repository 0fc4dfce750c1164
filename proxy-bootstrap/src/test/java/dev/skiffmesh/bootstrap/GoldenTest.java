package dev.skiffmesh.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.bootstrap.BootstrapFlags.Format;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * A folder for each case: {@code flags.txt} in, {@code envoy.yaml} and {@code grpc.json} out, or
 * {@code refused.txt}. {@code -Dskiff.goldens=rewrite} writes the outputs anew.
 */
class GoldenTest {

  private static final Path GOLDENS = Path.of("src/test/resources/goldens");
  private static final boolean REWRITE =
      "rewrite".equals(System.getProperty("skiff.goldens", "compare"));

  @TestFactory
  Stream<DynamicTest> goldens() throws IOException {
    try (Stream<Path> folders = Files.list(GOLDENS)) {
      return folders.sorted().toList().stream()
          .map(
              folder ->
                  DynamicTest.dynamicTest(folder.getFileName().toString(), () -> check(folder)));
    }
  }

  private static void check(Path folder) throws IOException {
    BootstrapFlags flags = CommandLine.read(Files.readAllLines(folder.resolve("flags.txt")));
    Files.createDirectories(folder);
    outcome(folder, "envoy.yaml", flags.render(Format.ENVOY));
    outcome(folder, "grpc.json", flags.render(Format.GRPC));
  }

  private static void outcome(Path folder, String file, Rendered rendered) throws IOException {
    switch (rendered) {
      case Rendered.Written(String text) -> {
        compare(folder.resolve(file), text);
        absent(folder.resolve("refused.txt"));
      }
      case Rendered.Refused(var problems) -> {
        compare(folder.resolve("refused.txt"), String.join("\n", problems) + "\n");
        absent(folder.resolve(file));
      }
    }
  }

  private static void compare(Path file, String text) throws IOException {
    if (REWRITE) {
      Files.writeString(file, text);
    }
    assertThat(text).as(file.toString()).isEqualTo(Files.readString(file));
  }

  private static void absent(Path file) throws IOException {
    if (REWRITE) {
      Files.deleteIfExists(file);
    }
    assertThat(file).doesNotExist();
  }
}
