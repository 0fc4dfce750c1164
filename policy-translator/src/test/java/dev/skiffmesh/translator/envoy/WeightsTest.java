package dev.skiffmesh.translator.envoy;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.BigInteger;
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
    List<Long> weights = Weights.of(decimals(registered));

    assertThat(weights).isEqualTo(Arrays.stream(whole.split(",")).map(Long::valueOf).toList());
  }

  @ParameterizedTest
  @CsvSource({"'1000000,1000000,999999.999,1000000,1000000,0.001'", "'4294967295,1,0.001'"})
  void aSumBeyond32BitsIsScaledDownAndNobodyFallsToZero(String registered) {
    List<Long> weights = Weights.of(decimals(registered));

    assertThat(weights).allMatch(weight -> weight >= 1);
    assertThat(weights.getLast()).isOne();
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
    List<Long> weights = Weights.of(registered);

    assertThat(weights).hasSameSizeAs(registered).allMatch(weight -> weight >= 1);
    assertThat(sum(weights)).isLessThanOrEqualTo(GREATEST_SUM);
    if (exactSum(registered).compareTo(BigInteger.valueOf(GREATEST_SUM)) <= 0) {
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

  /** Of the smallest whole numbers that are in proportion. */
  private static BigInteger exactSum(List<BigDecimal> registered) {
    List<BigInteger> whole =
        registered.stream().map(one -> rounded(one).movePointRight(3).toBigIntegerExact()).toList();
    BigInteger common = whole.stream().reduce(BigInteger.ZERO, BigInteger::gcd);
    return whole.stream().map(one -> one.divide(common)).reduce(BigInteger.ZERO, BigInteger::add);
  }

  private static BigDecimal whole(List<Long> weights, int index) {
    return BigDecimal.valueOf(weights.get(index));
  }

  private static BigDecimal rounded(BigDecimal weight) {
    return weight.setScale(3, RoundingMode.HALF_UP).max(new BigDecimal("0.001"));
  }

  private static long sum(List<Long> weights) {
    return weights.stream().mapToLong(Long::longValue).sum();
  }

  private static List<BigDecimal> decimals(String text) {
    return Arrays.stream(text.split(",")).map(BigDecimal::new).toList();
  }
}
