package dev.skiffmesh.translator;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.policy.scope.ScopeMode;
import dev.skiffmesh.api.policy.timeout.TimeoutSpec;
import dev.skiffmesh.api.status.FindingCode;
import dev.skiffmesh.translator.PolicyEffect.Outcome;
import dev.skiffmesh.translator.place.Option;
import dev.skiffmesh.translator.place.Slot;
import dev.skiffmesh.translator.policy.Applied;
import dev.skiffmesh.translator.policy.Contribution;
import dev.skiffmesh.translator.policy.PolicyDescriptor;
import dev.skiffmesh.translator.policy.PolicyKind;
import dev.skiffmesh.translator.policy.PolicyKinds;
import dev.skiffmesh.translator.policy.SpecChecker;
import dev.skiffmesh.translator.policy.TargetPort;
import dev.skiffmesh.translator.resource.ResourceKind;
import dev.skiffmesh.translator.testing.TestingMesh;
import dev.skiffmesh.translator.testing.TestingOptions;
import io.envoyproxy.envoy.config.core.v3.HeaderValue;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Two kinds that write one slot: the first keeps it, the second is told. */
class SlotConflictTest {

  private static final DocumentKey HURRY = new DocumentKey("Impatience", "trading", "hurry");
  private static final DocumentKey PATIENCE =
      new DocumentKey("TimeoutPolicy", "trading", "patience");
  private static final DocumentKey SHARES = new DocumentKey("TrafficRoute", "trading", "shares");

  /** Says one thing of all calls to a port. */
  private record ImpatienceKind(Option option) implements PolicyKind<TimeoutSpec> {

    @Override
    public PolicyDescriptor<TimeoutSpec> descriptor() {
      return new PolicyDescriptor<>(
          "Impatience",
          "impatiences",
          TimeoutSpec.class,
          PolicyDescriptor.Family.SETTING,
          PolicyDescriptor.Direction.OUTBOUND,
          "Only for this test.");
    }

    @Override
    public void check(TimeoutSpec spec, SpecChecker checker) {}

    @Override
    public List<Contribution> contribute(List<Applied<TimeoutSpec>> applied, TargetPort target) {
      return List.of(Contribution.At.of(applied.getFirst().key(), option));
    }
  }

  @Test
  void theFirstKindKeepsTheSlotAndTheSecondIsOverridden() {
    TestingMesh mesh =
        mesh(
            new TestingOptions.OfCalls(Slot.REQUEST_TIMEOUT, action -> {}),
            """
            apiVersion: skiffmesh.dev/v1alpha1
            kind: TimeoutPolicy
            metadata: {name: patience, namespace: trading}
            spec: {targetRefs: [{kind: Service, name: order}], request: 3s}
            """);

    Translation translation = mesh.translation();

    assertThat(translation.effects())
        .containsEntry(PATIENCE, PolicyEffect.SHAPED)
        .containsEntry(HURRY, new PolicyEffect(Outcome.OVERRIDDEN, PATIENCE.toString()));
    isConflicted(translation);
    assertThat(
            mesh.translator()
                .view(mesh.translator().evaluate(mesh.world()), mesh.proxies().getFirst())
                .outbound()
                .services()
                .firstEntry()
                .getValue()
                .ports())
        .allSatisfy(
            port ->
                assertThat(port.options().forward().get(Slot.REQUEST_TIMEOUT))
                    .isNotNull()
                    .satisfies(placed -> assertThat(placed.by()).contains(PATIENCE)));
  }

  @Test
  void whatChoosesByHashIsDecidedOnceForARule() throws InvalidProtocolBufferException {
    Translation translation =
        mesh(
                new TestingOptions.OfCalls(
                    Slot.HASH,
                    action ->
                        action.addHashPolicyBuilder().getHeaderBuilder().setHeaderName("other")),
                """
                apiVersion: skiffmesh.dev/v1alpha1
                kind: TrafficRoute
                metadata: {name: shares, namespace: trading}
                spec:
                  targetRefs: [{kind: Service, name: order}]
                  rules:
                    - stickyBy: {header: user}
                      destinations:
                        - {labels: {v: a}, weight: 1}
                        - {labels: {v: b}, weight: 1}
                """)
            .translation();

    assertThat(translation.effects()).containsEntry(SHARES, PolicyEffect.SHAPED);
    isRefusedByRules(translation);
    assertThat(host(translation).getRoutes(0).getRoute().getHashPolicyList())
        .singleElement()
        .satisfies(policy -> assertThat(policy.getHeader().getHeaderName()).isEqualTo("user"));
  }

  @Test
  void whatIsDoneToAllHeadersIsNotDoneWhereARuleSaysItself() throws InvalidProtocolBufferException {
    Translation translation =
        mesh(
                new TestingOptions.OfRoute(
                    Slot.REQUEST_HEADERS,
                    route ->
                        route.addRequestHeadersToAdd(
                            HeaderValueOption.newBuilder()
                                .setHeader(HeaderValue.newBuilder().setKey("b").setValue("1")))),
                """
                apiVersion: skiffmesh.dev/v1alpha1
                kind: TrafficRoute
                metadata: {name: shares, namespace: trading}
                spec:
                  targetRefs: [{kind: Service, name: order}]
                  rules:
                    - {matches: [{path: {prefix: /a}}], requestHeaders: {set: {a: "1"}}}
                    - {matches: [{path: {prefix: /b}}], reply: {status: 204}}
                """)
            .translation();

    isRefusedByRules(translation);
    VirtualHost host = host(translation);
    assertThat(host.getRoutesList())
        .extracting(
            route ->
                route.getRequestHeadersToAddList().stream()
                    .map(header -> header.getHeader().getKey())
                    .toList())
        .containsExactly(List.of("a"), List.of("b"), List.of("b"));
  }

  @Test
  void anOptionOfAVirtualHostIsWrittenThere() throws InvalidProtocolBufferException {
    Translation translation =
        mesh(
                new TestingOptions.OfHost(
                    Slot.ATTEMPTS, host -> host.setIncludeRequestAttemptCount(true)),
                "")
            .translation();

    assertThat(translation.effects()).containsEntry(HURRY, PolicyEffect.SHAPED);
    assertThat(host(translation).getIncludeRequestAttemptCount()).isTrue();
    assertThat(
            translation
                .resources()
                .of(ResourceKind.VIRTUAL_HOST)
                .values()
                .iterator()
                .next()
                .provenance()
                .policies())
        .containsExactly(HURRY);
  }

  @Test
  void toAnswerAllCallsOfAPortIsRefusedAsAFaultOfTheKind() {
    Translation translation = mesh(new TestingOptions.Answer(503), "").translation();

    assertThat(translation.findings())
        .singleElement()
        .satisfies(finding -> assertThat(finding.code()).isEqualTo(FindingCode.TRANSLATION_FAILED))
        .satisfies(
            finding -> assertThat(finding.message()).contains("an answer must be of a route"));
    assertThat(translation.resources().of(ResourceKind.VIRTUAL_HOST)).hasSize(1);
  }

  private static void isRefusedByRules(Translation translation) {
    assertThat(translation.effects())
        .containsEntry(
            HURRY,
            new PolicyEffect(
                Outcome.PARTLY, "rules of " + SHARES + " decide for their own calls what it says"));
    isConflicted(translation);
  }

  private static void isConflicted(Translation translation) {
    assertThat(translation.findings())
        .singleElement()
        .satisfies(finding -> assertThat(finding.code()).isEqualTo(FindingCode.CONFLICTED))
        .satisfies(finding -> assertThat(finding.subject()).isEqualTo(HURRY.toString()));
  }

  private static VirtualHost host(Translation translation) throws InvalidProtocolBufferException {
    return VirtualHost.parseFrom(
        Any.parseFrom(
                translation
                    .resources()
                    .of(ResourceKind.VIRTUAL_HOST)
                    .values()
                    .iterator()
                    .next()
                    .any())
            .getValue());
  }

  private static TestingMesh mesh(Option option, String policy) {
    List<PolicyKind<?>> kinds = new ArrayList<>(PolicyKinds.ALL);
    kinds.add(new ImpatienceKind(option));
    return TestingMesh.read(
        new Translator("skiff-system", kinds, ScopeMode.ALL),
        "mesh.yaml",
        """
        apiVersion: skiffmesh.dev/v1alpha1
        kind: Service
        metadata: {name: order, namespace: trading}
        spec: {ports: [{name: http, port: 80, protocol: http}]}
        ---
        apiVersion: skiffmesh.dev/v1alpha1
        kind: Impatience
        metadata: {name: hurry, namespace: trading}
        spec: {targetRefs: [{kind: Service, name: order}], request: 1s}
        """
            + (policy.isEmpty() ? "" : "---\n" + policy));
  }
}
