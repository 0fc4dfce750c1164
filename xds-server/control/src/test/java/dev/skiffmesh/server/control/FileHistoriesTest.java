package dev.skiffmesh.server.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.api.model.EndpointSet;
import dev.skiffmesh.api.model.Service;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.source.SourceEvent;
import dev.skiffmesh.api.status.FindingCode;
import dev.skiffmesh.registry.core.ChangedOnly;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import org.jspecify.annotations.Nullable;

/**
 * Edits of a folder and restarts in any order, told as the registry of files tells them (a text
 * that is wrong keeps its last good version, and of that a new process knows nothing), against a
 * model.
 */
class FileHistoriesTest {

  private static final String[] FILES = {"a.yaml", "b.yaml", "sub/c.yaml"};
  private static final String[] NAMES = {"order", "stock", "quote", "pay", "ship"};
  private static final int STEPS = 14;

  /** The folder: by file, which services stand in it, and whether each can be read. */
  private final SortedMap<String, SortedMap<String, Boolean>> folder = new TreeMap<>();

  /** What the process knows of services that cannot be read now. */
  private final SortedMap<String, SortedSet<String>> lastGood = new TreeMap<>();

  private final SortedSet<String> seen = new TreeSet<>();

  @Property(tries = 1_000, shrinking = ShrinkingMode.OFF)
  void everyHistoryEndsInWhatTheFolderSays(@ForAll long seed) {
    Random random = new Random(seed);
    folder.clear();
    TestingMesh mesh = begun(TestingMesh.fresh("files"));
    ChangedOnly news = look(mesh, null);
    for (int step = 0; step < STEPS; step++) {
      if (random.nextInt(4) == 0) {
        mesh.threads.advance(Duration.ofMillis(random.nextInt(3_000)));
        mesh = begun(mesh.restarted());
        news = look(mesh, null);
      } else {
        edit(random);
        news = look(mesh, news);
      }
      if (random.nextBoolean()) {
        mesh.settled();
        assertThat(mesh.world().services().keySet()).containsAll(ids(true));
        assertThat(mesh.findings(FindingCode.TRANSLATION_FAILED)).isEmpty();
      }
    }
    // Everything is mended, and a new file is added.
    folder.values().forEach(file -> file.replaceAll((_, _) -> true));
    folder.computeIfAbsent("z.yaml", _ -> new TreeMap<>()).put("last", true);
    look(mesh, news);
    mesh.settled();
    assertThat(mesh.world().services().keySet()).isEqualTo(ids(false));
    assertThat(mesh.world().endpoints().keySet()).isEqualTo(ids(false));
  }

  private TestingMesh begun(TestingMesh mesh) {
    lastGood.clear();
    seen.clear();
    return mesh;
  }

  private void edit(Random random) {
    String file = FILES[random.nextInt(FILES.length)];
    String name = NAMES[random.nextInt(NAMES.length)];
    SortedMap<String, Boolean> content = folder.computeIfAbsent(file, _ -> new TreeMap<>());
    switch (random.nextInt(6)) {
      case 0, 1 -> content.put(name, true);
      case 2, 3 -> content.put(name, false);
      case 4 -> content.remove(name);
      default -> folder.remove(file);
    }
  }

  private ChangedOnly look(TestingMesh mesh, @Nullable ChangedOnly before) {
    ChangedOnly news = before != null ? before : new ChangedOnly(mesh.sources.getFirst()::send);
    seen.addAll(folder.keySet());
    for (String file : List.copyOf(seen)) {
      SortedMap<String, Boolean> content = folder.getOrDefault(file, new TreeMap<>());
      SortedSet<String> known = lastGood.computeIfAbsent(file, _ -> new TreeSet<>());
      known.retainAll(content.keySet());
      content.forEach(
          (name, good) -> {
            if (good) {
              known.add(name);
            }
          });
      boolean bad = content.containsValue(false);
      news.accept(bad ? TestingMesh.unreadable(file) : TestingMesh.readable(file));
      SortedMap<ServiceId, Service> services = new TreeMap<>();
      known.forEach(name -> services.put(TestingMesh.id(name), TestingMesh.service(name)));
      news.accept(new SourceEvent.ServicesReplaced(file, services));
      for (ServiceId id : services.keySet()) {
        news.accept(
            new SourceEvent.EndpointsReplaced(
                id, new EndpointSet(List.of(TestingMesh.endpoint("files", "10.0.0.1", 80, 1)))));
      }
    }
    seen.retainAll(folder.keySet());
    news.accept(new SourceEvent.Synced());
    return news;
  }

  private Set<ServiceId> ids(boolean goodOnly) {
    Set<ServiceId> ids = new TreeSet<>();
    folder
        .values()
        .forEach(
            file ->
                file.forEach(
                    (name, good) -> {
                      if (good || !goodOnly) {
                        ids.add(TestingMesh.id(name));
                      }
                    }));
    return ids;
  }
}
