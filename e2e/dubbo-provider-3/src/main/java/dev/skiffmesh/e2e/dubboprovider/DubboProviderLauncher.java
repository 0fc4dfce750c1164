package dev.skiffmesh.e2e.dubboprovider;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.dubbo.config.ApplicationConfig;
import org.apache.dubbo.config.MetadataReportConfig;
import org.apache.dubbo.config.ProtocolConfig;
import org.apache.dubbo.config.RegistryConfig;
import org.apache.dubbo.config.ServiceConfig;
import org.apache.dubbo.config.bootstrap.DubboBootstrap;

/**
 * A Dubbo application that registers in Nacos, as its system properties say: {@code
 * provider.server}, {@code .application}, {@code .mode} (interface, instance, all), {@code .storage}
 * (local, remote), {@code .version}, {@code .group}, {@code .weight}, {@code .tag}, a port each in
 * {@code .dubbo} and {@code .tri}, and {@code .newer} for the newer revision.
 */
public final class DubboProviderLauncher {

  private DubboProviderLauncher() {}

  /** Starts the provider, says so on its output, and serves until it is ended. */
  public static void main(String[] args) throws InterruptedException {
    String nacos = "nacos://" + property("server");
    ApplicationConfig application = new ApplicationConfig(property("application"));
    application.setRegisterMode(property("mode"));
    application.setMetadataType(property("storage"));
    application.setQosEnable(false);
    if (!property("tag").isEmpty()) {
      application.setParameters(Map.of("dubbo.tag", property("tag")));
    }
    List<ProtocolConfig> protocols = new ArrayList<>();
    for (String name : List.of("dubbo", "tri")) {
      if (!property(name).isEmpty()) {
        protocols.add(new ProtocolConfig(name, Integer.parseInt(property(name))));
      }
    }
    DubboBootstrap bootstrap =
        DubboBootstrap.getInstance()
            .application(application)
            .registry(new RegistryConfig(nacos))
            .metadataReport(new MetadataReportConfig(nacos))
            .protocols(protocols)
            .service(service(Quote.class, symbol -> "1 " + symbol));
    if (Boolean.parseBoolean(property("newer"))) {
      bootstrap.service(service(Depth.class, String::length));
    }
    bootstrap.start();
    System.out.println("READY");
    Thread.currentThread().join();
  }

  private static <T> ServiceConfig<T> service(Class<T> type, T implementation) {
    ServiceConfig<T> service = new ServiceConfig<>();
    service.setInterface(type);
    service.setRef(implementation);
    if (!property("version").isEmpty()) {
      service.setVersion(property("version"));
    }
    if (!property("group").isEmpty()) {
      service.setGroup(property("group"));
    }
    if (!property("weight").isEmpty()) {
      service.setWeight(Integer.valueOf(property("weight")));
    }
    return service;
  }

  private static String property(String name) {
    return System.getProperty("provider." + name, "");
  }
}
