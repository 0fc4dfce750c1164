package dev.skiffmesh.registry.zookeeper;

import dev.skiffmesh.api.model.Immutable;
import dev.skiffmesh.api.source.Source;
import dev.skiffmesh.api.source.SourceEvent;
import dev.skiffmesh.api.status.Finding;
import dev.skiffmesh.api.status.FindingCode;
import dev.skiffmesh.registry.core.ServiceBook;
import dev.skiffmesh.registry.zookeeper.Directory.Layout;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What is known of an ensemble's services, and which events tell it. What changes nothing is left
 * to the sink. Not thread-safe.
 *
 * <p>All places are one portion, so that a service's name says for sure what it is told apart from.
 */
final class ZooKeeperInventory {

  private final String source;
  private final WatchedPaths paths;
  private final String portion;
  private final ZooKeeperMapper mapper;

  private final SortedMap<Directory, MappedDirectory> directories = new TreeMap<>();

  /** Kept where reading one again costs a question. */
  private final SortedMap<Directory, SortedMap<String, MappedNode>> contents = new TreeMap<>();

  /** Whose service it is; two directories with one name are one layout's beside the other's. */
  private final SortedMap<String, Directory> owners = new TreeMap<>();

  private final SortedMap<Directory, List<Finding>> findings = new TreeMap<>();
  private final SortedMap<String, Finding> refusals = new TreeMap<>();
  private final SortedSet<Directory> refused = new TreeSet<>();

  private final ServiceBook book;

  ZooKeeperInventory(ZooKeeperSettings settings, WatchedPaths paths) {
    this.source = settings.name();
    this.paths = paths;
    this.portion = String.join(", ", paths.roots().values());
    this.mapper = new ZooKeeperMapper(settings.name());
    this.book = new ServiceBook(source, settings.namespace(), portion);
  }

  /** The directories of one layout that are known. */
  SortedSet<Directory> directories(Layout layout) {
    SortedSet<Directory> known = new TreeSet<>(directories.keySet());
    known.removeIf(directory -> directory.layout() != layout);
    return known;
  }

  /** What may not be read, as far as it was tried. */
  SortedSet<Directory> refused() {
    return Collections.unmodifiableSortedSet(refused);
  }

  /** The nodes of a directory whose contents are known. */
  SortedMap<String, MappedNode> contents(Directory directory) {
    return contents.getOrDefault(directory, Collections.emptySortedMap());
  }

  /** What a node means. */
  MappedNode node(Directory directory, String node, String content) {
    return mapper.node(directory, node, content);
  }

  /** The directory holds these nodes, and no others that may be read. */
  void put(Directory directory, SortedMap<String, MappedNode> nodes) {
    MappedDirectory before = directories.getOrDefault(directory, MappedDirectory.NOTHING);
    MappedDirectory now = mapper.map(directory, nodes, before);
    if (directory.layout().hasContent()) {
      contents.put(directory, Immutable.sortedMap(nodes));
    }
    become(directory, now);
  }

  /** The directory is gone. */
  void remove(Directory directory) {
    MappedDirectory before = directories.remove(directory);
    contents.remove(directory);
    findings.remove(directory);
    if (before != null) {
      for (String name : before.services().keySet()) {
        if (owners.remove(name, directory)) {
          book.remove(name);
        }
      }
    }
    readable(directory);
  }

  /** Something of the directory may not be read; what is known of it stays. */
  void refuse(Directory directory) {
    refused.add(directory);
    refusal(directory.path(paths.roots().getOrDefault(directory.layout(), "")));
  }

  /** All of the directory may be read. */
  void readable(Directory directory) {
    refused.remove(directory);
    refusals.remove(directory.path(paths.roots().getOrDefault(directory.layout(), "")));
  }

  /** Tells whether a root may be read; what is known below it stays if not. */
  void root(Layout layout, boolean isReadable) {
    String root = paths.roots().getOrDefault(layout, "");
    if (isReadable) {
      refusals.remove(root);
    } else {
      refusal(root);
    }
  }

  /** Tells whether the root of a layout was refused. */
  boolean isRefused(Layout layout) {
    return refusals.containsKey(paths.roots().getOrDefault(layout, ""));
  }

  private void refusal(String path) {
    refusals.put(
        path,
        new Finding(
            FindingCode.SOURCE_LOST,
            "node " + path,
            source,
            null,
            "must be readable with the configured login, found that ZooKeeper refuses it; what is"
                + " known of it stays"));
  }

  /** A service that a directory has had stays in it, without anybody who serves it. */
  private void become(Directory directory, MappedDirectory now) {
    directories.put(directory, now);
    if (now.findings().isEmpty()) {
      findings.remove(directory);
    } else {
      findings.put(directory, now.findings());
    }
    now.services()
        .forEach(
            (name, service) -> {
              owners.putIfAbsent(name, directory);
              if (directory.equals(owners.get(name))) {
                book.put(name, List.of(), service.ports(), service.endpoints());
              }
            });
  }

  /** Tells all that has changed since the last time. */
  void tell(Source.Sink sink) {
    SourceEvent.PortionFindings found = found();
    if (found.unreadable()) {
      sink.accept(found);
    }
    book.tell(sink);
    if (!found.unreadable()) {
      sink.accept(found);
    }
  }

  private SourceEvent.PortionFindings found() {
    List<Finding> all = new ArrayList<>(refusals.values());
    for (Map.Entry<Directory, List<Finding>> entry : findings.entrySet()) {
      all.addAll(entry.getValue());
    }
    all.addAll(book.clashes(source));
    return new SourceEvent.PortionFindings(portion, !refusals.isEmpty(), all);
  }
}
