package dev.skiffmesh.registry.zookeeper;

import dev.skiffmesh.api.model.Endpoint;
import dev.skiffmesh.api.model.EndpointKey;
import dev.skiffmesh.api.model.EndpointSet;
import dev.skiffmesh.api.model.ServicePort;
import dev.skiffmesh.api.status.Finding;
import dev.skiffmesh.api.status.FindingCode;
import dev.skiffmesh.registry.core.EntryValues;
import dev.skiffmesh.registry.core.MalformedEntryException;
import dev.skiffmesh.registry.core.PortKind;
import dev.skiffmesh.registry.zookeeper.MappedDirectory.MappedService;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Turns what ZooKeeper holds of a service or an interface into what the mesh uses. Pure: equal
 * input gives an equal result.
 *
 * <p>A node that makes no sense is left out with a finding; its neighbours stay. So is a value that
 * an instance does not need, and the instance stays.
 */
final class ZooKeeperMapper {

  /**
   * A provider that restarts is there twice until its old session has ended: the newer node counts,
   * and that is nothing to report.
   */
  private static final Comparator<MappedNode.Instance> OLDER_FIRST =
      Comparator.comparingLong(MappedNode.Instance::since)
          .thenComparing(instance -> instance.endpoint().toString());

  private final String source;

  /**
   * A mapper for one source.
   *
   * @param source the source's name, which becomes part of the endpoints' keys
   */
  ZooKeeperMapper(String source) {
    this.source = source;
  }

  /**
   * What one node means.
   *
   * @param content what is written in it
   */
  MappedNode node(Directory directory, String node, String content) {
    try {
      RegisteredInstance instance =
          switch (directory.layout()) {
            case CURATOR -> CuratorNode.read(directory.name(), content);
            case DUBBO -> DubboNode.read(directory.name(), node);
          };
      return new MappedNode.Instance(
          instance.service(), endpoint(instance), instance.since(), instance.problems());
    } catch (MalformedEntryException malformed) {
      return new MappedNode.Malformed(malformed.problem());
    }
  }

  /**
   * What the directory means.
   *
   * @param nodes its children by their names
   * @param before what it meant; a service whose last instance has gone stays, with its ports
   */
  MappedDirectory map(
      Directory directory, SortedMap<String, MappedNode> nodes, MappedDirectory before) {
    List<Finding> findings = new ArrayList<>();
    List<MappedNode.Instance> instances = new ArrayList<>();
    nodes.forEach(
        (name, node) -> {
          switch (node) {
            case MappedNode.Instance instance -> {
              instances.add(instance);
              instance
                  .problems()
                  .forEach(problem -> findings.add(finding(directory, name, problem)));
            }
            case MappedNode.Malformed(String problem) ->
                findings.add(finding(directory, name, problem));
          }
        });
    instances.sort(OLDER_FIRST);
    SortedMap<String, SortedMap<EndpointKey, Endpoint>> endpoints = new TreeMap<>();
    for (MappedNode.Instance instance : instances) {
      endpoints
          .computeIfAbsent(instance.service(), none -> new TreeMap<>())
          .put(instance.endpoint().key(), instance.endpoint());
    }
    SortedMap<String, MappedService> services = new TreeMap<>();
    before.services().forEach((name, service) -> services.put(name, service.emptied()));
    if (directory.layout() == Directory.Layout.CURATOR) {
      services.putIfAbsent(directory.name(), MappedService.NOBODY);
    }
    endpoints.forEach(
        (name, keyed) -> {
          List<ServicePort> ports = PortKind.ofService(keyed.values());
          services.put(
              name, new MappedService(ports, new EndpointSet(List.copyOf(keyed.values()))));
        });
    return new MappedDirectory(services, findings);
  }

  private Endpoint endpoint(RegisteredInstance instance) {
    String address = instance.address();
    String place = (address.indexOf(':') < 0 ? address : "[" + address + "]") + ":";
    return new Endpoint(
        new EndpointKey(source, "", place + instance.port()),
        address,
        instance.ports(),
        instance.weight(),
        instance.health(),
        instance.enabled(),
        instance.locality(),
        instance.labels(),
        instance.furtherAddresses());
  }

  private Finding finding(Directory directory, String node, String problem) {
    return new Finding(
        FindingCode.MALFORMED_ENTRY,
        "node " + EntryValues.shown(node) + " of " + directory.name(),
        source,
        null,
        problem);
  }
}
