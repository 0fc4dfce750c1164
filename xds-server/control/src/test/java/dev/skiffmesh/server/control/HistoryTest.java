package dev.skiffmesh.server.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.server.delivery.StreamId;
import dev.skiffmesh.server.status.PushedChange;
import dev.skiffmesh.translator.resource.ResourceKind;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class HistoryTest {

  private static final Instant NOW = ManualThreads.BEGINNING;

  private final History history = new History();

  @Test
  void aChangeIsThereOnceItReachedAProxy() {
    History.Change first = history.begin(NOW, "first");
    History.Change second = history.begin(NOW.plusSeconds(1), "second");
    assertThat(history.changes()).isEmpty();

    second.pushed(new StreamId(1), "a", sent("x"), List.of());
    first.pushed(new StreamId(1), "a", List.of(), List.of());
    assertThat(history.changes()).extracting(PushedChange::cause).containsExactly("second");
    first.pushed(new StreamId(1), "a", sent("x", "y"), sent("z"));
    first.pushed(new StreamId(2), "b", sent("x", "y"), List.of());
    first.pushed(new StreamId(3), "b", sent("x"), List.of());

    PushedChange newest = history.changes().getFirst();
    assertThat(newest.cause()).isEqualTo("first");
    assertThat(newest.at()).isEqualTo(NOW);
    assertThat(newest.proxies()).isEqualTo(3);
    assertThat(newest.someProxies()).containsExactly("a", "b");
    assertThat(newest.kinds())
        .containsExactly(new PushedChange.Kind("cluster", 2, 1, List.of("x", "y", "-z")));
  }

  @Test
  void itIsBoundedInEveryDirection() {
    String[] names = IntStream.range(100, 400).mapToObj(i -> "c" + i).toArray(String[]::new);
    for (int i = 0; i < 300; i++) {
      History.Change change = history.begin(NOW, "change " + i);
      for (int proxy = 0; proxy < 40; proxy++) {
        change.pushed(new StreamId(proxy), "p" + proxy, sent(names), List.of());
      }
    }
    List<PushedChange> changes = history.changes();
    assertThat(changes).hasSize(256);
    assertThat(changes.getFirst().cause()).isEqualTo("change 299");
    assertThat(changes.getLast().cause()).isEqualTo("change 44");
    assertThat(changes)
        .allSatisfy(
            change -> {
              assertThat(change.proxies()).isEqualTo(40);
              assertThat(change.someProxies()).hasSize(20);
              assertThat(change.kinds().getFirst().changed()).isEqualTo(300);
              assertThat(change.kinds().getFirst().someNames()).hasSize(20);
            });
  }

  @Test
  void whatComesLateToAnOldChangeIsNotCounted() {
    History.Change old = history.begin(NOW, "old");
    old.pushed(new StreamId(1), "a", sent("x"), List.of());
    for (int i = 0; i < 16; i++) {
      history.begin(NOW, "newer").pushed(new StreamId(1), "a", sent("x"), List.of());
    }
    old.pushed(new StreamId(2), "b", sent("y"), List.of());
    assertThat(history.changes().getLast().proxies()).isEqualTo(1);
  }

  private static List<Convergence.Sent> sent(String... names) {
    return List.of(names).stream()
        .map(name -> new Convergence.Sent(ResourceKind.CLUSTER, name, "v"))
        .toList();
  }
}
