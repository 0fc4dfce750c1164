package dev.skiffmesh.translator;

import dev.skiffmesh.api.model.Dialect;
import dev.skiffmesh.api.model.Immutable;
import dev.skiffmesh.api.model.Locality;
import dev.skiffmesh.api.model.Protocol;
import dev.skiffmesh.api.model.ProxyIdentity;
import dev.skiffmesh.api.model.ProxyIdentity.ProxyPort;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.model.Workload;
import java.util.List;
import java.util.Map;

/** Proxies that call. */
final class Callers {

  static final Dialect DELTA = new Dialect.Envoy(1, 40, true);
  static final Dialect STATE_OF_THE_WORLD = new Dialect.Envoy(1, 40, false);
  static final Dialect GRPC = new Dialect.Grpc("java");

  private Callers() {}

  /** A proxy beside a workload that nobody calls. */
  static ProxyIdentity caller(
      String namespace, String service, Map<String, String> labels, Dialect dialect) {
    return new ProxyIdentity(
        service + "-1",
        new Workload(new ServiceId(namespace, service), Immutable.sortedMap(labels), null),
        "10.9.0.1",
        List.of(new ProxyPort("http", 9000, 9001, Protocol.HTTP)),
        15001,
        "",
        new Locality("", "", ""),
        dialect);
  }
}
