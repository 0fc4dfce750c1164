package dev.skiffmesh.api.policy;

import dev.skiffmesh.api.schema.WrittenAs;
import java.math.BigDecimal;
import java.util.Optional;

/**
 * A share of calls.
 *
 * @param value from 0 to 100, without trailing zeros, four decimals at most: Envoy's finest
 *     fraction is one part in a million
 */
@WrittenAs(
    form = WrittenAs.Form.NUMBER,
    meaning = "a percentage from 0 to 100 with at most four decimals",
    min = "0",
    max = "100")
public record Percent(BigDecimal value) {

  private static final BigDecimal ALL = BigDecimal.valueOf(100);
  private static final int MOST_DECIMALS = 4;

  /** Refuses a value outside the bounds with an {@link IllegalArgumentException}. */
  public Percent {
    value = value.stripTrailingZeros();
    if (value.signum() < 0 || value.compareTo(ALL) > 0 || value.scale() > MOST_DECIMALS) {
      throw new IllegalArgumentException(
          "A percentage must be from 0 to 100 with at most four decimals, found " + value);
    }
  }

  /** Reads a number; empty if it is none or is outside the bounds. */
  public static Optional<Percent> parse(String text) {
    try {
      return Optional.of(new Percent(new BigDecimal(text)));
    } catch (IllegalArgumentException refused) {
      return Optional.empty();
    }
  }

  /** The share as parts in a million, from 0 to 1,000,000. */
  public int partsPerMillion() {
    return value.scaleByPowerOfTen(MOST_DECIMALS).intValueExact();
  }

  @Override
  public String toString() {
    return value.toPlainString();
  }
}
