package dev.skiffmesh.e2e.scenarios.benchmarks;

import com.alibaba.nacos.api.PropertyKeyConst;
import com.alibaba.nacos.api.exception.NacosException;
import com.alibaba.nacos.api.naming.NamingFactory;
import com.alibaba.nacos.api.naming.NamingService;
import com.alibaba.nacos.api.naming.pojo.Instance;
import com.fasterxml.jackson.databind.JsonNode;
import dev.skiffmesh.e2e.parts.nacos.NacosServer;
import dev.skiffmesh.e2e.parts.nacos.NacosVersion;
import dev.skiffmesh.e2e.scenarios.Caller;
import dev.skiffmesh.e2e.scenarios.ControlPlaneProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Properties;
import java.util.concurrent.locks.LockSupport;

/**
 * From a change in Nacos until Envoy has acknowledged it: an instance's weight is changed again and
 * again, and the time is taken from when the registration call returns until the control plane has
 * Envoy's ACK. Beside it, the same until a plain Nacos client of another process is told, which is
 * what Nacos itself takes.
 */
final class NacosToEnvoy {

  private static final int CHANGES = 200;
  private static final long POLL_NANOS = 1_000_000;
  private static final long BOUND_NANOS = 30_000_000_000L;

  private NacosToEnvoy() {}

  public static void main(String[] arguments) throws IOException, NacosException {
    NacosVersion version =
        arguments.length > 0 && arguments[0].equals("3") ? NacosVersion.V3 : NacosVersion.V2;
    Path folder = Files.createTempDirectory("skiff-benchmark-");
    try (NacosServer nacos = NacosServer.start(version);
        ControlPlaneProcess controlPlane =
            ControlPlaneProcess.start(
                folder,
                "- {type: nacos, name: legacy, server: '%s', namespaces: [{id: public, as: trading}]}"
                    .formatted(nacos.address()))) {
      NamingService provider = client(nacos);
      NamingService listener = client(nacos);
      Instance instance = new Instance();
      instance.setIp("127.0.0.1");
      instance.setPort(9000);
      provider.registerInstance("order", instance);
      // Beside a second one: the weight of a single instance means nothing, and so changes nothing.
      NamingService other = client(nacos);
      other.registerInstance("order", "127.0.0.1", 9001);
      double[] told = new double[1];
      listener.subscribe(
          "order",
          event -> {
            var changed = (com.alibaba.nacos.api.naming.listener.NamingEvent) event;
            for (Instance one : changed.getInstances()) {
              if (one.getPort() == 9000) {
                synchronized (told) {
                  told[0] = one.getWeight();
                }
              }
            }
          });
      controlPlane.await("/api/v1/endpoints", answer -> answer.get("items").size() == 2);
      try (Caller _ = Caller.start("gateway", controlPlane.xdsPort())) {
        long[] acked = new long[CHANGES];
        long[] heard = new long[CHANGES];
        for (int i = 0; i < CHANGES; i++) {
          double weight = 2 + i;
          long before = acks(controlPlane);
          instance.setWeight(weight);
          provider.registerInstance("order", instance);
          long start = System.nanoTime();
          while (acked[i] == 0 || heard[i] == 0) {
            long now = System.nanoTime() - start;
            if (now > BOUND_NANOS) {
              throw new IllegalStateException("change " + i + " did not arrive");
            }
            synchronized (told) {
              if (heard[i] == 0 && told[0] == weight) {
                heard[i] = now;
              }
            }
            if (acked[i] == 0 && acks(controlPlane) > before) {
              acked[i] = System.nanoTime() - start;
            }
            LockSupport.parkNanos(POLL_NANOS);
          }
        }
        print("Nacos " + version + ": a change until Envoy's ACK", acked);
        print("Nacos " + version + ": the same until a Nacos client is told", heard);
      } finally {
        listener.shutDown();
        provider.shutDown();
        other.shutDown();
      }
    }
    System.exit(0);
  }

  private static NamingService client(NacosServer nacos) throws NacosException {
    Properties properties = new Properties();
    properties.setProperty(PropertyKeyConst.SERVER_ADDR, nacos.address());
    return NamingFactory.createNamingService(properties);
  }

  private static long acks(ControlPlaneProcess controlPlane) {
    long acks = 0;
    for (JsonNode proxy : controlPlane.get("/api/v1/proxies").get("items")) {
      for (JsonNode type : proxy.get("types")) {
        acks += type.get("type").asText().equals("endpoint") ? type.get("acked").asLong() : 0;
      }
    }
    return acks;
  }

  private static void print(String what, long[] nanos) {
    long[] sorted = nanos.clone();
    Arrays.sort(sorted);
    System.out.printf(
        Locale.ROOT,
        "%s: min %.0f, median %.0f, p99 %.0f, max %.0f ms (%d changes)%n",
        what,
        sorted[0] / 1e6,
        sorted[sorted.length / 2] / 1e6,
        sorted[(int) Math.ceil(sorted.length * 0.99) - 1] / 1e6,
        sorted[sorted.length - 1] / 1e6,
        sorted.length);
  }
}
