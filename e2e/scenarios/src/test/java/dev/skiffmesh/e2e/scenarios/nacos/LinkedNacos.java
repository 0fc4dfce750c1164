package dev.skiffmesh.e2e.scenarios.nacos;

import com.alibaba.nacos.api.exception.NacosException;
import dev.skiffmesh.api.source.Source;
import dev.skiffmesh.e2e.parts.CuttableLink;
import dev.skiffmesh.e2e.parts.FreePorts;
import dev.skiffmesh.e2e.parts.nacos.NacosServer;
import dev.skiffmesh.registry.core.TestingRegistry;
import dev.skiffmesh.registry.nacos.NacosSettings;
import dev.skiffmesh.registry.nacos.NacosSource;
import java.time.Duration;
import java.util.List;

/**
 * A provider with a way of its own to the server, and a source whose way to it can fail: when the
 * registry is lost here, it is the source's network that is cut.
 */
final class LinkedNacos implements TestingRegistry, AutoCloseable {

  /** Where Nacos's clients look for gRPC, from the server's main port on. */
  private static final int GRPC = 1000;

  private final RealNacos provider;
  private final CuttableLink http;
  private final CuttableLink grpc;

  LinkedNacos(NacosServer server, String namespace, Duration latency) throws NacosException {
    this.provider = new RealNacos(server, namespace);
    int port = FreePorts.nextWithOffsets(GRPC);
    this.http = CuttableLink.between(port, server.port());
    this.grpc = CuttableLink.between(port + GRPC, server.port() + GRPC);
    http.delay(latency);
    grpc.delay(latency);
  }

  @Override
  public Source source() {
    NacosSettings usual = provider.settings(NacosSettings.Timing.DEFAULT.settle());
    return new NacosSource(
        new NacosSettings(
            usual.name(),
            "127.0.0.1:" + http.port(),
            usual.namespaces(),
            usual.groups(),
            usual.services(),
            usual.credentials(),
            usual.client(),
            usual.timing()));
  }

  @Override
  public void lose() {
    http.cut();
    grpc.cut();
  }

  /** What the source sends arrives, and what the server answers does not. */
  void cutAnswers() {
    http.cutAnswers();
    grpc.cutAnswers();
  }

  /** The source's connections carry nothing any more; new ones do. */
  void forget() {
    http.forget();
    grpc.forget();
  }

  /** Breaks the source's connections. */
  void reset() {
    http.reset();
    grpc.reset();
  }

  @Override
  public void restore() {
    http.mend();
    grpc.mend();
  }

  @Override
  public void put(List<Instance> instances) {
    provider.put(instances);
  }

  @Override
  public void remove(Instance instance) {
    provider.remove(instance);
  }

  @Override
  public void putMalformed(String service) {
    provider.putMalformed(service);
  }

  @Override
  public void removeMalformed(String service) {
    provider.removeMalformed(service);
  }

  @Override
  public void touch() {
    provider.touch();
  }

  @Override
  public void close() throws NacosException {
    http.close();
    grpc.close();
    provider.close();
  }
}
