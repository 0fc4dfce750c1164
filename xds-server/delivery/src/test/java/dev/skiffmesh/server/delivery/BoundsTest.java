package dev.skiffmesh.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ListValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.skiffmesh.server.delivery.testing.TestingSnapshot;
import dev.skiffmesh.translator.resource.ResourceKind;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a peer says is cut where it is read. */
class BoundsTest {

  private static final String LONG = "x".repeat(100_000);

  private final ProtocolVariant.Delta delta =
      ProtocolVariant.Delta.under(DeliveryRules.of(TestingSnapshot::emptyAssignment, 32));

  @Test
  void of_the_words_of_a_rejection_four_kilobytes_are_kept() {
    var request = DeltaDiscoveryRequest.newBuilder();
    request.getErrorDetailBuilder().setMessage(LONG);
    var event = (StreamEvent.DeltaRequest) delta.event(request.build(), kind(), Instant.EPOCH);
    assertThat(event.errorText()).hasSize(Bounds.ERROR_TEXT + 3).endsWith("x...");
  }

  @Test
  void an_empty_name_and_one_too_long_are_passed_over() {
    var event =
        (StreamEvent.DeltaRequest)
            delta.event(
                DeltaDiscoveryRequest.newBuilder()
                    .addAllResourceNamesSubscribe(List.of("", "a", LONG))
                    .addAllResourceNamesUnsubscribe(List.of(LONG, "b", ""))
                    .putInitialResourceVersions("", "1")
                    .putInitialResourceVersions(LONG, "1")
                    .putInitialResourceVersions("c", LONG)
                    .build(),
                kind(),
                Instant.EPOCH);
    assertThat(event.subscribe()).containsExactly("a");
    assertThat(event.unsubscribe()).containsExactly("b");
    assertThat(event.initialVersions()).containsOnlyKeys("c");
    assertThat(event.initialVersions().get("c")).hasSizeLessThan(200);
  }

  @Test
  void in_state_of_the_world_too() {
    var sotw = ProtocolVariant.Sotw.under(DeliveryRules.of(TestingSnapshot::emptyAssignment, 1));
    var event =
        (StreamEvent.SotwRequest)
            sotw.event(
                DiscoveryRequest.newBuilder()
                    .addAllResourceNames(List.of("", "a", LONG))
                    .setVersionInfo(LONG)
                    .setResponseNonce(LONG)
                    .build(),
                kind(),
                Instant.EPOCH);
    assertThat(event.names()).containsExactly("a");
    assertThat(event.version()).hasSizeLessThan(200);
    assertThat(event.nonce()).hasSizeLessThan(100);
  }

  @Test
  void a_node_keeps_what_is_read_of_it() {
    Node.Builder loud =
        Node.newBuilder()
            .setId("p")
            .setCluster(LONG)
            .setUserAgentName(LONG)
            .setUserAgentVersion(LONG)
            .setMetadata(
                Struct.newBuilder()
                    .putFields("skiff", text("kept"))
                    .putFields("other", text(LONG)));
    loud.getLocalityBuilder().setZone(LONG);
    for (int i = 0; i < 1_000; i++) {
      loud.addExtensionsBuilder().setName("envoy.filters.http.router" + i);
      loud.addClientFeatures(LONG);
    }
    Node kept = Bounds.node(loud.build());
    assertThat(kept.getSerializedSize()).isLessThan(32 << 10);
    assertThat(kept.getMetadata().getFieldsMap()).containsOnlyKeys("skiff");
    assertThat(Bounds.flaw(kept)).isNull();
  }

  @Test
  void an_id_that_is_too_long_is_refused_since_two_cut_ones_might_be_equal() {
    assertThat(Bounds.flaw(Node.newBuilder().setId(LONG).build()))
        .isEqualTo("`node.id` must have at most 1024 characters, found 100000");
  }

  @Test
  void ports_and_labels_are_as_many_as_a_workload_has() {
    Struct.Builder labels = Struct.newBuilder().putFields("long", text(LONG));
    ListValue.Builder ports = ListValue.newBuilder();
    for (int i = 0; i < 1_000; i++) {
      labels.putFields("label%04d".formatted(i), text("v"));
      ports.addValues(
          Value.newBuilder()
              .setStructValue(
                  Struct.newBuilder()
                      .putFields("inbound", text("8080"))
                      .putFields("app", text("9090"))
                      .putFields("name", text(LONG))
                      .putFields("protocol", text(LONG))));
    }
    NodeReading reading =
        NodeReader.read(
            Node.newBuilder()
                .setId("p")
                .setMetadata(
                    Struct.newBuilder()
                        .putFields(
                            "skiff",
                            Value.newBuilder()
                                .setStructValue(
                                    Struct.newBuilder()
                                        .putFields(
                                            "labels",
                                            Value.newBuilder().setStructValue(labels).build())
                                        .putFields(
                                            "ports",
                                            Value.newBuilder().setListValue(ports).build()))
                                .build()))
                .build(),
            true);
    assertThat(reading.identity().workload().labels())
        .hasSize(NodeReader.MOST_LABELS)
        .containsKey("label0255")
        .doesNotContainKey("long");
    assertThat(reading.identity().ports()).hasSize(NodeReader.MOST_PORTS);
    assertThat(reading.findings()).hasSizeLessThan(80);
    assertThat(reading.findings())
        .allSatisfy(finding -> assertThat(finding.message()).hasSizeLessThan(500));
  }

  private static ResourceKind kind() {
    return ResourceKind.CLUSTER;
  }

  private static Value text(String text) {
    return Value.newBuilder().setStringValue(text).build();
  }
}
