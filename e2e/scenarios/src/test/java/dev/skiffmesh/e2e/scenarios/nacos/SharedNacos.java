package dev.skiffmesh.e2e.scenarios.nacos;

import dev.skiffmesh.e2e.parts.nacos.NacosServer;
import dev.skiffmesh.e2e.parts.nacos.NacosVersion;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;

/**
 * One Nacos of each version, and one of each that asks who is there, for all classes of a run that
 * do them no harm: each works in a namespace of its own, and none ends, stops or restarts the
 * server. They start when they are first asked for, and end with this JVM. Thread-safe.
 */
public final class SharedNacos {

  private static final SharedNacos OPEN = new SharedNacos(List.of());
  private static final SharedNacos WITH_LOGIN = new SharedNacos(NacosAccounts.WITH_LOGIN);

  private final List<String> options;
  private final Map<NacosVersion, CompletableFuture<NacosServer>> servers =
      new ConcurrentHashMap<>();

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

  /**
   * A start goes on in a thread of its own when the test that asked first waits no longer, for
   * those that ask next; one that fails is tried again by the next.
   */
  private NacosServer server(NacosVersion version) {
    CompletableFuture<NacosServer> server =
        servers.compute(
            version,
            (wanted, before) ->
                before == null || before.isCompletedExceptionally() ? starting(wanted) : before);
    try {
      return server.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("Nacos " + version.number() + " does not start", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted", e);
    }
  }

  private CompletableFuture<NacosServer> starting(NacosVersion version) {
    return CompletableFuture.supplyAsync(
        () -> NacosServer.start(version, options),
        start -> Thread.ofVirtual().name("start-nacos-" + version.number()).start(start));
  }
}
