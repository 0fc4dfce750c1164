package dev.skiffmesh.translator.policy.trafficroute;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.LongRange;

class StickySharesTest {

  @Provide
  Arbitrary<List<Long>> weights() {
    return Arbitraries.longs()
        .between(0, 268_000_000)
        .list()
        .ofMinSize(1)
        .ofMaxSize(16)
        .filter(weights -> weights.stream().anyMatch(weight -> weight > 0));
  }

  @Property
  void sharesAddUpToOneTotal(@ForAll("weights") List<Long> weights) {
    List<Long> shares = shares(weights);

    assertThat(shares).allMatch(share -> share >= 0);
    assertThat(shares.stream().mapToLong(Long::longValue).sum()).isEqualTo(StickyShares.TOTAL);
    for (int i = 0; i < weights.size(); i++) {
      if (weights.get(i) == 0) {
        assertThat(shares.get(i)).as("a weight of 0 gets nothing").isZero();
      }
    }
  }

  @Property
  void ofTwoTheLastGrowsAndNobodyMovesBack(
      @ForAll @LongRange(min = 0, max = 1_000_000) long first,
      @ForAll @LongRange(min = 1, max = 1_000_000) long last,
      @ForAll @LongRange(min = 0, max = 1_000_000) long growth,
      @ForAll @LongRange(min = 0, max = StickyShares.TOTAL - 1) long hash) {
    List<Long> before = shares(List.of(first, last));
    List<Long> after = shares(List.of(first, last + growth));

    if (chosen(before, hash) == 1) {
      assertThat(chosen(after, hash)).isOne();
    }
  }

  /** As Envoy chooses: the hash modulo the total falls into one of the ranges. */
  private static int chosen(List<Long> shares, long hash) {
    long end = 0;
    for (int i = 0; i < shares.size(); i++) {
      end += shares.get(i);
      if (hash < end) {
        return i;
      }
    }
    throw new AssertionError(hash + " is beyond " + shares);
  }

  private static List<Long> shares(List<Long> weights) {
    return StickyShares.of(weights);
  }
}
