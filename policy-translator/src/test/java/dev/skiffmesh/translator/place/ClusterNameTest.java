package dev.skiffmesh.translator.place;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.api.model.ServiceId;
import java.util.Map;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClusterNameTest {

  private static final ServiceId ORDER = new ServiceId("trading", "order");

  @Provide
  Arbitrary<ClusterName> names() {
    Arbitrary<String> texts =
        Arbitraries.oneOf(
            Arbitraries.strings().ofMaxLength(8),
            Arbitraries.of("", "|", "=", ",", "~", "+rest", "%", "a=b,c=d", "灰", "x|~y", "+", " "));
    return Combinators.combine(
            texts,
            Arbitraries.maps(texts, texts).ofMaxSize(3),
            Arbitraries.of(true, false),
            Arbitraries.of("", "0123abcd"))
        .as((port, labels, rest, variant) -> name(port, labels, rest, variant));
  }

  @Property
  void theTextReadsBackAsTheName(@ForAll("names") ClusterName name) {
    assertThat(ClusterName.parse(name.text())).contains(name);
  }

  @Property
  void differentNamesHaveDifferentTexts(
      @ForAll("names") ClusterName one, @ForAll("names") ClusterName other) {
    assertThat(one.text().equals(other.text())).isEqualTo(one.equals(other));
    assertThat(one.compareTo(other) == 0).isEqualTo(one.equals(other));
  }

  @Property
  void whateverIsReadIsWrittenTheSame(@ForAll String text) {
    ClusterName.parse(text).ifPresent(name -> assertThat(name.text()).isEqualTo(text));
  }

  @Test
  void callersDifferInClustersAndShareAssignments() {
    ClusterName all = name("http", Map.of("version", "v2", "lane", "gray"), true, "");
    ClusterName some = all.withVariant("0123abcd");

    assertThat(all.text()).isEqualTo("order.trading|http|lane=gray,version=v2|+rest");
    assertThat(some.text()).isEqualTo(all.text() + "|~0123abcd");
    assertThat(some.assignmentName()).isEqualTo(all.assignmentName());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "order.trading",
        "order|http",
        "order.trading.svc|http",
        "ORDER.trading|http",
        "order.trading|http|",
        "order.trading|http|version",
        "order.trading|http|version=v1,lane=gray",
        "order.trading|http|+rest",
        "order.trading|http|version=%zz",
        "order.trading|http|version=%41",
        "order.trading|http|~a|version=v1",
        "inbound|8080"
      })
  void whatIsNotTheOneFormIsNoName(String text) {
    assertThat(ClusterName.parse(text)).isEmpty();
  }

  private static ClusterName name(
      String port, Map<String, String> labels, boolean rest, String variant) {
    return new ClusterName(ORDER, port, new TreeMap<>(labels), rest, variant);
  }
}
