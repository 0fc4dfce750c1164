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
 * @param meshNamespace the one mesh namespace that holds exactly this portion's services
 */
record NacosPortion(String namespaceId, String group, String meshNamespace) {

  /**
   * One that is alone with its name: the default group has its namespace's, any other one is {@code
   * <namespace>-<group>}.
   */
  static NacosPortion of(NacosSettings.Namespace namespace, String group) {
    return new NacosPortion(
        namespace.id(), group, ServiceNames.meshName(spelled(namespace, group)));
  }

  /** The same, where another one has the name: with a hash of what Nacos calls it. */
  static NacosPortion toldApart(NacosSettings.Namespace namespace, String group) {
    return new NacosPortion(
        namespace.id(), group, ServiceNames.toldApart(namespace.as() + "/" + group));
  }

  /** What its mesh namespace is made of. */
  static String spelled(NacosSettings.Namespace namespace, String group) {
    return isDefault(group) ? namespace.as() : namespace.as() + "-" + group;
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

  static boolean isDefault(String group) {
    return group.equals(NacosSettings.DEFAULT_GROUP);
  }
}
