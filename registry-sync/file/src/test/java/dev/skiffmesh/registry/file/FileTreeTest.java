package dev.skiffmesh.registry.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.registry.core.DocumentReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileTreeTest {

  @TempDir Path temp;
  private Path root;
  private final List<Path> listed = new ArrayList<>();

  @BeforeEach
  void makeRoot() throws IOException {
    root = Files.createDirectory(temp.resolve("policies"));
  }

  private FileTree tree(FileTree.Limits limits) throws IOException {
    listed.clear();
    return FileTree.of(root, "policies", limits, listed::add);
  }

  private FileTree tree() throws IOException {
    return tree(FileTree.Limits.DEFAULT);
  }

  private static void write(Path file) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, Folder.policy("a", 1));
  }

  /** Each folder links twice to the next: 2^24 paths to 25 folders, and no loop. */
  private Path diamond() throws IOException {
    Path below = temp.resolve("diamond");
    for (int i = 0; i <= 24; i++) {
      Path folder = Files.createDirectories(below.resolve("n" + i));
      if (i > 0) {
        Path above = below.resolve("n" + (i - 1));
        Files.createSymbolicLink(above.resolve("a"), folder);
        Files.createSymbolicLink(above.resolve("b"), folder);
      }
    }
    write(below.resolve("n24/deep.yaml"));
    return below.resolve("n0");
  }

  @Test
  void visitsEachFolderOnceHoweverManyLinksLeadToIt() throws IOException {
    Files.createSymbolicLink(root.resolve("x"), diamond());
    write(root.resolve("z/beside.yaml"));

    FileTree tree = tree();

    assertThat(listed).hasSize(27);
    assertThat(tree.files().keySet())
        .containsExactly("policies/x" + "/a".repeat(24) + "/deep.yaml", "policies/z/beside.yaml");
    assertThat(tree.unreadable()).isEmpty();
  }

  @Test
  void checksWhatAServerWouldRead() throws IOException {
    Files.createSymbolicLink(root.resolve("x"), diamond());

    Map<String, DocumentReader.Content> contents =
        FileSource.read(FileSourceSettings.of("files", root).withShownAs("policies"));

    assertThat(contents).hasSize(1);
    assertThat(contents.values().iterator().next().documents()).hasSize(1);
  }

  @Test
  void aFolderCountsAtItsOwnPlaceAndNotWhereItIsLinked() throws IOException {
    write(root.resolve("z/real.yaml"));
    Files.createSymbolicLink(root.resolve("a"), root.resolve("z"));
    Files.createSymbolicLink(root.resolve("b.yaml"), root.resolve("z/real.yaml"));
    Files.createSymbolicLink(root.resolve("z/up"), root);

    assertThat(tree().files().keySet()).containsExactly("policies/z/real.yaml");
    assertThat(tree().unreadable()).isEmpty();
  }

  @Test
  void whatIsTooDeepIsLeftOutAndSaid() throws IOException {
    write(root.resolve("1/2/in.yaml"));
    write(root.resolve("1/2/3/out.yaml"));

    FileTree tree = tree(new FileTree.Limits(100, 100, 100, 2));

    assertThat(tree.files().keySet()).containsExactly("policies/1/2/in.yaml");
    assertThat(tree.unreadable())
        .containsExactly(Map.entry("policies/1/2/3", "it lies more than 2 folders below the root"));
    assertThat(tree.isOutOfSight("policies/1/2/3/out.yaml")).isTrue();
    assertThat(tree.isOutOfSight("policies/1/2/in.yaml")).isFalse();
    assertThat(tree.isOutOfSight("policies/1/2/33/out.yaml")).isFalse();
  }

  @Test
  void whatIsTooMuchIsLeftOutAndTheRestCounts() throws IOException {
    for (String folder : List.of("a", "b", "c", "d")) {
      write(root.resolve(folder + "/1.yaml"));
      write(root.resolve(folder + "/2.yaml"));
    }

    FileTree folders = tree(new FileTree.Limits(3, 100, 100, 9));
    assertThat(folders.files()).hasSize(4);
    assertThat(folders.unreadable().get("policies"))
        .isEqualTo("more than 3 folders; 'policies/c' and what comes after it are left out");
    assertThat(folders.isOutOfSight("policies/d/1.yaml")).isTrue();

    FileTree files = tree(new FileTree.Limits(100, 100, 3, 9));
    assertThat(files.files().keySet())
        .containsExactly("policies/a/1.yaml", "policies/a/2.yaml", "policies/b/1.yaml");
    assertThat(files.unreadable().get("policies")).contains("more than 3 YAML files");

    FileTree entries = tree(new FileTree.Limits(100, 7, 100, 9));
    assertThat(entries.files()).hasSize(2);
    assertThat(entries.unreadable().get("policies")).contains("more than 7 files and folders");
  }

  @Test
  void aLinkToItselfAndALinkToNothingAreReportedWhenTheyAreRead() throws IOException {
    Files.createSymbolicLink(root.resolve("self.yaml"), root.resolve("self.yaml"));
    Files.createSymbolicLink(root.resolve("nothing.yml"), root.resolve("gone"));
    Files.createSymbolicLink(root.resolve("nowhere"), root.resolve("gone"));

    assertThat(tree().files().keySet())
        .containsExactly("policies/nothing.yml", "policies/self.yaml");
  }
}
