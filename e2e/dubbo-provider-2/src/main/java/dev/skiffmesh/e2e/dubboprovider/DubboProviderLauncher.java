package dev.skiffmesh.e2e.dubboprovider;

import java.util.Map;
import org.apache.dubbo.config.ApplicationConfig;
import org.apache.dubbo.config.ProtocolConfig;
import org.apache.dubbo.config.RegistryConfig;
import org.apache.dubbo.config.ServiceConfig;
import org.apache.dubbo.config.bootstrap.DubboBootstrap;

/**
 * An application of Dubbo 2.7 that registers its interface in Nacos, as its system properties say:
 * {@code provider.server}, {@code .application}, {@code .version}, {@code .group}, {@code .weight},
 * {@code .tag}, and its port in {@code .dubbo}.
 */
public final class DubboProviderLauncher {

  private DubboProviderLauncher() {}

  /** Starts the provider, says so on its output, and serves until it is ended. */
  public static void main(String[] args) throws InterruptedException {
    ApplicationConfig application = new ApplicationConfig(property("application"));
    application.setQosEnable(false);
    ServiceConfig<Quote> service = new ServiceConfig<>();
    service.setInterface(Quote.class);
    service.setRef(symbol -> "1 " + symbol);
    service.setVersion(property("version"));
    service.setGroup(property("group"));
    service.setWeight(Integer.valueOf(property("weight")));
    service.setParameters(Map.of("dubbo.tag", property("tag")));
    DubboBootstrap.getInstance()
        .application(application)
        .registry(new RegistryConfig("nacos://" + property("server")))
        .protocol(new ProtocolConfig("dubbo", Integer.parseInt(property("dubbo"))))
        .service(service)
        .start();
    System.out.println("READY");
    Thread.currentThread().join();
  }

  private static String property(String name) {
    return System.getProperty("provider." + name, "");
  }
}
