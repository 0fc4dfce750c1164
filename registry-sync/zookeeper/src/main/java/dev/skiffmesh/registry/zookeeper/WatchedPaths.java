package dev.skiffmesh.registry.zookeeper;

import dev.skiffmesh.registry.zookeeper.Directory.Layout;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Tells what a changed path is about. Pure. */
final class WatchedPaths {

  private static final String PROVIDERS = "providers";

  private final SortedMap<Layout, String> roots;

  /**
   * Of the places where one source reads.
   *
   * @param settings a place that is empty is not read
   */
  WatchedPaths(ZooKeeperSettings settings) {
    Map<Layout, String> given = new EnumMap<>(Layout.class);
    if (!settings.services().isEmpty()) {
      given.put(Layout.CURATOR, settings.services());
    }
    if (!settings.dubbo().isEmpty()) {
      given.put(Layout.DUBBO, settings.dubbo());
    }
    roots = new TreeMap<>(given);
  }

  /** Where each layout is read. */
  SortedMap<Layout, String> roots() {
    return roots;
  }

  /** What is touched when something happens there; empty if that says nothing of any instance. */
  Optional<Touched> touched(String path) {
    for (Map.Entry<Layout, String> root : roots.entrySet()) {
      if (path.equals(root.getValue())) {
        return Optional.of(new Touched.Root(root.getKey()));
      }
      if (path.startsWith(root.getValue() + "/")) {
        String[] below = path.substring(root.getValue().length() + 1).split("/", -1);
        return switch (root.getKey()) {
          case CURATOR -> ofCurator(below);
          case DUBBO -> ofDubbo(below);
        };
      }
    }
    return Optional.empty();
  }

  private static Optional<Touched> ofCurator(String[] below) {
    Directory directory = new Directory(Layout.CURATOR, below[0]);
    return switch (below.length) {
      case 1 -> Optional.of(new Touched.In(directory, ""));
      case 2 -> Optional.of(new Touched.In(directory, below[1]));
      default -> Optional.empty();
    };
  }

  /** Consumers, configurators and routers lie beside the providers and change far more often. */
  private static Optional<Touched> ofDubbo(String[] below) {
    boolean isProvider = below.length == 1 || (below.length <= 3 && below[1].equals(PROVIDERS));
    return isProvider
        ? Optional.of(new Touched.In(new Directory(Layout.DUBBO, below[0]), ""))
        : Optional.empty();
  }

  /** What must be read again. */
  sealed interface Touched {

    /** Which directories there are. */
    record Root(Layout layout) implements Touched {}

    /**
     * Which nodes a directory has, and what one of them says.
     *
     * @param node empty if only the list has changed
     */
    record In(Directory directory, String node) implements Touched {}
  }
}
