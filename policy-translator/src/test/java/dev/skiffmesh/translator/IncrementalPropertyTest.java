package dev.skiffmesh.translator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.model.Dialect;
import dev.skiffmesh.api.model.ProxyIdentity;
import dev.skiffmesh.api.model.World;
import dev.skiffmesh.api.policy.Policy;
import dev.skiffmesh.translator.resource.Resource;
import dev.skiffmesh.translator.resource.ResourceKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.pcollections.TreePMap;

/** What is remembered between changes never shows. */
class IncrementalPropertyTest {

  private static final String ROOT = "skiff-system";

  private static final List<ProxyIdentity> CALLERS =
      List.of(
          Callers.caller("a", "web", Map.of(), Callers.DELTA),
          Callers.caller("b", "s1", Map.of("v", "2"), Callers.DELTA),
          Callers.caller("b", "web", Map.of(), Callers.STATE_OF_THE_WORLD),
          Callers.caller("a", "s2", Map.of("v", "2"), Callers.GRPC));

  /** A document that comes, changes or goes; a null text goes. */
  record Change(String slot, String text) {}

  @Property(tries = 120)
  void aRememberingTranslatorSaysTheSameAsANewOne(@ForAll("changes") List<Change> changes) {
    Translator remembering = new Translator(ROOT);
    Map<String, String> documents = new TreeMap<>();
    World before = World.EMPTY;
    for (Change change : changes) {
      if (change.text().isEmpty()) {
        documents.remove(change.slot());
      } else {
        documents.put(change.slot(), change.text());
      }
      before =
          keepingUnchanged(
              before,
              Documents.read(remembering, String.join("\n---\n", documents.values())).world());
      Evaluation evaluation = remembering.evaluate(before);
      for (ProxyIdentity caller : CALLERS) {
        Translation translation = remembering.translate(remembering.view(evaluation, caller));
        Translator fresh = new Translator(ROOT);
        Translation expected = fresh.translate(fresh.view(fresh.evaluate(before), caller));
        assertThat(text(translation)).as("%s", caller.dialect()).isEqualTo(text(expected));
        assertThat(translation.findings()).noneMatch(f -> f.toString().contains("SKF1401"));
      }
    }
  }

  /** The services that the policy names stay the same; only what one of its names means is lost. */
  @Example
  void anAliasThatASecondServiceTakesIsNoLongerOneOfTheFirst() {
    String service = "spec: {aliases: [%s], ports: [{name: http, port: 80}]}\n";
    aRememberingTranslatorSaysTheSameAsANewOne(
        List.of(
            new Change("1", envelope("Service", "a", "s1", "") + service.formatted("one")),
            new Change("2", envelope("Service", "a", "s2", "") + service.formatted("shared")),
            new Change(
                "3",
                envelope("TrafficRoute", "a", "r", "")
                    + "spec: {targetRefs: [{kind: Service, name: s1}], rules: [{destinations:"
                    + " [{service: s2}, {service: shared}]}]}\n"),
            new Change("4", envelope("Service", "a", "s3", "") + service.formatted("shared")),
            new Change("4", "")));
  }

  @Property(tries = 40)
  void oneNameHasOneContentForAllCallers(@ForAll("changes") List<Change> changes) {
    Map<String, String> documents = new TreeMap<>();
    changes.forEach(change -> documents.put(change.slot(), change.text()));
    Translator translator = new Translator(ROOT);
    World world = Documents.read(translator, String.join("\n---\n", documents.values())).world();
    Evaluation evaluation = translator.evaluate(world);
    Map<String, String> seen = new TreeMap<>();
    for (ProxyIdentity caller : CALLERS) {
      Translation translation = translator.translate(translator.view(evaluation, caller));
      for (ResourceKind kind : List.of(ResourceKind.CLUSTER, ResourceKind.VIRTUAL_HOST)) {
        for (Resource resource : translation.resources().of(kind).values()) {
          String form = caller.dialect() instanceof Dialect.Grpc ? "grpc " : "envoy ";
          String earlier = seen.putIfAbsent(form + kind + resource.name(), resource.version());
          assertThat(earlier).isIn(null, resource.version());
        }
      }
    }
  }

  @Property(tries = 40)
  void theOrderOfArrivalPlaysNoPart(@ForAll("changes") List<Change> changes) {
    Map<String, String> documents = new TreeMap<>();
    changes.forEach(change -> documents.put(change.slot(), change.text()));
    List<String> texts = new ArrayList<>(documents.values());
    Translator one = new Translator(ROOT);
    World world = Documents.read(one, String.join("\n---\n", texts)).world();
    Translator other = new Translator(ROOT);
    World backwards = Documents.read(other, String.join("\n---\n", texts.reversed())).world();
    assertThat(findings(one.evaluate(world))).isEqualTo(findings(other.evaluate(backwards)));
    for (ProxyIdentity caller : CALLERS) {
      assertThat(text(one.translate(one.view(one.evaluate(world), caller))))
          .isEqualTo(text(other.translate(other.view(other.evaluate(backwards), caller))));
    }
  }

  @Provide
  Arbitrary<List<Change>> changes() {
    return Arbitraries.oneOf(service(), service(), route(), timeout(), grant())
        .list()
        .ofMinSize(1)
        .ofMaxSize(14);
  }

  private static Arbitrary<String> namespace() {
    return Arbitraries.of("a", "b");
  }

  private static Arbitrary<String> name() {
    return Arbitraries.of("s1", "s2", "s3", "OLD_S1", "x-alias");
  }

  private static Arbitrary<Change> service() {
    return Combinators.combine(
            namespace(),
            Arbitraries.of("s1", "s2", "s3"),
            Arbitraries.of("OLD_S1", "x-alias", "S2", "s1.a", "s2:80", "s3.b.svc"),
            Arbitraries.of(
                "[{name: http, port: 80, protocol: http}]",
                "[{name: h2, port: 81, protocol: http2}, {name: tcp, port: 82, protocol: tcp}]",
                "[{name: grpc, port: 50051, protocol: grpc}, {name: http, port: 80}]"),
            Arbitraries.integers().between(0, 3))
        .as(
            (namespace, name, alias, ports, gone) ->
                new Change(
                    "Service " + namespace + name,
                    gone == 0
                        ? ""
                        : envelope("Service", namespace, name, "")
                            + "spec: {aliases: ['"
                            + alias
                            + "'], ports: "
                            + ports
                            + "}\n"));
  }

  private static Arbitrary<String> target() {
    return Arbitraries.oneOf(
        name().map(name -> "{kind: Service, name: " + name + "}"),
        name().map(name -> "{kind: Service, name: " + name + ", port: 80}"),
        name().map(name -> "{kind: Service, name: " + name + ", namespace: b}"),
        Arbitraries.of("{kind: Namespace}", "{kind: Mesh}"));
  }

  private static Arbitrary<String> from() {
    return Arbitraries.of(
        "",
        "",
        "from: [{service: web}], ",
        "from: [{namespace: b}], ",
        "from: [{labels: {v: '2'}}], ");
  }

  private static Arbitrary<String> rule() {
    Arbitrary<String> matches =
        Arbitraries.of("", "matches: [{path: {prefix: /v2}}], ", "matches: [{methods: [GET]}], ");
    Arbitrary<String> destination =
        Combinators.combine(
                name(),
                Arbitraries.of("", ", namespace: a"),
                Arbitraries.of("", ", labels: {v: '2'}"))
            .as((name, namespace, labels) -> "{service: " + name + namespace + labels + "}");
    return Combinators.combine(
            matches, destination, destination, Arbitraries.of(0, 1, 2, 3, 4), name())
        .as(
            (match, first, second, form, name) ->
                "{"
                    + match
                    + switch (form) {
                      case 0 -> "destinations: [" + first + ", " + second + "]";
                      case 1 -> "destinations: [" + first + "], whenEmpty: Fallback";
                      case 2 -> "reply: {status: 503}";
                      case 3 ->
                          "destinations: [{labels: {v: '2'}}], mirror: {service: " + name + "}";
                      default -> "requestHeaders: {set: {x-a: b}}";
                    }
                    + "}");
  }

  private static Arbitrary<Change> route() {
    return Combinators.combine(
            Arbitraries.of("a", "b", ROOT),
            Arbitraries.of("r1", "r2"),
            target(),
            from(),
            rule().list().ofMinSize(1).ofMaxSize(3),
            Arbitraries.integers().between(0, 4))
        .as(
            (namespace, name, target, from, rules, dice) ->
                new Change(
                    "TrafficRoute " + namespace + name,
                    dice == 0
                        ? ""
                        : envelope("TrafficRoute", namespace, name, shadow(dice))
                            + "spec: {targetRefs: ["
                            + target
                            + "], "
                            + from
                            + "rules: ["
                            + String.join(", ", rules)
                            + "]}\n"));
  }

  private static Arbitrary<Change> timeout() {
    return Combinators.combine(
            Arbitraries.of("a", "b", ROOT),
            target(),
            from(),
            Arbitraries.of("connect: 2s", "request: 3s", "idle: 1m, connect: 3s"),
            Arbitraries.integers().between(0, 4))
        .as(
            (namespace, target, from, values, dice) ->
                new Change(
                    "TimeoutPolicy " + namespace,
                    dice == 0
                        ? ""
                        : envelope("TimeoutPolicy", namespace, "t", shadow(dice))
                            + "spec: {targetRefs: ["
                            + target
                            + "], "
                            + from
                            + values
                            + "}\n"));
  }

  private static Arbitrary<Change> grant() {
    return Combinators.combine(Arbitraries.of("a", ROOT), Arbitraries.integers().between(0, 2))
        .as(
            (namespace, dice) ->
                new Change(
                    "PolicyGrant",
                    dice == 0
                        ? ""
                        : envelope("PolicyGrant", "b", "g", "")
                            + "spec: {from: [{namespace: "
                            + namespace
                            + "}]}\n"));
  }

  private static String shadow(int dice) {
    return dice == 1 ? ", labels: {skiffmesh.dev/effect: shadow}" : "";
  }

  private static String envelope(String kind, String namespace, String name, String more) {
    return "apiVersion: skiffmesh.dev/v1alpha1\nkind: "
        + kind
        + "\nmetadata: {name: "
        + name
        + ", namespace: "
        + namespace
        + more
        + "}\n";
  }

  /** Unchanged entries stay the same objects, as the merging loop keeps them. */
  private static World keepingUnchanged(World before, World now) {
    TreePMap<DocumentKey, Policy<?>> policies = before.policies();
    for (DocumentKey key : before.policies().keySet()) {
      if (!now.policies().containsKey(key)) {
        policies = policies.minus(key);
      }
    }
    for (Map.Entry<DocumentKey, Policy<?>> policy : now.policies().entrySet()) {
      Policy<?> known = policies.get(policy.getKey());
      if (known == null
          || !known.spec().equals(policy.getValue().spec())
          || !known.labels().equals(policy.getValue().labels())) {
        policies = policies.plus(policy.getKey(), policy.getValue());
      }
    }
    var services = before.services();
    for (var id : before.services().keySet()) {
      if (!now.services().containsKey(id)) {
        services = services.minus(id);
      }
    }
    for (var service : now.services().entrySet()) {
      if (!service.getValue().equals(services.get(service.getKey()))) {
        services = services.plus(service.getKey(), service.getValue());
      }
    }
    return new World(services, now.endpoints(), policies);
  }

  private static List<String> findings(Evaluation evaluation) {
    return evaluation.findings().stream()
        .map(finding -> finding.code() + " " + finding.subject() + " " + finding.message())
        .sorted()
        .toList();
  }

  private static String text(Translation translation) {
    return translation.resources().byKind().entrySet().stream()
            .map(kind -> kind.getKey() + " " + kind.getValue().values())
            .collect(Collectors.joining("\n"))
        + "\n"
        + translation.resources().assignmentNames()
        + "\n"
        + translation.effects()
        + "\n"
        + translation.findings()
        + provenance(translation);
  }

  private static String provenance(Translation translation) {
    return translation.resources().byKind().values().stream()
        .flatMap(kind -> kind.values().stream())
        .map(resource -> resource.name() + resource.provenance())
        .collect(Collectors.joining("\n"));
  }
}
