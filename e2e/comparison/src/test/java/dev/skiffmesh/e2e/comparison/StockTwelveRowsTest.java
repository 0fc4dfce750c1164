package dev.skiffmesh.e2e.comparison;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Stock java-control-plane 1.0.49 does each of them wrong, in the way that the row says. A newer
 * release that does one right fails here, and the page must then say so.
 */
class StockTwelveRowsTest extends TwelveRows {

  @Override
  DiscoveryServer start() {
    return new StockServer();
  }

  @Override
  void judge(Row row, Runnable check) {
    assertThatThrownBy(check::run)
        .as("row %s on stock java-control-plane", row)
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining(row.evidence());
  }
}
