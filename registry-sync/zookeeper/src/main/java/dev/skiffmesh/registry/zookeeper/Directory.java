package dev.skiffmesh.registry.zookeeper;

/**
 * A node whose children are instances.
 *
 * @param layout how they are written
 * @param name the service (curator-x-discovery) or the interface (Dubbo)
 */
record Directory(Layout layout, String name) implements Comparable<Directory> {

  /** How instances are written. */
  enum Layout {
    /** {@code /services/<name>/<id>}, a JSON {@code ServiceInstance} as the node's content. */
    CURATOR("", true),
    /** {@code /dubbo/<interface>/providers/<encoded url>}, nothing as the node's content. */
    DUBBO("/providers", false);

    private final String below;
    private final boolean hasContent;

    Layout(String below, boolean hasContent) {
      this.below = below;
      this.hasContent = hasContent;
    }

    /** Tells whether the nodes' contents say something. */
    boolean hasContent() {
      return hasContent;
    }
  }

  /** Its path below a root. */
  String path(String root) {
    return root + "/" + name + layout.below;
  }

  @Override
  public int compareTo(Directory other) {
    int byLayout = layout.compareTo(other.layout);
    return byLayout != 0 ? byLayout : name.compareTo(other.name);
  }
}
