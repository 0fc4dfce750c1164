package dev.skiffmesh.registry.nacos;

import com.alibaba.nacos.common.remote.client.ServerListFactory;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/** The servers of the configuration, one after the other from a random one on. */
final class ConfiguredServers implements ServerListFactory {

  private final List<String> servers;
  private final AtomicInteger current;

  ConfiguredServers(List<String> servers) {
    this.servers = List.copyOf(servers);
    this.current = new AtomicInteger(ThreadLocalRandom.current().nextInt(servers.size()));
  }

  @Override
  public String genNextServer() {
    return at(current.incrementAndGet());
  }

  @Override
  public String getCurrentServer() {
    return at(current.get());
  }

  @Override
  public List<String> getServerList() {
    return servers;
  }

  private String at(int index) {
    return servers.get(Math.floorMod(index, servers.size()));
  }
}
