package dev.skiffmesh.registry.nacos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.registry.nacos.NacosSettings.Namespace;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** Groups and namespaces get mesh namespaces of their own, whatever they are called. */
class MeshNamespacesTest {

  private static final Namespace PUBLIC = Namespace.PUBLIC;
  private static final Namespace TRADING = new Namespace("3f2a-77", "trading");
  private static final Namespace NIGHT = new Namespace("n", "trading-night");
  private static final String USUAL = NacosSettings.DEFAULT_GROUP;

  private record Pair(Namespace namespace, String group) {
    String name() {
      return namespace.id() + "/" + group;
    }
  }

  private static Map<String, String> named(List<Pair> pairs) {
    MeshNamespaces namespaces = new MeshNamespaces();
    Map<String, String> named = new HashMap<>();
    for (Pair pair : pairs) {
      List<NacosPortion> told = namespaces.add(pair.namespace(), pair.group());
      assertThat(told.getFirst().name()).isEqualTo(pair.name());
      told.forEach(portion -> named.put(portion.name(), portion.meshNamespace()));
    }
    return named;
  }

  @Test
  void aPortionThatIsAloneIsNamedByItsNamespaceAndGroup() {
    assertThat(
            named(
                List.of(
                    new Pair(PUBLIC, USUAL),
                    new Pair(PUBLIC, "Night_Shift"),
                    new Pair(TRADING, USUAL),
                    new Pair(TRADING, "Night_Shift"))))
        .containsOnly(
            Map.entry("public/DEFAULT_GROUP", "default"),
            Map.entry("public/Night_Shift", "default-night-shift"),
            Map.entry("3f2a-77/DEFAULT_GROUP", "trading"),
            Map.entry("3f2a-77/Night_Shift", "trading-night-shift"));
  }

  @Test
  void whatIsSpelledAsItsNamespaceKeepsItAndOthersAreToldApart() {
    Map<String, String> named =
        named(
            List.of(
                new Pair(TRADING, "NIGHT"),
                new Pair(TRADING, "night"),
                new Pair(TRADING, "Night."),
                new Pair(TRADING, "\u591c"),
                new Pair(TRADING, USUAL)));

    assertThat(named)
        .containsEntry("3f2a-77/night", "trading-night")
        .containsEntry("3f2a-77/DEFAULT_GROUP", "trading");
    assertThat(named.get("3f2a-77/NIGHT")).matches("trading-night-[0-9a-f]{8}");
    assertThat(named.get("3f2a-77/Night.")).matches("trading-night-[0-9a-f]{8}");
    assertThat(named.get("3f2a-77/\u591c")).matches("trading-[0-9a-f]{8}");
    assertThat(new HashSet<>(named.values())).hasSameSizeAs(named.keySet());
  }

  @Test
  void namespacesThatFoldAreToldApartAndTheDefaultGroupKeepsTheName() {
    Map<String, String> named = named(List.of(new Pair(TRADING, "night"), new Pair(NIGHT, USUAL)));

    assertThat(named).containsEntry("n/DEFAULT_GROUP", "trading-night");
    assertThat(named.get("3f2a-77/night")).matches("trading-night-[0-9a-f]{8}");
  }

  @Test
  void aClashIsSaidWithTheNamesThatCameOfIt() {
    MeshNamespaces namespaces = new MeshNamespaces();
    namespaces.add(TRADING, "night");
    assertThat(namespaces.clashes("legacy")).isEmpty();
    String other = namespaces.add(TRADING, "NIGHT").getFirst().meshNamespace();

    assertThat(namespaces.clashes("legacy"))
        .singleElement()
        .satisfies(
            finding ->
                assertThat(finding.toString())
                    .contains("3f2a-77/night", "3f2a-77/NIGHT", "'trading-night'", other));
  }

  /** Replicas find groups in whatever order; a restart finds all of them at once. */
  @Property
  void namesAreEachOnesOwnAndTheSameInAnyOrder(@ForAll long seed) {
    Random random = new Random(seed);
    List<Pair> pairs = new ArrayList<>();
    for (Namespace namespace : List.of(PUBLIC, TRADING, NIGHT)) {
      for (String group :
          List.of(
              USUAL,
              "night",
              "NIGHT",
              "night_",
              "n.ight",
              "\u591c",
              "\u663c",
              "shift",
              "night-shift",
              "x".repeat(80),
              "X".repeat(80))) {
        if (random.nextBoolean()) {
          pairs.add(new Pair(namespace, group));
        }
      }
    }
    Map<String, String> named = named(pairs);
    Collections.shuffle(pairs, random);

    assertThat(named(pairs)).isEqualTo(named);
    assertThat(new HashSet<>(named.values())).hasSameSizeAs(named.keySet());
    assertThat(named.values()).allMatch(ServiceId::isLabel);
  }
}
