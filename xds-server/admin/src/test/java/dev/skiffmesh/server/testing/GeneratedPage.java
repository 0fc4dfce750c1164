package dev.skiffmesh.server.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A page of {@code docs/} whose end is made from the code: below a line that says so. Written anew
 * with {@code -Dskiff.goldens=rewrite}.
 */
public final class GeneratedPage {

  private static final String MARK =
      "<!-- What follows is made from the code; write it anew with -Dskiff.goldens=rewrite -->";

  private GeneratedPage() {}

  /** Compares, or rewrites; either way the hand-written head stays. */
  public static void check(String name, String generated) throws IOException {
    Path page = root().resolve("docs").resolve(name);
    String text = Files.readString(page);
    int mark = text.indexOf(MARK);
    assertThat(mark).as("%s must have the line %s", page, MARK).isPositive();
    String head = text.substring(0, mark);
    String whole = head + MARK + "\n\n" + generated.strip() + "\n";
    if (System.getProperty("skiff.goldens", "").equals("rewrite")) {
      Files.writeString(page, whole);
    }
    assertThat(Files.readString(page))
        .as("docs/%s must be what the code says; write it with -Dskiff.goldens=rewrite", name)
        .isEqualTo(whole);
  }

  /** The repository, found from wherever the tests run. */
  public static Path root() {
    Path folder = Path.of("").toAbsolutePath();
    while (folder != null && !Files.isRegularFile(folder.resolve("CONTRIBUTING.md"))) {
      folder = folder.getParent();
    }
    assertThat(folder).as("tests must run below the repository").isNotNull();
    return folder;
  }
}
