package dev.skiffmesh.e2e.scenarios.benchmarks;

import dev.skiffmesh.api.source.Source;
import dev.skiffmesh.registry.nacos.SyntheticNacos;

/**
 * Nacos, synthetic below its client.
 *
 * @param nacos what answers
 */
record NacosEstate(SyntheticNacos nacos) implements Estate {

  @Override
  public Source source() {
    return nacos.source();
  }

  @Override
  public String cluster(int service) {
    return SyntheticNacos.name(service).replace('.', '-') + ".default|http";
  }

  @Override
  public void change(int service, int turn) {
    nacos.change(service, 2 + turn % 2);
  }

  @Override
  public void close() {}
}
