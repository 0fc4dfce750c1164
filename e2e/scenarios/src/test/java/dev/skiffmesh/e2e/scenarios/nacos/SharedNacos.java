package dev.skiffmesh.e2e.scenarios.nacos;

import dev.skiffmesh.e2e.parts.nacos.NacosServer;
import dev.skiffmesh.e2e.parts.nacos.NacosVersion;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * One Nacos of each version, and one of each that asks who is there, for all classes of a run that
 * do them no harm: each works in a namespace of its own, and none ends, stops or restarts the
 * server. They start when they are first asked for, and end with this JVM. Thread-safe.
 */
public final class SharedNacos {

  private static final SharedNacos OPEN = new SharedNacos(List.of());
  private static final SharedNacos WITH_LOGIN = new SharedNacos(NacosAccounts.WITH_LOGIN);

  private final List<String> options;
  private final Map<NacosVersion, NacosServer> servers = new EnumMap<>(NacosVersion.class);

  private SharedNacos(List<String> options) {
    this.options = options;
  }

  /** One that lets everybody read and write. */
  public static NacosServer open(NacosVersion version) {
    return OPEN.server(version);
  }

  /** One that knows its administrator, and whoever else is made known by {@link NacosAccounts}. */
  static NacosServer withLogin(NacosVersion version) {
    return WITH_LOGIN.server(version);
  }

  /** The id of a namespace that nobody else uses; Nacos makes it with the first entry. */
  public static String namespace() {
    return "ns-" + UUID.randomUUID().toString().substring(0, 8);
  }

  private synchronized NacosServer server(NacosVersion version) {
    return servers.computeIfAbsent(version, wanted -> NacosServer.start(wanted, options));
  }
}
