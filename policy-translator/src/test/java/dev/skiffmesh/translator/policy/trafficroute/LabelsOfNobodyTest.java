package dev.skiffmesh.translator.policy.trafficroute;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.api.document.Decoded;
import dev.skiffmesh.api.document.RawDocument;
import dev.skiffmesh.api.model.World;
import dev.skiffmesh.api.policy.Policy;
import dev.skiffmesh.api.status.Finding;
import dev.skiffmesh.registry.core.DocumentReader;
import dev.skiffmesh.registry.core.ServiceDocuments;
import dev.skiffmesh.registry.core.ServiceDocuments.Registered;
import dev.skiffmesh.translator.Translator;
import java.util.List;
import org.junit.jupiter.api.Test;

class LabelsOfNobodyTest {

  private static final String ORDER =
      """
      apiVersion: skiffmesh.dev/v1alpha1
      kind: Service
      metadata: {name: order, namespace: trading}
      spec:
        aliases: [ORDER_SERVICE]
        ports: [{name: http, port: 80, protocol: http}]
        endpoints:
          - {address: 10.1.0.1, port: 8080, labels: {version: v1}}
          - {address: 10.1.0.2, port: 8080, labels: {version: %s}}
      """;

  private static final String SPLIT =
      """
      apiVersion: skiffmesh.dev/v1alpha1
      kind: TrafficRoute
      metadata: {name: split, namespace: trading}
      spec:
        targetRefs: [{kind: Service, name: %s}]
        rules:
          - name: x
            %s
            destinations: [{labels: {version: v2}, weight: 80}, {labels: {version: v9}, weight: 20}]
      """;

  private final LabelsOfNobody labels = new LabelsOfNobody();
  private World world = World.EMPTY;

  private void say(String text) {
    Translator translator = new Translator("skiff-system");
    for (RawDocument document : new DocumentReader().read("files", "a.yaml", text).documents()) {
      if (document.key().kind().equals(ServiceDocuments.KIND)) {
        if (ServiceDocuments.decode(document) instanceof Decoded.Ok<Registered>(var registered)) {
          var id = registered.service().id();
          boolean known = registered.service().equals(world.services().get(id));
          world =
              new World(
                  known ? world.services() : world.services().plus(id, registered.service()),
                  world.endpoints().plus(id, registered.endpoints()),
                  world.policies());
        }
      } else if (translator.decode(document, 1) instanceof Decoded.Ok<Policy<?>>(var policy)) {
        world =
            new World(
                world.services(), world.endpoints(), world.policies().plus(policy.key(), policy));
      }
    }
  }

  private List<String> findings() {
    return labels.of(world).stream().map(Finding::message).toList();
  }

  @Test
  void saysWhichLabelsNobodyHasAndWhichAreThere() {
    say(ORDER.formatted("v2"));
    say(SPLIT.formatted("order", ""));

    assertThat(findings())
        .containsExactly(
            "no instance of trading/order has version=v9, which rule x sends calls to; labels"
                + " there: version=v1, version=v2");
  }

  @Test
  void followsTheEndpointsAndLooksAtNothingElse() {
    say(ORDER.formatted("v2"));
    say(SPLIT.formatted("ORDER_SERVICE", ""));
    assertThat(findings()).hasSize(1);
    assertThat(labels.compared()).isEqualTo(2);

    assertThat(findings()).hasSize(1);
    say(ORDER.formatted("v7").replace("name: order", "name: other"));
    assertThat(findings()).hasSize(1);
    say(ORDER.formatted("v9"));
    assertThat(findings())
        .singleElement()
        .asString()
        .startsWith("no instance of trading/order has version=v2");
    int before = labels.compared();
    assertThat(findings()).hasSize(1);
    assertThat(labels.compared()).isEqualTo(before);
  }

  @Test
  void whatFallsBackOrHasNoInstanceAtAllIsAnotherMatter() {
    say(ORDER.formatted("v2"));
    say(SPLIT.formatted("order", "whenEmpty: Fallback"));
    assertThat(findings()).isEmpty();

    say(SPLIT.formatted("order", ""));
    assertThat(findings()).hasSize(1);
    say(ORDER.substring(0, ORDER.indexOf("    - {address")).replace("endpoints:", "endpoints: []"));
    assertThat(findings()).isEmpty();
  }
}
