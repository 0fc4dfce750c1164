package dev.skiffmesh.registry.nacos;

import dev.skiffmesh.api.model.Immutable;
import dev.skiffmesh.registry.core.ServiceNames;
import java.util.List;
import java.util.SortedSet;

/**
 * One group of one namespace: what a source lists as one piece.
 *
 * @param namespaceId the namespace's id in Nacos
 * @param group the group
 * @param meshNamespace the one mesh namespace that holds exactly this scope's services
 */
record NacosScope(String namespaceId, String group, String meshNamespace) {

  /** The default group has its namespace's name, any other one is {@code <namespace>-<group>}. */
  static NacosScope of(NacosSettings.Namespace namespace, String group) {
    String mesh =
        isDefault(group) ? namespace.as() : ServiceNames.meshName(namespace.as() + "-" + group);
    return new NacosScope(namespace.id(), group, mesh);
  }

  /** As events and users see it. */
  String name() {
    return namespaceId + "/" + group;
  }

  /**
   * What a service is called beside its mesh name. In a group other than the default one that is
   * {@code group@@name} alone: the bare name belongs to the default group, and a host that two
   * services claim goes to neither.
   */
  SortedSet<String> aliases(String service, String meshName) {
    return Immutable.sortedSet(
        isDefault(group)
            ? ServiceNames.alias(service, meshName).stream().toList()
            : List.of(group + "@@" + service));
  }

  private static boolean isDefault(String group) {
    return group.equals(NacosSettings.DEFAULT_GROUP);
  }
}
