package dev.skiffmesh.e2e.scenarios.nacos;

import com.alibaba.nacos.api.PropertyKeyConst;
import com.alibaba.nacos.api.exception.NacosException;
import com.alibaba.nacos.api.naming.NamingFactory;
import com.alibaba.nacos.api.naming.NamingService;
import com.alibaba.nacos.api.naming.pojo.Instance;
import dev.skiffmesh.e2e.parts.HttpService;
import java.util.Map;
import java.util.Properties;

/**
 * An application that registers itself as Spring Cloud Alibaba does: one client, one ephemeral
 * instance, its source in the metadata. It knows nothing of the mesh.
 */
final class SpringCloudApplication implements AutoCloseable {

  private final HttpService service;
  private final NamingService client;
  private final Instance instance = new Instance();
  private boolean registered;

  SpringCloudApplication(String server, String namespace, String version, double weight)
      throws NacosException {
    service = HttpService.start("order", Map.of("version", version));
    Properties properties = new Properties();
    properties.setProperty(PropertyKeyConst.SERVER_ADDR, server);
    properties.setProperty(PropertyKeyConst.NAMESPACE, namespace);
    client = NamingFactory.createNamingService(properties);
    instance.setIp("127.0.0.1");
    instance.setPort(service.port());
    instance.setWeight(weight);
    instance.addMetadata("version", version);
    instance.addMetadata("preserved.register.source", "SPRING_CLOUD");
    register();
  }

  /** As Envoy's admin interface names its endpoint. */
  String address() {
    return "127.0.0.1:" + service.port();
  }

  String id() {
    return service.id();
  }

  void weight(double weight) throws NacosException {
    instance.setWeight(weight);
    register();
  }

  void enabled(boolean enabled) throws NacosException {
    instance.setEnabled(enabled);
    register();
  }

  void healthy(boolean healthy) throws NacosException {
    instance.setHealthy(healthy);
    register();
  }

  /** The instance goes; its process answers on, as one that is being shut down does. */
  void deregister() throws NacosException {
    registered = false;
    client.deregisterInstance("order", instance);
  }

  private void register() throws NacosException {
    registered = true;
    client.registerInstance("order", instance);
  }

  @Override
  public void close() throws NacosException {
    if (registered) {
      deregister();
    }
    client.shutDown();
    service.close();
  }
}
