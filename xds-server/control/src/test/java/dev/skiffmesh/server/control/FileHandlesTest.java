package dev.skiffmesh.server.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.api.status.Finding;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FileHandlesTest {

  private final ManualThreads threads = new ManualThreads(null);
  private final List<String> changes = new ArrayList<>();
  private Optional<FileHandles.Count> now = Optional.empty();

  @Test
  void nearlyNoneLeftIsAFindingUntilThereAreEnough() {
    FileHandles handles = new FileHandles(threads, () -> now, () -> changes.add("changed"));
    assertThat(seen(handles, 899, 1000)).isEmpty();
    assertThat(changes).isEmpty();
    assertThat(seen(handles, 900, 1000))
        .singleElement()
        .satisfies(
            finding ->
                assertThat(finding.message()).contains("900 of 1000 in use").contains("ulimit -n"));
    // Not a report for each handle.
    assertThat(seen(handles, 901, 1000)).hasSize(1);
    assertThat(changes).hasSize(1);
    assertThat(seen(handles, 10, 1000)).isEmpty();
    assertThat(changes).hasSize(2);
  }

  @Test
  void aSystemThatDoesNotTellIsNotAsked() {
    FileHandles handles =
        new FileHandles(
            threads,
            () -> {
              throw new InternalError("errno 24");
            },
            () -> changes.add("changed"));
    handles.look();
    threads.run();
    handles.look();
    threads.run();
    assertThat(handles.findings()).isEmpty();
  }

  @Test
  void thisProcessHasSomeLeft() {
    assertThat(FileHandles.ofThisProcess())
        .hasValueSatisfying(count -> assertThat(count.open()).isBetween(1L, count.most()));
  }

  private List<Finding> seen(FileHandles handles, long open, long most) {
    now = Optional.of(new FileHandles.Count(open, most));
    handles.look();
    threads.run();
    return handles.findings();
  }
}
