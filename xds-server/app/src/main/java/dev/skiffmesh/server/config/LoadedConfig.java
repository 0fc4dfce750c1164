package dev.skiffmesh.server.config;

import java.util.List;

/** A configuration, and where each of its values came from. Immutable. */
public final class LoadedConfig {

  private final SkiffConfig config;
  private final ConfigSchema.Root root;
  private final List<Record> registries;
  private final List<Record> policies;
  private final ValueOrigins origins;

  LoadedConfig(
      SkiffConfig config,
      ConfigSchema.Root root,
      List<Record> registries,
      List<Record> policies,
      ValueOrigins origins) {
    this.config = config;
    this.root = root;
    this.registries = List.copyOf(registries);
    this.policies = List.copyOf(policies);
    this.origins = origins;
  }

  /** What is in force. */
  public SkiffConfig config() {
    return config;
  }

  /**
   * All values in force as a {@code skiff.yaml}, each with a comment that says where it came from;
   * secrets are shown as {@code ***}.
   */
  public String print() {
    return new ConfigPrinter(origins).print(root, registries, policies);
  }
}
