package dev.skiffmesh.e2e.scenarios.nacos;

import dev.skiffmesh.e2e.parts.nacos.NacosVersion;

/** On a real Nacos 3. */
class NacosLogin3Test extends NacosLoginScenario {
  @Override
  NacosVersion version() {
    return NacosVersion.V3;
  }
}
