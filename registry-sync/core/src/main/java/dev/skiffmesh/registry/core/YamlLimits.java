package dev.skiffmesh.registry.core;

/**
 * How much YAML is read.
 *
 * @param characters of one text, in UTF-16 units
 * @param nodes of all documents of one text, aliases counted as often as they stand: what "a
 *     billion laughs" would multiply
 * @param depth of lists and fields in each other
 * @param scalar characters of one value, in UTF-16 units
 * @param name characters of a field's name, in UTF-16 units
 * @param documents of one text
 */
public record YamlLimits(
    int characters, int nodes, int depth, int scalar, int name, int documents) {

  /**
   * Sixteen times what Kubernetes lets into an object (1 MiB in etcd), since a file may hold many
   * services; a node costs about 60 bytes in memory. A value is at most what Kubernetes lets all
   * annotations of an object be together (256 KiB: {@code kubectl apply} keeps the whole object in
   * one); a name is at most what YAML lets a key without {@code ?} be (chapter 7.4.2).
   */
  public static final YamlLimits DEFAULT =
      new YamlLimits(16 * 1024 * 1024, 2_000_000, 100, 256 * 1024, 1024, 10_000);
}
