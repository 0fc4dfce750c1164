package dev.skiffmesh.e2e.scenarios.benchmarks;

import dev.skiffmesh.api.source.Source;
import dev.skiffmesh.registry.nacos.SyntheticNacos;
import java.util.BitSet;

/** Nacos, synthetic below its client. */
final class NacosEstate implements Estate {

  private final SyntheticNacos nacos;
  private final BitSet heavier = new BitSet();

  NacosEstate(SyntheticNacos nacos) {
    this.nacos = nacos;
  }

  @Override
  public Source source() {
    return nacos.source();
  }

  @Override
  public String cluster(int service) {
    return SyntheticNacos.name(service).replace('.', '-') + ".default|http";
  }

  @Override
  public void change(int service) {
    heavier.flip(service);
    nacos.change(service, heavier.get(service) ? 3 : 2);
  }

  @Override
  public void close() {}
}
