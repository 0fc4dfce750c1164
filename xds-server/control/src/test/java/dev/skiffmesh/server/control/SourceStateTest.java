package dev.skiffmesh.server.control;

import static dev.skiffmesh.server.control.TestingMesh.document;
import static dev.skiffmesh.server.control.TestingMesh.endpoint;
import static dev.skiffmesh.server.control.TestingMesh.endpoints;
import static dev.skiffmesh.server.control.TestingMesh.id;
import static dev.skiffmesh.server.control.TestingMesh.key;
import static dev.skiffmesh.server.control.TestingMesh.readable;
import static dev.skiffmesh.server.control.TestingMesh.service;
import static dev.skiffmesh.server.control.TestingMesh.services;
import static dev.skiffmesh.server.control.TestingMesh.unreadable;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.api.model.EndpointSet;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.source.SourceEvent;
import dev.skiffmesh.server.state.SavedService;
import dev.skiffmesh.server.status.SourceReport;
import dev.skiffmesh.server.status.SourceRole;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class SourceStateTest {

  private static final Instant NOW = ManualThreads.BEGINNING;

  private final InMemorySource source = new InMemorySource("files");
  private final SourceState state =
      new SourceState(
          new ConfiguredSource(source, new TreeSet<>(Arrays.asList(SourceRole.values()))), NOW);

  private SourceState.Touched say(SourceEvent event) {
    return state.apply(state.meant(event), NOW);
  }

  private void restore(String portion, String... names) {
    SortedMap<ServiceId, SavedService> saved = new TreeMap<>();
    for (String name : names) {
      saved.put(
          id(name),
          new SavedService(
              portion,
              service(name),
              new EndpointSet(List.of(endpoint("files", "10.0.0.1", 80, 1)))));
    }
    state.restoreServices(saved, NOW);
  }

  @Test
  void whatWasRestoredIsKeptUntilTheSourceHasTold() {
    restore("a.yaml", "order");
    assertThat(state.state()).isEqualTo(SourceReport.State.STALE);
    assertThat(state.unsaid()).isEmpty();
    assertThat(state.services()).containsOnlyKeys(id("order"));
    assertThat(state.isUnknownRegistry()).isFalse();

    say(new SourceEvent.Synced());
    assertThat(state.unsaid())
        .containsExactly(
            new SourceEvent.ServicesChanged(
                "a.yaml", new TreeMap<>(), new TreeSet<>(List.of(id("order")))));
  }

  @Test
  void aPortionThatLostItsLastGoodServiceWhileUnreadableIsForgottenWhole() {
    restore("a.yaml", "order");
    say(unreadable("a.yaml"));
    say(services("a.yaml", "order"));
    say(new SourceEvent.Synced());
    say(services("a.yaml"));
    say(readable("a.yaml"));

    assertThat(state.services()).isEmpty();
    assertThat(state.unsaid()).isEmpty();
  }

  @Test
  void whatIsSaidAgainWithoutEndpointsHasNone() {
    restore("a.yaml", "order");
    say(services("a.yaml", "order"));
    say(new SourceEvent.Synced());
    assertThat(state.unsaid())
        .containsExactly(new SourceEvent.EndpointsReplaced(id("order"), EndpointSet.EMPTY));
    say(endpoints("files", "order", "10.0.0.2"));
    assertThat(state.unsaid()).isEmpty();
  }

  @Test
  void aFolderThatCannotBeListedHidesWhatIsInIt() {
    restore("sub/a.yaml", "order");
    state.restoreDocument(document("files", "sub/p.yaml", "canary", "x"), NOW);
    say(unreadable("sub"));
    say(new SourceEvent.Synced());
    assertThat(state.unsaid()).isEmpty();
    assertThat(state.dropUnsaid()).isEmpty();

    say(readable("sub"));
    assertThat(state.unsaid()).hasSize(1);
    assertThat(state.dropUnsaid()).containsExactly(key("canary"));
    assertThat(state.document(key("canary"))).isEmpty();
  }

  @Test
  void whatCouldNotBeReadMayStillBeThere() {
    restore("a.yaml", "order", "stock");
    say(unreadable("a.yaml"));
    say(services("a.yaml", "stock"));
    assertThat(state.services()).containsOnlyKeys(id("order"), id("stock"));
    say(readable("a.yaml"));
    say(services("a.yaml", "stock"));
    assertThat(state.services()).containsOnlyKeys(id("stock"));
  }

  @Test
  void aServiceInTwoPortionsLivesUntilBothHaveDroppedIt() {
    say(services("a.yaml", "order"));
    say(services("b.yaml", "order"));
    assertThat(say(services("a.yaml")).services()).containsExactly(id("order"));
    assertThat(state.services().get(id("order")).portion()).isEqualTo("b.yaml");
    say(services("b.yaml"));
    assertThat(state.services()).isEmpty();
  }

  @Test
  void endpointsThatComeFirstAreFoundByTheirService() {
    assertThat(say(endpoints("files", "order", "10.0.0.7")).services()).isEmpty();
    say(services("a.yaml", "order"));
    assertThat(state.services().get(id("order")).endpoints().endpoints()).hasSize(1);
    assertThat(state.report(List.of()).endpoints()).isEqualTo(1);
    say(services("a.yaml"));
    assertThat(state.report(List.of()).endpoints()).isZero();
  }

  @Test
  void itVouchesForWhatItHasLatelyBeenSeenToHold() {
    Duration life = Duration.ofSeconds(15);
    say(new SourceEvent.PolicyPut(document("files", "sub/p.yaml", "canary", "x")));
    assertThat(state.vouchesFor(key("canary"), life)).isTrue();
    source.silentFor(life);
    assertThat(state.vouchesFor(key("canary"), life)).isFalse();
    source.silentFor(Duration.ZERO);
    say(unreadable("sub"));
    assertThat(state.vouchesFor(key("canary"), life)).isFalse();
    assertThat(state.vouchesFor(key("other"), life)).isFalse();
  }

  @Test
  void nothingIsKnownUntilItAnswersOnce() {
    say(services("a.yaml", "order"));
    say(new SourceEvent.Lost("away"));
    assertThat(state.isUnknownRegistry()).isTrue();
    say(new SourceEvent.Synced());
    say(new SourceEvent.Lost("away"));
    assertThat(state.isUnknownRegistry()).isFalse();
  }
}
