package dev.skiffmesh.translator.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.api.document.Position;
import dev.skiffmesh.api.document.RawNode;
import dev.skiffmesh.api.document.Violation;
import dev.skiffmesh.api.document.Violations;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the tables say was also seen on Envoy 1.40, whose RE2 has the last word. */
class RegexTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        ".*7",
        "/v[0-9]+/.*",
        "/(orders|quotes)/[0-9]{4}-[0-9]{2}-[0-9]{2}/[A-Za-z0-9_-]{1,64}",
        "(?i)beta",
        "[[:alpha:]]+",
        "[\\d-z]",
        "\\Qa{1001}.b\\E",
        "a\\{1001}",
        "[{1001}]+",
        "a{998}",
        "(?P<user>x)"
      })
  void takesWhatEnvoyTakes(String expression) {
    assertThat(violations(expression)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ' ',
      value = {
        "(?=x) RE2",
        "\\1 RE2",
        "a** RE2",
        "a{1001} repeat",
        "((a{100}){100}) repeat",
        "((a{2,}){600}) repeat",
        "((a{0,1000}){0,1000}){0,1000} repeat",
        "(((a{2}){2}){2}){200} repeat",
        "\\x{100} ASCII",
        "[^\\x00-\\x{10FFFF}] ASCII",
        "中 ASCII",
        "(abcdefghij|k){100} instructions"
      })
  void refusesWhatEnvoyRefuses(String expression, String because) {
    assertThat(violations(expression))
        .singleElement()
        .satisfies(violation -> assertThat(violation.message()).contains(because));
  }

  @Test
  void refusesAnExpressionOfNothing() {
    assertThat(violations("")).hasSize(1);
  }

  @Test
  void manyGroupsOverflowNoStack() {
    String expression = "(".repeat(511) + "a" + ")".repeat(511);

    assertThat(violations(expression)).hasSizeLessThan(2);
  }

  private static List<Violation> violations(String expression) {
    Violations violations = new Violations();
    RawNode nothing = new RawNode.Mapping(List.of(), new Position(1, 1));
    new SpecChecker(nothing, violations).regex("spec.regex", expression);
    return violations.inOrder();
  }
}
