package dev.skiffmesh.registry.file;

import dev.skiffmesh.api.source.Source;
import dev.skiffmesh.registry.core.TestingRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** A folder as a registry: a file for each service, replaced whole. */
final class FolderRegistry implements TestingRegistry {

  private final Path folder;
  private final Path away;
  private final Map<String, Map<String, Instance>> services = new TreeMap<>();
  private final Set<String> malformed = new TreeSet<>();

  FolderRegistry(Path parent) throws IOException {
    folder = Files.createDirectory(parent.resolve("services"));
    away = parent.resolve("away");
  }

  @Override
  public void put(List<Instance> instances) throws IOException {
    for (Instance instance : instances) {
      instances(instance.service()).put(place(instance), instance);
    }
    for (String service :
        instances.stream().map(Instance::service).collect(Collectors.toCollection(TreeSet::new))) {
      write(service);
    }
  }

  @Override
  public void remove(Instance instance) throws IOException {
    instances(instance.service()).remove(place(instance));
    write(instance.service());
  }

  @Override
  public void putMalformed(String service) throws IOException {
    malformed.add(service);
    write(service);
  }

  @Override
  public void removeMalformed(String service) throws IOException {
    malformed.remove(service);
    write(service);
  }

  @Override
  public void touch() throws IOException {
    for (String service : services.keySet()) {
      write(service);
    }
  }

  @Override
  public void lose() throws IOException {
    Files.move(folder, away);
  }

  @Override
  public void restore() throws IOException {
    Files.move(away, folder);
  }

  @Override
  public Source source() {
    return FileSource.of(FileSourceSettings.of("folder", folder).withShownAs("services"));
  }

  @Override
  public void close() {
    // The folder is the test's own and goes with it.
  }

  private Map<String, Instance> instances(String service) {
    return services.computeIfAbsent(service, none -> new LinkedHashMap<>());
  }

  private static String place(Instance instance) {
    return instance.address() + ":" + instance.port();
  }

  private void write(String service) throws IOException {
    StringBuilder text = new StringBuilder(document(service));
    text.append("  ports: [{name: http, port: 8080}]\n  endpoints:\n");
    for (Instance instance : instances(service).values()) {
      text.append("    - address: ").append(instance.address()).append('\n');
      text.append("      port: ").append(instance.port()).append('\n');
      text.append("      weight: ").append(instance.weight().toPlainString()).append('\n');
      text.append("      health: ").append(instance.healthy() ? "Healthy\n" : "Unhealthy\n");
      text.append("      enabled: ").append(instance.enabled()).append('\n');
      text.append("      labels: {");
      instance.labels().forEach((k, v) -> text.append(k).append(": \"").append(v).append("\", "));
      text.append("}\n");
    }
    if (instances(service).isEmpty()) {
      text.append("    []\n");
    }
    if (malformed.contains(service)) {
      text.append("---\n").append(document("broken-" + service)).append("  ports: none\n");
    }
    Path draft = folder.resolve("." + service + ".draft");
    Files.writeString(draft, text);
    Files.move(
        draft,
        folder.resolve(service + ".yaml"),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }

  private static String document(String service) {
    return "apiVersion: skiffmesh.dev/v1alpha1\nkind: Service\nmetadata: {name: "
        + service
        + "}\nspec:\n";
  }
}
