package dev.skiffmesh.e2e.demo;

import dev.skiffmesh.e2e.parts.FreePorts;
import dev.skiffmesh.e2e.parts.Repository;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * The files that the demo's control plane watches: the very ones of {@code examples/demo}, so that
 * what is edited there shows, or copies of the services where a port is somebody else's.
 *
 * @param services the folder of the services
 * @param policies the folder of the policies, never a copy
 * @param scratch for copies and for the control plane's state
 * @param instances with the ports that they are registered with
 */
record DemoFiles(Path services, Path policies, Path scratch, List<Instance> instances)
    implements AutoCloseable {

  private static final String EXAMPLE = "examples/demo";

  /** Finds the files and a place for each instance. */
  static DemoFiles prepare() {
    Path example = example();
    List<Instance> placed = new ArrayList<>();
    for (Instance instance : Instance.BROKER) {
      placed.add(instance.at(Ports.preferably(instance.registeredPort())));
    }
    Path scratch = newFolder();
    Path services =
        placed.equals(Instance.BROKER)
            ? example.resolve("services")
            : copyServices(example, scratch, placed, "http");
    return new DemoFiles(services, example.resolve("policies"), scratch, placed);
  }

  /** The same for instances that speak gRPC on ports of their own. */
  static DemoFiles prepareGrpc() {
    Path example = example();
    List<Instance> placed =
        Instance.BROKER.stream().map(instance -> instance.at(FreePorts.next())).toList();
    Path scratch = newFolder();
    return new DemoFiles(
        copyServices(example, scratch, placed, "grpc"),
        example.resolve("policies"),
        scratch,
        placed);
  }

  /** Tells whether {@link #services} are the files of the example and not copies. */
  boolean areOriginals() {
    return !services.startsWith(scratch);
  }

  /** A file as a person in the folder {@code here} would name it. */
  static String shown(Path file) {
    Path here = Path.of("").toAbsolutePath();
    Path absolute = file.toAbsolutePath();
    boolean below = here.getParent() != null && absolute.startsWith(here);
    return below ? here.relativize(absolute).toString() : absolute.toString();
  }

  /** Deletes the copies. */
  @Override
  public void close() {
    try (Stream<Path> files = Files.walk(scratch)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot delete " + scratch, e);
    }
  }

  private static Path example() {
    return Repository.root()
        .map(root -> root.resolve(EXAMPLE))
        .filter(Files::isDirectory)
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "The demo needs Skiff's source folder with "
                        + EXAMPLE
                        + ": run it as ./skiff demo from there"));
  }

  private static Path newFolder() {
    try {
      return Files.createTempDirectory("skiff-demo-");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path copyServices(
      Path example, Path scratch, List<Instance> placed, String protocol) {
    try (Stream<Path> originals = Files.list(example.resolve("services"))) {
      Path folder = Files.createDirectories(scratch.resolve("services"));
      for (Path original : originals.toList()) {
        String text =
            Files.readString(original).replace("protocol: http}", "protocol: " + protocol + "}");
        for (int i = 0; i < placed.size(); i++) {
          text =
              text.replace(
                  "port: " + Instance.BROKER.get(i).registeredPort() + ",",
                  "port: " + placed.get(i).registeredPort() + ",");
        }
        Files.writeString(folder.resolve(original.getFileName()), text);
      }
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
