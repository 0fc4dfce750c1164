package dev.skiffmesh.e2e.demo;

import dev.skiffmesh.api.model.ServiceId;
import java.util.List;

/**
 * One instance of the broker.
 *
 * @param service its name in the namespace {@link #NAMESPACE}
 * @param version its label {@code version}
 * @param registeredPort where callers reach it, as in {@code examples/demo/services}
 */
record Instance(String service, String version, int registeredPort) {

  static final String NAMESPACE = "trading";

  /** What the files of the example say. */
  static final List<Instance> BROKER =
      List.of(
          new Instance("gateway", "v1", 9_000),
          new Instance("order", "v1", 9_001),
          new Instance("order", "v2", 9_002),
          new Instance("quote", "v1", 9_003));

  ServiceId id() {
    return new ServiceId(NAMESPACE, service);
  }

  /** {@code order v2}; the version is left out where there is but one. */
  String title() {
    return service.equals("order") ? service + " " + version : service;
  }

  Instance at(int port) {
    return new Instance(service, version, port);
  }
}
