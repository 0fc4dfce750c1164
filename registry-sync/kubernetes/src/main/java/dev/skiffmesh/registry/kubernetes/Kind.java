package dev.skiffmesh.registry.kubernetes;

import java.util.Locale;

/** What is watched, in the order in which it is listed: what others refer to comes first. */
enum Kind {
  NAMESPACES("", false),
  NODES("", false),
  PODS("", true),
  SERVICES("", true),
  ENDPOINTSLICES("discovery.k8s.io", true);

  private final String group;
  private final boolean isNamespaced;

  Kind(String group, boolean isNamespaced) {
    this.group = group;
    this.isNamespaced = isNamespaced;
  }

  /** As roles and paths have it: {@code endpointslices}. */
  String plural() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The API group; empty for the core's. */
  String group() {
    return group;
  }

  /** Whether its objects are in namespaces. */
  boolean isNamespaced() {
    return isNamespaced;
  }
}
