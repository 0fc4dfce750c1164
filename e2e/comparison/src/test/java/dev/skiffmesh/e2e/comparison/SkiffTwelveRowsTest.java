package dev.skiffmesh.e2e.comparison;

/** Skiff does all of them right. */
class SkiffTwelveRowsTest extends TwelveRows {

  @Override
  DiscoveryServer start() {
    return new SkiffServer();
  }

  @Override
  void judge(Row row, Runnable check) {
    check.run();
  }
}
