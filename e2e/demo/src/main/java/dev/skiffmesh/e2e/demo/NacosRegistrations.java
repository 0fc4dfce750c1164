package dev.skiffmesh.e2e.demo;

import com.alibaba.nacos.api.PropertyKeyConst;
import com.alibaba.nacos.api.exception.NacosException;
import com.alibaba.nacos.api.naming.NamingFactory;
import com.alibaba.nacos.api.naming.NamingService;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

/**
 * The broker's instances as their own Nacos clients would register them: a client each, since one
 * client keeps one instance of a service.
 */
final class NacosRegistrations implements AutoCloseable {

  private final List<NamingService> clients = new ArrayList<>();

  /**
   * Registers every instance.
   *
   * @param server {@code HOST:PORT}
   * @param cache a folder for the clients' own files
   */
  NacosRegistrations(String server, List<Instance> instances, Path cache) {
    try {
      for (Instance instance : instances) {
        Properties properties = new Properties();
        properties.setProperty(PropertyKeyConst.SERVER_ADDR, server);
        properties.setProperty(PropertyKeyConst.NAMING_CACHE_REGISTRY_DIR, cache.toString());
        NamingService client = NamingFactory.createNamingService(properties);
        clients.add(client);
        client.registerInstance(instance.service(), registration(instance));
      }
    } catch (NacosException e) {
      close();
      throw new IllegalStateException("Nacos refused a registration: " + e.getErrMsg(), e);
    }
  }

  @Override
  public void close() {
    for (NamingService client : clients) {
      try {
        client.shutDown();
      } catch (NacosException e) {
        // The server forgets an ephemeral instance when its client's connection is gone.
      }
    }
  }

  private static com.alibaba.nacos.api.naming.pojo.Instance registration(Instance instance) {
    var registration = new com.alibaba.nacos.api.naming.pojo.Instance();
    registration.setIp("127.0.0.1");
    registration.setPort(instance.registeredPort());
    registration.addMetadata("version", instance.version());
    return registration;
  }
}
