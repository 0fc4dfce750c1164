package dev.skiffmesh.server.control;

import static dev.skiffmesh.server.control.TestingMesh.endpoints;
import static dev.skiffmesh.server.control.TestingMesh.id;
import static dev.skiffmesh.server.control.TestingMesh.services;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.api.model.Endpoint;
import dev.skiffmesh.api.model.World;
import dev.skiffmesh.api.source.SourceEvent;
import dev.skiffmesh.api.status.FindingCode;
import dev.skiffmesh.server.delivery.StreamId;
import dev.skiffmesh.server.status.SourceReport;
import dev.skiffmesh.translator.resource.ResourceKind;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ControlLoopServicesTest {

  private static final String PROXY = "trading/order/10.0.0.9:8080";

  @Test
  void whatASourceSaysIsTheWorld() {
    TestingMesh mesh = TestingMesh.fresh("files");
    mesh.send(endpoints("files", "stock", "10.0.0.3"));
    mesh.send(services("a.yaml", "order", "stock"));
    mesh.send(endpoints("files", "order", "10.0.0.1", "10.0.0.2"));
    mesh.synced();

    assertThat(mesh.world().services()).containsOnlyKeys(id("order"), id("stock"));
    assertThat(mesh.world().services().get(id("order")).registries()).containsExactly("files");
    assertThat(mesh.world().endpointsOf(id("order")).endpoints())
        .extracting(Endpoint::address)
        .containsExactly("10.0.0.1", "10.0.0.2");
    assertThat(mesh.world().endpointsOf(id("stock")).endpoints()).hasSize(1);
    assertThat(mesh.report().sources().getFirst().state()).isEqualTo(SourceReport.State.SYNCED);
    assertThat(mesh.report().sources().getFirst().endpoints()).isEqualTo(3);
  }

  @Test
  void aServiceThatIsGoneTakesItsEndpointsAlong() {
    TestingMesh mesh = TestingMesh.fresh("files");
    mesh.send(services("a.yaml", "order", "stock")).send(endpoints("files", "order", "10.0.0.1"));
    mesh.synced();
    mesh.send(services("a.yaml", "stock")).settled();
    assertThat(mesh.world().services()).containsOnlyKeys(id("stock"));
    assertThat(mesh.world().endpoints()).isEmpty();

    mesh.send(services("a.yaml", "order", "stock")).settled();
    assertThat(mesh.world().endpointsOf(id("order")).endpoints()).isEmpty();
  }

  @Test
  void aServiceMayMoveFromFileToFile() {
    TestingMesh mesh = TestingMesh.fresh("files");
    mesh.send(services("b.yaml", "order")).send(endpoints("files", "order", "10.0.0.1"));
    mesh.synced();
    World before = mesh.world();
    mesh.send(services("a.yaml", "order")).settled();
    mesh.send(services("b.yaml")).settled();
    assertThat(mesh.world()).isEqualTo(before);
  }

  @Test
  void whatChangesNothingMakesNoWorld() {
    TestingMesh mesh = TestingMesh.fresh("files");
    mesh.send(services("a.yaml", "order")).send(endpoints("files", "order", "10.0.0.1"));
    mesh.send(mesh.put("canary", "target=trading/order"));
    mesh.synced();
    StreamId stream = mesh.delivery.connect(mesh.loop, PROXY);
    mesh.settled();
    World before = mesh.world();
    int evaluated = mesh.translations.evaluated.get();
    int published = mesh.delivery.published(stream).size();

    mesh.send(services("a.yaml", "order")).send(endpoints("files", "order", "10.0.0.1"));
    mesh.send(mesh.put("canary", "target=trading/order"));
    mesh.synced();

    assertThat(mesh.world()).isSameAs(before);
    assertThat(mesh.translations.evaluated).hasValue(evaluated);
    assertThat(mesh.delivery.published(stream)).hasSize(published);
  }

  @Test
  void endpointsGoOutAtOnceAndTranslateNothing() {
    TestingMesh mesh = TestingMesh.fresh("files");
    mesh.send(services("a.yaml", "order", "stock")).send(endpoints("files", "order", "10.0.0.1"));
    mesh.synced();
    StreamId stream = mesh.delivery.connect(mesh.loop, PROXY);
    mesh.settled();
    World before = mesh.world();
    int translated = mesh.translations.translated.get();
    int assigned = mesh.translations.assigned.get();
    int published = mesh.delivery.published(stream).size();

    mesh.send(endpoints("files", "order", "10.0.0.1", "10.0.0.2"));
    mesh.threads.run();

    assertThat(mesh.delivery.published(stream)).hasSize(published + 1);
    TestingDelivery.Published newest = mesh.delivery.published(stream).getLast();
    assertThat(newest.changedAssignments()).containsExactly("trading/order");
    assertThat(
            newest
                .snapshot()
                .get(ResourceKind.ENDPOINT, "trading/order")
                .orElseThrow()
                .any()
                .toStringUtf8())
        .contains("10.0.0.2");
    assertThat(mesh.translations.translated).hasValue(translated);
    assertThat(mesh.translations.assigned).hasValue(assigned + 1);
    mesh.settled();
    assertThat(mesh.world().services()).isSameAs(before.services());
    assertThat(mesh.world().policies()).isSameAs(before.policies());
  }

  @Test
  void aBurstOfEndpointsIsMergedBehindTheFirst() {
    TestingMesh mesh = TestingMesh.fresh("files");
    mesh.send(services("a.yaml", "order", "stock"));
    mesh.synced();
    StreamId stream = mesh.delivery.connect(mesh.loop, PROXY);
    mesh.settled();
    int published = mesh.delivery.published(stream).size();

    for (int i = 1; i <= 100; i++) {
      mesh.send(endpoints("files", "order", "10.0.0." + i));
    }
    mesh.send(endpoints("files", "stock", "10.0.1.1"));
    mesh.threads.run();

    assertThat(mesh.delivery.published(stream)).hasSize(published + 1);
    assertThat(mesh.delivery.published(stream).getLast().changedAssignments())
        .isEqualTo(Set.of("trading/order", "trading/stock"));
  }

  @Test
  void servicesWaitForQuietAndNeverLongerThanTheMaximum() {
    TestingMesh mesh = TestingMesh.fresh("files");
    mesh.synced();
    int evaluated = mesh.translations.evaluated.get();
    mesh.send(services("a.yaml", "order"));
    mesh.threads.advance(Duration.ofMillis(9));
    assertThat(mesh.translations.evaluated).hasValue(evaluated);
    mesh.threads.advance(Duration.ofMillis(1));
    assertThat(mesh.translations.evaluated).hasValue(evaluated + 1);

    // One every 5 ms is never quiet for 10 ms.
    for (int i = 0; i < 40; i++) {
      mesh.send(services("b.yaml", "stock-" + i));
      mesh.threads.advance(Duration.ofMillis(5));
    }
    assertThat(mesh.translations.evaluated.get() - evaluated).isBetween(2, 3);
    mesh.settled();
    assertThat(mesh.world().services()).containsOnlyKeys(id("order"), id("stock-39"));
  }

  @Test
  void aLostSourceKeepsWhatIsKnown() {
    TestingMesh mesh = TestingMesh.fresh("legacy");
    mesh.send(services("public", "order")).send(endpoints("legacy", "order", "10.0.0.1"));
    mesh.synced();
    World before = mesh.world();

    mesh.send(new SourceEvent.Lost("connection refused")).settled();

    assertThat(mesh.world()).isSameAs(before);
    assertThat(mesh.report().sources().getFirst().state()).isEqualTo(SourceReport.State.LOST);
    assertThat(mesh.report().sources().getFirst().reason()).isEqualTo("connection refused");
    assertThat(mesh.report().readiness().ready()).isTrue();
    assertThat(mesh.report().readiness().notes()).singleElement().asString().contains("legacy");
    assertThat(mesh.findings(FindingCode.SOURCE_LOST)).hasSize(1);

    mesh.synced();
    assertThat(mesh.findings(FindingCode.SOURCE_LOST)).isEmpty();
    assertThat(mesh.report().readiness().notes()).isEmpty();
  }

  @Test
  void oneServiceInTwoRegistriesIsOneService() {
    TestingMesh mesh = TestingMesh.fresh("files", "legacy");
    mesh.sources.get(1).send(services("public", "order"));
    mesh.sources.get(1).send(endpoints("legacy", "order", "10.0.0.1", "10.0.0.2"));
    mesh.synced();
    assertThat(mesh.world().endpointsOf(id("order")).endpoints())
        .allSatisfy(endpoint -> assertThat(endpoint.labels()).isEmpty());
    assertThat(mesh.findings(FindingCode.MERGED_SERVICE)).hasSize(1);

    mesh.send(services("a.yaml", "order"));
    mesh.send(endpoints("files", "order", "10.0.0.2", "10.0.0.3"));
    mesh.settled();

    assertThat(mesh.world().services().get(id("order")).registries())
        .containsExactly("files", "legacy");
    assertThat(mesh.world().endpointsOf(id("order")).endpoints())
        .extracting(
            endpoint ->
                endpoint.address() + " " + endpoint.labels().get(RegistryMerge.REGISTRY_LABEL))
        .containsExactly("10.0.0.2 files", "10.0.0.3 files", "10.0.0.1 legacy");
    // One is the fake translator's own.
    assertThat(mesh.findings(FindingCode.MERGED_SERVICE))
        .hasSize(2)
        .anySatisfy(
            finding -> {
              assertThat(finding.subject()).isEqualTo("Service trading/order");
              assertThat(finding.message()).contains("'files', 'legacy'", "'files' counts");
            });

    mesh.send(services("a.yaml")).settled();
    assertThat(mesh.world().endpointsOf(id("order")).endpoints())
        .extracting(Endpoint::address)
        .containsExactly("10.0.0.1", "10.0.0.2");
  }
}
