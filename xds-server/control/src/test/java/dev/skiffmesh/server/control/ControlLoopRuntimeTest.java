package dev.skiffmesh.server.control;

import static dev.skiffmesh.server.control.TestingMesh.key;
import static dev.skiffmesh.server.control.TestingMesh.services;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.source.SourceEvent;
import dev.skiffmesh.api.status.FindingCode;
import dev.skiffmesh.server.delivery.StreamId;
import dev.skiffmesh.translator.resource.Resource;
import dev.skiffmesh.translator.resource.ResourceKind;
import dev.skiffmesh.translator.resource.RuntimeLayer;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.SortedSet;
import org.junit.jupiter.api.Test;

/** What harms goes on only while the source of its policy answers. */
class ControlLoopRuntimeTest {

  private static final String NODE = "trading/order/10.0.0.1:8080";
  private static final String HARM = "target=trading/order harm=1";

  @Test
  void keysAreRenewedEachFiveSecondsAndProxiesWithoutCostNothing() {
    TestingMesh mesh = started("files");
    StreamId proxy = mesh.delivery.connect(mesh.loop, NODE);
    mesh.settled();
    mesh.threads.advance(Duration.ofSeconds(60));
    assertThat(mesh.delivery.renewals(proxy)).isZero();

    mesh.send(mesh.put("harm", HARM)).settled();
    assertThat(harming(mesh, proxy)).containsExactly(key("harm"));
    mesh.threads.advance(Duration.ofSeconds(60));
    assertThat(mesh.delivery.renewals(proxy)).isEqualTo(12);

    mesh.send(new SourceEvent.PolicyDeleted(key("harm"))).settled();
    assertThat(layer(mesh, proxy)).isEqualTo(RuntimeLayer.NOTHING);
    mesh.threads.advance(Duration.ofSeconds(60));
    assertThat(mesh.delivery.renewals(proxy)).isEqualTo(12);
  }

  @Test
  void aSilentSourceEndsWhatItsPoliciesHarmAndNothingElse() {
    TestingMesh mesh = started("files");
    mesh.send(mesh.put("harm", HARM)).settled();
    StreamId proxy = mesh.delivery.connect(mesh.loop, NODE);
    mesh.settled();
    Resource cluster = cluster(mesh, proxy);
    mesh.threads.advance(Duration.ofSeconds(30));

    mesh.sources.getFirst().silentFor(Duration.ofSeconds(14));
    mesh.threads.advance(Duration.ofSeconds(2));
    assertThat(harming(mesh, proxy)).containsExactly(key("harm"));
    assertThat(mesh.findings(FindingCode.SOURCE_SILENT)).isEmpty();

    mesh.sources.getFirst().silentFor(Duration.ofSeconds(15));
    mesh.threads.advance(Duration.ofSeconds(1));
    assertThat(layer(mesh, proxy)).isEqualTo(RuntimeLayer.NOTHING);
    assertThat(cluster(mesh, proxy)).isEqualTo(cluster);
    mesh.settled();
    assertThat(mesh.findings(FindingCode.SOURCE_SILENT))
        .singleElement()
        .satisfies(finding -> assertThat(finding.subject()).isEqualTo("files"))
        .satisfies(finding -> assertThat(finding.message()).contains(key("harm").toString()));
    int renewals = mesh.delivery.renewals(proxy);
    mesh.threads.advance(Duration.ofSeconds(60));
    assertThat(mesh.delivery.renewals(proxy)).isEqualTo(renewals);

    mesh.sources.getFirst().silentFor(Duration.ofSeconds(1));
    mesh.threads.advance(Duration.ofSeconds(1));
    assertThat(harming(mesh, proxy)).containsExactly(key("harm"));
    mesh.settled();
    assertThat(mesh.findings(FindingCode.SOURCE_SILENT)).isEmpty();
  }

  @Test
  void aSourceThatNeverAnsweredHarmsNobody() {
    TestingMesh mesh = started("files");
    mesh.sources.getFirst().silentFor(null);
    mesh.send(mesh.put("harm", HARM)).settled();
    StreamId proxy = mesh.delivery.connect(mesh.loop, NODE);
    mesh.settled();
    assertThat(mesh.world().policies()).containsKey(key("harm"));
    assertThat(mesh.delivery.published(proxy))
        .extracting(published -> published.snapshot().resources().of(ResourceKind.RUNTIME))
        .allMatch(layers -> layers.containsValue(RuntimeLayer.NOTHING));
  }

  @Test
  void onlyTheSilentSourcesPoliciesAreWithheld() {
    TestingMesh mesh = started("files", "other");
    mesh.send(mesh.put("harm", HARM));
    mesh.sources
        .get(1)
        .send(
            new SourceEvent.PolicyPut(TestingMesh.document("other", "b.yaml", "otherharm", HARM)));
    StreamId proxy = mesh.delivery.connect(mesh.loop, NODE);
    mesh.settled();
    assertThat(harming(mesh, proxy)).containsExactly(key("harm"), key("otherharm"));
    mesh.sources.getFirst().silentFor(Duration.ofHours(1));
    mesh.threads.advance(Duration.ofSeconds(1));
    assertThat(harming(mesh, proxy)).containsExactly(key("otherharm"));
    mesh.threads.advance(Duration.ofSeconds(5));
    assertThat(mesh.delivery.renewals(proxy)).isPositive();
  }

  @Test
  void aDocumentThatCannotBeReadHarmsNobody() {
    TestingMesh mesh = started("files");
    mesh.send(mesh.put("harm", HARM)).settled();
    StreamId proxy = mesh.delivery.connect(mesh.loop, NODE);
    mesh.settled();
    mesh.send(TestingMesh.unreadable("other.yaml")).settled();
    mesh.threads.advance(Duration.ofSeconds(1));
    assertThat(harming(mesh, proxy)).containsExactly(key("harm"));
    mesh.send(TestingMesh.unreadable("harm.yaml"));
    mesh.threads.advance(Duration.ofSeconds(1));
    assertThat(layer(mesh, proxy)).isEqualTo(RuntimeLayer.NOTHING);
    mesh.send(TestingMesh.readable("harm.yaml"));
    mesh.threads.advance(Duration.ofSeconds(1));
    assertThat(harming(mesh, proxy)).containsExactly(key("harm"));
  }

  @Test
  void whatARestartBroughtBackHarmsNobodyUntilItsSourceSaysItAgain() {
    TestingMesh before = started("files");
    before.send(before.put("harm", HARM)).settled();

    TestingMesh mesh = before.restarted();
    mesh.threads.advance(ControlSettings.DEFAULT.startupTimeout());
    StreamId proxy = mesh.delivery.connect(mesh.loop, NODE);
    mesh.settled();
    assertThat(mesh.world().policies()).containsKey(key("harm"));
    assertThat(layer(mesh, proxy)).isEqualTo(RuntimeLayer.NOTHING);
    mesh.send(mesh.put("harm", HARM));
    mesh.synced();
    mesh.threads.advance(Duration.ofSeconds(1));
    assertThat(harming(mesh, proxy)).containsExactly(key("harm"));
  }

  private static TestingMesh started(String... sources) {
    TestingMesh mesh = TestingMesh.fresh(sources);
    mesh.send(services("a.yaml", "order"));
    return mesh.synced();
  }

  private static Resource layer(TestingMesh mesh, StreamId proxy) {
    return Objects.requireNonNull(
        mesh.delivery.newest(proxy).resources().of(ResourceKind.RUNTIME).get(RuntimeLayer.NAME));
  }

  private static SortedSet<DocumentKey> harming(TestingMesh mesh, StreamId proxy) {
    return layer(mesh, proxy).provenance().policies();
  }

  private static Resource cluster(TestingMesh mesh, StreamId proxy) {
    List<Resource> clusters =
        List.copyOf(mesh.delivery.newest(proxy).resources().of(ResourceKind.CLUSTER).values());
    return clusters.getFirst();
  }
}
