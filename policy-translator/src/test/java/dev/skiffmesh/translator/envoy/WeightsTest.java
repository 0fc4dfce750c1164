package dev.skiffmesh.translator.envoy;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WeightsTest {

  private static final long GREATEST_SUM = 4_294_967_295L;

  @ParameterizedTest
  @CsvSource({
    "'0.5,1,2.5', '1,2,5'",
    "'1,1,1', '1,1,1'",
    "'100', '1'",
    "'0.0001,1', '1,1000'",
    "'0.0004,0.0014', '1,1'",
    "'0.3333,0.6667', '333,667'",
    "'1000000,1', '1000000,1'",
    "'1000000,0.001', '1000000000,1'"
  })
  void proportionsBecomeWholeNumbers(String registered, String whole) {
    Weights weights = Weights.of(decimals(registered));

    assertThat(weights.values())
        .isEqualTo(Arrays.stream(whole.split(",")).map(Long::valueOf).toList());
    assertThat(weights.scaled()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"'1000000,1000000,999999.999,1000000,1000000,0.001'", "'4294967295,1,0.001'"})
  void aSumBeyond32BitsIsScaledDownAndNobodyFallsToZero(String registered) {
    Weights weights = Weights.of(decimals(registered));

    assertThat(weights.scaled()).isTrue();
    assertThat(weights.values()).allMatch(weight -> weight >= 1);
    assertThat(weights.values().getLast()).isOne();
    assertThat(sum(weights)).isBetween(GREATEST_SUM - 100, GREATEST_SUM);
  }

  @Provide
  Arbitrary<List<BigDecimal>> registered() {
    return Arbitraries.bigDecimals()
        .between(new BigDecimal("0.0001"), new BigDecimal("1000000"))
        .ofScale(4)
        .list()
        .ofMinSize(1)
        .ofMaxSize(30);
  }

  @Property
  void everyWeightIsLegalAndRatiosAreKept(@ForAll("registered") List<BigDecimal> registered) {
    Weights weights = Weights.of(registered);

    assertThat(weights.values()).hasSameSizeAs(registered).allMatch(weight -> weight >= 1);
    assertThat(sum(weights)).isLessThanOrEqualTo(GREATEST_SUM);
    if (!weights.scaled()) {
      for (int i = 0; i < registered.size(); i++) {
        assertThat(rounded(registered.getFirst()).multiply(whole(weights, i)))
            .as("the proportion of the first and number %d", i)
            .isEqualByComparingTo(rounded(registered.get(i)).multiply(whole(weights, 0)));
      }
    }
  }

  @Property
  void theSameRatiosGiveTheSameWeights(@ForAll("registered") List<BigDecimal> registered) {
    List<BigDecimal> rounded =
        registered.stream().map(w -> w.setScale(1, RoundingMode.UP)).toList();
    List<BigDecimal> tenfold = rounded.stream().map(w -> w.movePointRight(1)).toList();

    assertThat(Weights.of(tenfold)).isEqualTo(Weights.of(rounded));
  }

  private static BigDecimal whole(Weights weights, int index) {
    return BigDecimal.valueOf(weights.values().get(index));
  }

  private static BigDecimal rounded(BigDecimal weight) {
    return weight.setScale(3, RoundingMode.HALF_UP).max(new BigDecimal("0.001"));
  }

  private static long sum(Weights weights) {
    return weights.values().stream().mapToLong(Long::longValue).sum();
  }

  private static List<BigDecimal> decimals(String text) {
    return Arrays.stream(text.split(",")).map(BigDecimal::new).toList();
  }
}
