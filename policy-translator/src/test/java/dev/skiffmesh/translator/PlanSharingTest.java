package dev.skiffmesh.translator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.api.document.Decoded;
import dev.skiffmesh.api.model.Endpoint;
import dev.skiffmesh.api.model.EndpointSet;
import dev.skiffmesh.api.model.Immutable;
import dev.skiffmesh.api.model.Protocol;
import dev.skiffmesh.api.model.ProxyIdentity;
import dev.skiffmesh.api.model.Service;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.model.ServicePort;
import dev.skiffmesh.api.model.Workload;
import dev.skiffmesh.api.model.World;
import dev.skiffmesh.api.policy.Policy;
import dev.skiffmesh.translator.resource.Resource;
import dev.skiffmesh.translator.resource.ResourceKind;
import dev.skiffmesh.translator.testing.TestingMesh;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What did not change is the same object afterwards: that is what makes a change cheap. */
class PlanSharingTest {

  private static final String ROUTE =
      """
      apiVersion: skiffmesh.dev/v1alpha1
      kind: TrafficRoute
      metadata: {name: %s, namespace: trading}
      spec:
        targetRefs: [{kind: Service, name: %s}]
        %s
        rules: [{destinations: [{labels: {version: v1}, weight: %d}, {labels: {version: v2}}]}]
      """;

  private final Translator translator = new Translator("skiff-system");
  private final ProxyIdentity gateway = TestingMesh.read("mesh.yaml", "").proxies().getFirst();

  @Test
  void proxiesOfOneKindShareOnePlan() {
    Evaluation evaluation = translator.evaluate(world(3));

    ProxyView one = translator.view(evaluation, caller("gateway"));
    ProxyView other = translator.view(evaluation, caller("admin"));

    assertThat(one.outbound()).isSameAs(other.outbound());
    assertThat(translator.translate(one).resources().of(ResourceKind.VIRTUAL_HOST))
        .isSameAs(translator.translate(other).resources().of(ResourceKind.VIRTUAL_HOST));
  }

  @Test
  void endpointsChangeNoPlan() {
    World before = world(3);
    ServiceId id = new ServiceId("trading", "s1");
    World after =
        new World(
            before.services(),
            before.endpoints().plus(id, new EndpointSet(List.<Endpoint>of())),
            before.policies());

    assertThat(view(after).outbound()).isSameAs(view(before).outbound());
  }

  @Test
  void aPolicyThatChangesTouchesItsServiceOnly() {
    World before = with(world(3), policy("canary", "s1", "", 9));
    ProxyView viewBefore = view(before);
    World after = with(before, policy("canary", "s1", "", 8));
    ProxyView viewAfter = view(after);

    for (ServiceId id : before.services().keySet()) {
      if (id.name().equals("s1")) {
        assertThat(viewAfter.outbound().services().get(id))
            .isNotEqualTo(viewBefore.outbound().services().get(id));
      } else {
        assertThat(viewAfter.outbound().services().get(id))
            .isSameAs(viewBefore.outbound().services().get(id));
      }
    }
    Map<String, Resource> hosts =
        translator.translate(viewBefore).resources().of(ResourceKind.VIRTUAL_HOST);
    translator
        .translate(viewAfter)
        .resources()
        .of(ResourceKind.VIRTUAL_HOST)
        .forEach(
            (name, host) -> {
              if (!name.startsWith("egress/s1.")) {
                assertThat(host).isSameAs(hosts.get(name));
              }
            });
  }

  @Test
  void aServiceThatComesAndGoesLeavesThePlanAsItWas() {
    World before = world(3);
    ProxyView viewBefore = view(before);
    Service extra = service("extra");
    World with = TestingMesh.with(before, extra);

    assertThat(view(with).outbound().services()).containsKey(extra.id());
    assertThat(view(before)).isEqualTo(viewBefore);
    assertThat(translator.translate(view(before))).isEqualTo(translator.translate(viewBefore));
  }

  @Test
  void whatATranslatorRemembersShowsNowhere() {
    World first = with(world(3), policy("canary", "s1", "", 9));
    World second = with(world(2), policy("canary", "s1", "from: [{service: gateway}]", 7));
    for (World world : List.of(first, second, first, world(1), second)) {
      Translator fresh = new Translator("skiff-system");
      ProxyView expected = fresh.view(fresh.evaluate(world), gateway);

      assertThat(view(world)).isEqualTo(expected);
      assertThat(translator.translate(view(world))).isEqualTo(fresh.translate(expected));
    }
  }

  @Test
  void callersThatAPolicyConcernsHaveNamesOfTheirOwnAndOthersDoNotNotice() {
    World before = world(2);
    World after = with(before, policy("for-some", "s1", "from: [{service: gateway}]", 9));
    Evaluation evaluation = translator.evaluate(after);

    ProxyView concerned = translator.view(evaluation, caller("gateway"));
    ProxyView other = translator.view(evaluation, caller("admin"));

    assertThat(translator.translate(other).resources().of(ResourceKind.VIRTUAL_HOST))
        .isEqualTo(translator.translate(view(before)).resources().of(ResourceKind.VIRTUAL_HOST));
    assertThat(translator.translate(concerned).resources().of(ResourceKind.VIRTUAL_HOST).keySet())
        .anyMatch(name -> name.matches("egress/s1\\.trading:80~[0-9a-f]{8}"))
        .contains("egress/s0.trading:80");
  }

  @Test
  void aPolicyThatIsOnlyTriedOutSplitsNoCallers() {
    String text =
        ROUTE
            .formatted("tried", "s1", "from: [{service: gateway}]", 9)
            .replace(
                "namespace: trading}",
                "namespace: trading, labels: {skiffmesh.dev/effect: shadow}}");
    Evaluation evaluation = translator.evaluate(with(world(2), decode(text)));

    assertThat(translator.view(evaluation, caller("gateway")).outbound())
        .isSameAs(translator.view(evaluation, caller("admin")).outbound());
  }

  private ProxyView view(World world) {
    return translator.view(translator.evaluate(world), gateway);
  }

  private ProxyIdentity caller(String service) {
    return new ProxyIdentity(
        "trading/" + service + "/10.0.0.9:0",
        new Workload(new ServiceId("trading", service), new TreeMap<>(), null),
        "10.0.0.9",
        List.of(),
        gateway.egressPort(),
        gateway.engine(),
        gateway.locality(),
        gateway.dialect());
  }

  private Policy<?> policy(String name, String service, String from, int weight) {
    return decode(ROUTE.formatted(name, service, from, weight));
  }

  private Policy<?> decode(String text) {
    return switch (translator.decode(TestingMesh.document(text), 1)) {
      case Decoded.Ok<Policy<?>>(Policy<?> policy) -> policy;
      case Decoded.Rejected<Policy<?>>(var violations) -> throw new AssertionError(violations);
    };
  }

  private static World with(World world, Policy<?> policy) {
    return TestingMesh.with(world, policy);
  }

  private static World world(int services) {
    World world = World.EMPTY;
    for (int i = 0; i < services; i++) {
      world = TestingMesh.with(world, service("s" + i));
    }
    return world;
  }

  private static Service service(String name) {
    return new Service(
        new ServiceId("trading", name),
        Immutable.sortedSet(List.of("ALIAS_" + name)),
        List.of(new ServicePort("http", 80, Protocol.HTTP)),
        Immutable.sortedSet(List.of()),
        List.of("test"));
  }
}
