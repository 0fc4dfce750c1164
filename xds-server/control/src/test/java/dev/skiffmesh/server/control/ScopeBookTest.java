package dev.skiffmesh.server.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.server.state.SavedScope;
import dev.skiffmesh.server.state.SavedScope.Workload;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ScopeBookTest {

  private static final Instant NOW = ManualThreads.BEGINNING;
  private static final Workload ORDER = new Workload(new ServiceId("trading", "order"), "v1");

  private final Set<ServiceId> registered = new TreeSet<>(Set.of(ORDER.service()));
  private final List<SavedScope> kept = new ArrayList<>();

  @Test
  void anUnknownWorkloadHasNoPage() {
    ScopeBook book = new ScopeBook(registered::contains, kept::add);
    Workload invented = new Workload(new ServiceId("trading", "invented"), "");
    assertThat(book.keeps(invented)).isFalse();
    assertThat(book.used(invented, services(3), NOW)).isFalse();
    assertThat(book.of(invented)).isEmpty();
    assertThat(book.all()).isEmpty();
    assertThat(kept).isEmpty();
  }

  @Test
  void aWorkloadThatLeavesItsRegistryKeepsItsPageForItsLife() {
    ScopeBook book = new ScopeBook(registered::contains, kept::add);
    assertThat(book.used(ORDER, services(2), NOW)).isTrue();
    registered.clear();
    book.expire(NOW.plus(ScopeBook.LIFE));
    assertThat(book.of(ORDER)).hasSize(2);
    book.expire(NOW.plus(ScopeBook.LIFE).plusSeconds(1));
    assertThat(book.of(ORDER)).isEmpty();
    assertThat(kept.getLast().uses()).isEmpty();
  }

  @Test
  void usesAreBoundedAndRoomComesBack() {
    ScopeBook book = new ScopeBook(registered::contains, kept::add, 10);
    assertThat(book.used(ORDER, services(8), NOW)).isTrue();
    assertThat(book.findings()).isEmpty();
    Workload next = new Workload(ORDER.service(), "v2");
    // The new version begins with what the other uses, as far as there is room.
    assertThat(book.of(next)).hasSize(8);
    assertThat(book.all().stream().mapToInt(scope -> scope.uses().size()).sum()).isEqualTo(10);
    assertThat(book.findings()).hasSize(1);
    assertThat(book.used(next, services(20), NOW)).isFalse();

    book.expire(NOW.plus(ScopeBook.LIFE).plusSeconds(1));
    assertThat(book.findings()).isEmpty();
    assertThat(book.used(ORDER, services(10), NOW)).isTrue();
  }

  @Test
  void whatWasKeptIsWithinTheBoundsToo() {
    ScopeBook first = new ScopeBook(registered::contains, kept::add, 10);
    first.used(ORDER, services(10), NOW);
    ScopeBook book = new ScopeBook(registered::contains, kept::add, 4);
    book.restore(first.all());
    assertThat(book.of(ORDER)).hasSize(4);
    assertThat(book.findings()).hasSize(1);
  }

  private static Set<ServiceId> services(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> new ServiceId("trading", "called-" + i))
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
