package dev.skiffmesh.translator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.api.document.Decoded;
import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.document.Origin;
import dev.skiffmesh.api.document.Position;
import dev.skiffmesh.api.document.RawDocument;
import dev.skiffmesh.api.document.RawNode;
import dev.skiffmesh.api.document.RawNode.Entry;
import dev.skiffmesh.api.document.RawNode.Mapping;
import dev.skiffmesh.api.document.RawNode.Scalar;
import dev.skiffmesh.api.document.RawNode.ScalarType;
import dev.skiffmesh.api.document.RawNode.Sequence;
import dev.skiffmesh.api.model.ProxyIdentity;
import dev.skiffmesh.api.model.World;
import dev.skiffmesh.api.policy.Policy;
import dev.skiffmesh.api.status.FindingCode;
import dev.skiffmesh.translator.testing.RandomRoutes;
import dev.skiffmesh.translator.testing.TestingMesh;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.statistics.Statistics;

class TranslatorPropertyTest {

  private static final Position PLACE = new Position(1, 1);
  private static final TestingMesh MESH =
      TestingMesh.read(
          "mesh.yaml",
          """
          apiVersion: skiffmesh.dev/v1alpha1
          kind: Service
          metadata: {name: order, namespace: trading}
          spec: {aliases: [ORDER_SERVICE], ports: [{name: http, port: 8080, protocol: http}, {name: rpc, port: 9000, protocol: grpc}]}
          ---
          apiVersion: skiffmesh.dev/v1alpha1
          kind: Service
          metadata: {name: risk, namespace: trading}
          spec: {ports: [{name: mixed, port: 8080, protocol: http2}]}
          ---
          apiVersion: skiffmesh.dev/v1alpha1
          kind: TimeoutPolicy
          metadata: {name: patience, namespace: trading}
          spec: {targetRefs: [{kind: Namespace}], request: 3s}
          ---
          apiVersion: skiffmesh.dev/v1alpha1
          kind: Proxy
          metadata: {name: gateway, namespace: trading}
          spec: {}
          ---
          apiVersion: skiffmesh.dev/v1alpha1
          kind: Proxy
          metadata: {name: proxyless, namespace: trading}
          spec: {dialect: Grpc}
          """);

  @Provide
  Arbitrary<RawDocument> documents() {
    return Combinators.combine(
            Arbitraries.of("TrafficRoute", "TimeoutPolicy", "PolicyGrant", "trafficroute", ""),
            Arbitraries.recursive(this::scalars, this::around, 0, 5))
        .as(TranslatorPropertyTest::document);
  }

  private Arbitrary<RawNode> scalars() {
    return Arbitraries.oneOf(
            Arbitraries.strings().ofMaxLength(20),
            Arbitraries.of("order", "3s", "-1", "0", "/a", "Service", "((a{1000}){1000}){1000}"))
        .map(text -> (RawNode) new Scalar(text, ScalarType.ofPlain(text), PLACE));
  }

  private Arbitrary<RawNode> around(Arbitrary<RawNode> inner) {
    Arbitrary<RawNode> lists =
        inner.list().ofMaxSize(3).map(items -> (RawNode) new Sequence(items, PLACE));
    Arbitrary<Entry> entries =
        Combinators.combine(Arbitraries.of(RandomRoutes.FIELDS), inner)
            .as((name, value) -> new Entry(name, PLACE, value));
    return Arbitraries.oneOf(
        lists, entries.list().ofMaxSize(4).map(fields -> (RawNode) new Mapping(fields, PLACE)));
  }

  private static RawDocument document(String kind, RawNode spec) {
    Mapping metadata = new Mapping(List.of(entry("name", "x"), entry("namespace", "y")), PLACE);
    Mapping root =
        new Mapping(
            List.of(
                entry("apiVersion", RawDocument.API_VERSION),
                entry("kind", kind),
                new Entry("metadata", PLACE, metadata),
                new Entry("spec", PLACE, spec)),
            PLACE);
    return new RawDocument(
        new DocumentKey(kind, "y", "x"), root, new Origin("test", "a.yaml", PLACE), "");
  }

  private static Entry entry(String name, String value) {
    return new Entry(name, PLACE, new Scalar(value, ScalarType.TEXT, PLACE));
  }

  @Property(tries = 2000)
  void decodingNeverThrows(@ForAll("documents") RawDocument document) {
    switch (MESH.translator().decode(document, 1)) {
      case Decoded.Ok<Policy<?>>(Policy<?> policy) ->
          assertThat(policy.key()).isEqualTo(document.key());
      case Decoded.Rejected<Policy<?>> rejected -> assertThat(rejected.violations()).isNotEmpty();
    }
  }

  @Provide
  Arbitrary<String> routes() {
    return RandomRoutes.texts();
  }

  /**
   * Whatever the decoder takes passes the last gate: a refusal there would take a whole service's
   * routes with it, for what its writer should have been told.
   */
  @Property(tries = 1000)
  void whatIsValidCanBeSent(@ForAll("routes") String text) {
    Decoded<Policy<?>> decoded = MESH.translator().decode(TestingMesh.document(text), 1);
    Statistics.label("valid")
        .collect(decoded instanceof Decoded.Ok<Policy<?>>)
        .coverage(coverage -> coverage.check(true).percentage(share -> share > 20));
    if (decoded instanceof Decoded.Ok<Policy<?>>(Policy<?> policy)) {
      TestingMesh mesh =
          new TestingMesh(
              MESH.translator(),
              TestingMesh.with(MESH.world(), policy),
              MESH.violations(),
              MESH.proxies());
      for (ProxyIdentity proxy : mesh.proxies()) {
        assertThat(mesh.translation(proxy).findings())
            .as(text)
            .noneMatch(finding -> finding.code() == FindingCode.GATE_REFUSED);
      }
    }
  }

  @Provide
  Arbitrary<List<String>> manyRoutes() {
    return RandomRoutes.texts().list().ofMinSize(2).ofMaxSize(4);
  }

  @Property(tries = 200)
  void theOrderInWhichPoliciesComeDoesNotMatter(@ForAll("manyRoutes") List<String> texts) {
    List<Policy<?>> policies = new ArrayList<>();
    for (int i = 0; i < texts.size(); i++) {
      String text = texts.get(i).replace("name: random", "name: random-" + i);
      if (MESH.translator().decode(TestingMesh.document(text), 1)
          instanceof Decoded.Ok<Policy<?>>(Policy<?> policy)) {
        policies.add(policy);
      }
    }
    ProxyIdentity proxy = MESH.proxies().getFirst();
    Translator one = new Translator("skiff-system");
    Translator other = new Translator("skiff-system");
    World forwards = MESH.world();
    for (Policy<?> policy : policies) {
      forwards = TestingMesh.with(forwards, policy);
      // What is seen on the way must leave no trace.
      one.translate(one.view(one.evaluate(forwards), proxy));
    }
    World backwards = MESH.world();
    for (Policy<?> policy : policies.reversed()) {
      backwards = TestingMesh.with(backwards, policy);
      other.translate(other.view(other.evaluate(backwards), proxy));
    }

    assertThat(one.translate(one.view(one.evaluate(forwards), proxy)))
        .isEqualTo(other.translate(other.view(other.evaluate(backwards), proxy)));
  }
}
