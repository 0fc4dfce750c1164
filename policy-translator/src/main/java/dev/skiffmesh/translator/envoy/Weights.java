package dev.skiffmesh.translator.envoy;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;

/**
 * Registries' decimal weights as Envoy's whole ones. Envoy refuses a weight of 0 and sums in 32
 * bits (endpoint_components.proto); a registry says 0.5, 1 and 2.5.
 */
final class Weights {

  private static final int DECIMALS = 3;
  private static final long GREATEST_SUM = 4_294_967_295L;

  private Weights() {}

  /**
   * Keeps the proportions: rounded to three decimals, times 1,000, divided by what they have in
   * common. A positive weight never becomes 0. Where the sum does not fit the proportions suffer.
   *
   * @param weights all above 0
   * @return whole numbers from 1, in the order of what was given
   */
  static List<Long> of(List<BigDecimal> weights) {
    List<BigInteger> whole = new ArrayList<>();
    BigInteger common = BigInteger.ZERO;
    for (BigDecimal weight : weights) {
      BigInteger value =
          weight
              .setScale(DECIMALS, RoundingMode.HALF_UP)
              .scaleByPowerOfTen(DECIMALS)
              .toBigInteger()
              .max(BigInteger.ONE);
      whole.add(value);
      common = common.gcd(value);
    }
    BigInteger sum = BigInteger.ZERO;
    List<BigInteger> reduced = new ArrayList<>();
    for (BigInteger value : whole) {
      BigInteger share = value.divide(common);
      reduced.add(share);
      sum = sum.add(share);
    }
    BigInteger greatest = BigInteger.valueOf(GREATEST_SUM);
    if (sum.compareTo(greatest) <= 0) {
      return reduced.stream().map(BigInteger::longValueExact).toList();
    }
    // Each share may be lifted to 1, so that room for one unit each is left.
    BigInteger room = greatest.subtract(BigInteger.valueOf(reduced.size()));
    List<Long> scaledDown = new ArrayList<>();
    for (BigInteger value : reduced) {
      scaledDown.add(value.multiply(room).divide(sum).max(BigInteger.ONE).longValueExact());
    }
    return List.copyOf(scaledDown);
  }
}
