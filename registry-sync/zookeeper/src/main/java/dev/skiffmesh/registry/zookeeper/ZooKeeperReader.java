package dev.skiffmesh.registry.zookeeper;

import dev.skiffmesh.registry.zookeeper.Directory.Layout;
import dev.skiffmesh.registry.zookeeper.WatchedPaths.Touched;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Reads into the inventory what is there and what has changed. A read that fails leaves the
 * inventory as it was or a part of the way further; {@link #readAll} makes it whole. Not
 * thread-safe.
 */
final class ZooKeeperReader {

  private final ZooKeeperSession session;
  private final WatchedPaths paths;
  private final ZooKeeperInventory inventory;

  /** What must be read again: the nodes by their directory, beside its list of them. */
  private SortedMap<Directory, Set<String>> touched = new TreeMap<>();

  private SortedSet<Layout> touchedRoots = new TreeSet<>();

  ZooKeeperReader(ZooKeeperSession session, WatchedPaths paths, ZooKeeperInventory inventory) {
    this.session = session;
    this.paths = paths;
    this.inventory = inventory;
  }

  ZooKeeperInventory inventory() {
    return inventory;
  }

  /** Something has happened there. */
  void touch(Touched what) {
    switch (what) {
      case Touched.Root(Layout layout) -> touchedRoots.add(layout);
      case Touched.In(Directory directory, String node) ->
          touched.computeIfAbsent(directory, none -> new HashSet<>()).add(node);
    }
  }

  /** What was refused may be allowed by now; ZooKeeper does not say so. */
  void touchRefused() {
    for (Layout layout : paths.roots().keySet()) {
      if (inventory.isRefused(layout)) {
        touchedRoots.add(layout);
      }
    }
    for (Directory directory : inventory.refused()) {
      touched.computeIfAbsent(directory, none -> new HashSet<>());
    }
  }

  /** Tells whether something has happened that was not read yet. */
  boolean isBehind() {
    return !touched.isEmpty() || !touchedRoots.isEmpty();
  }

  /** Sets the watches, then reads everything, whatever is known. */
  void readAll() throws ZooKeeperLostException {
    session.watch(paths.roots().values());
    touched.clear();
    touchedRoots.clear();
    SortedMap<Directory, Set<String>> all = new TreeMap<>();
    for (Layout layout : paths.roots().keySet()) {
      for (Directory directory : listed(layout)) {
        all.put(directory, Set.of());
      }
    }
    read(all, false);
  }

  /** Reads what has happened; nothing of it is forgotten if that fails. */
  void readTouched() throws ZooKeeperLostException {
    SortedMap<Directory, Set<String>> directories = touched;
    SortedSet<Layout> roots = touchedRoots;
    touched = new TreeMap<>();
    touchedRoots = new TreeSet<>();
    for (Layout layout : roots) {
      SortedSet<Directory> known = inventory.directories(layout);
      for (Directory directory : listed(layout)) {
        if (!known.contains(directory)) {
          directories.computeIfAbsent(directory, none -> new HashSet<>());
        }
      }
    }
    read(directories, true);
  }

  /** The directories of a root; those that are gone are taken out. */
  private SortedSet<Directory> listed(Layout layout) throws ZooKeeperLostException {
    String root = paths.roots().get(layout);
    if (root == null) {
      return Collections.emptySortedSet();
    }
    SortedSet<Directory> known = inventory.directories(layout);
    SortedSet<Directory> now = new TreeSet<>();
    for (Answer<List<String>> answer : session.children(List.of(root)).values()) {
      switch (answer) {
        case Answer.Found<List<String>>(List<String> names) -> {
          names.forEach(name -> now.add(new Directory(layout, name)));
          inventory.root(layout, true);
        }
        case Answer.Missing<List<String>> _ -> inventory.root(layout, true);
        case Answer.Refused<List<String>> _ -> {
          inventory.root(layout, false);
          return known;
        }
      }
    }
    known.stream().filter(directory -> !now.contains(directory)).forEach(inventory::remove);
    return now;
  }

  /**
   * Reads directories.
   *
   * @param wanted the nodes whose contents have changed, by directory
   * @param trustsContents contents that are known and not among those need not be read again
   */
  private void read(SortedMap<Directory, Set<String>> wanted, boolean trustsContents)
      throws ZooKeeperLostException {
    Map<String, Directory> byPath = new TreeMap<>();
    wanted.keySet().forEach(directory -> byPath.put(path(directory), directory));
    Map<String, Answer<List<String>>> lists = session.children(byPath.keySet());
    SortedMap<Directory, SortedMap<String, MappedNode>> nodes = new TreeMap<>();
    Map<String, Place> unread = new TreeMap<>();
    for (Map.Entry<String, Directory> entry : byPath.entrySet()) {
      Directory directory = entry.getValue();
      Answer<List<String>> list = lists.get(entry.getKey());
      switch (list) {
        case null -> throw new IllegalStateException("every question has an answer");
        case Answer.Missing<List<String>> _ -> inventory.remove(directory);
        case Answer.Refused<List<String>> _ -> inventory.refuse(directory);
        case Answer.Found<List<String>>(List<String> names) -> {
          SortedMap<String, MappedNode> there =
              nodes.computeIfAbsent(directory, none -> new TreeMap<>());
          SortedMap<String, MappedNode> known =
              trustsContents ? inventory.contents(directory) : Collections.emptySortedMap();
          Set<String> changed = wanted.getOrDefault(directory, Set.of());
          for (String name : names) {
            MappedNode old = changed.contains(name) ? null : known.get(name);
            if (!directory.layout().hasContent()) {
              there.put(name, inventory.node(directory, name, ""));
            } else if (old != null) {
              there.put(name, old);
            } else {
              unread.put(entry.getKey() + "/" + name, new Place(directory, name));
            }
          }
        }
      }
    }
    SortedSet<Directory> refused = readContents(unread, nodes);
    nodes.forEach(
        (directory, there) -> {
          inventory.put(directory, there);
          if (refused.contains(directory)) {
            inventory.refuse(directory);
          } else {
            inventory.readable(directory);
          }
        });
  }

  private record Place(Directory directory, String node) {}

  /** Enters contents, and says in which directories one may not be read; such a one stays. */
  private SortedSet<Directory> readContents(
      Map<String, Place> unread, SortedMap<Directory, SortedMap<String, MappedNode>> nodes)
      throws ZooKeeperLostException {
    SortedSet<Directory> refused = new TreeSet<>();
    Map<String, Answer<String>> contents = session.contents(new ArrayList<>(unread.keySet()));
    contents.forEach(
        (path, answer) -> {
          Place place = unread.get(path);
          if (place == null) {
            return;
          }
          SortedMap<String, MappedNode> there =
              nodes.computeIfAbsent(place.directory(), none -> new TreeMap<>());
          switch (answer) {
            case Answer.Found<String>(String text) ->
                there.put(place.node(), inventory.node(place.directory(), place.node(), text));
            case Answer.Missing<String> _ -> {
              // It went after the list was made; that is told by an event of its own.
            }
            case Answer.Refused<String> _ -> {
              refused.add(place.directory());
              MappedNode known = inventory.contents(place.directory()).get(place.node());
              if (known != null) {
                there.put(place.node(), known);
              }
            }
          }
        });
    return refused;
  }

  private String path(Directory directory) {
    return directory.path(paths.roots().getOrDefault(directory.layout(), ""));
  }
}
