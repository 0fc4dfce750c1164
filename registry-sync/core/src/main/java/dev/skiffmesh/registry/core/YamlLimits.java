package dev.skiffmesh.registry.core;

/**
 * How much YAML is read.
 *
 * @param characters of one text, in UTF-16 units
 * @param nodes of one document, aliases counted as often as they stand: what "a billion laughs"
 *     would multiply
 * @param depth of lists and fields in each other
 */
public record YamlLimits(int characters, int nodes, int depth) {

  /**
   * Sixteen times what Kubernetes lets into an object (1 MiB in etcd), since a file may hold many
   * services; a node costs about 60 bytes in memory.
   */
  public static final YamlLimits DEFAULT = new YamlLimits(16 * 1024 * 1024, 2_000_000, 100);
}
