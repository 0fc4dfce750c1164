package dev.skiffmesh.registry.file;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** A folder that a test writes documents to. */
record Folder(Path path) {

  static Folder in(Path parent) throws IOException {
    return new Folder(Files.createDirectory(parent.resolve("policies")));
  }

  /** A policy of a kind that nobody here knows. */
  static String policy(String name, int number) {
    return document("Thing", name) + "spec: {number: " + number + "}\n";
  }

  /** A service with one instance. */
  static String service(String name, String address, String weight) {
    return document("Service", name)
        + "spec:\n  ports: [{name: http, port: 8080}]\n  endpoints: [{address: "
        + address
        + ", port: 9001, weight: "
        + weight
        + "}]\n";
  }

  private static String document(String kind, String name) {
    return "apiVersion: skiffmesh.dev/v1alpha1\nkind: "
        + kind
        + "\nmetadata: {name: "
        + name
        + "}\n";
  }

  /** In place, as a careless editor does. */
  void write(String file, String... documents) throws IOException {
    write(file, String.join("---\n", documents).getBytes(StandardCharsets.UTF_8));
  }

  void write(String file, byte[] bytes) throws IOException {
    Path target = path.resolve(file);
    Files.createDirectories(target.getParent());
    Files.write(target, bytes);
  }

  void delete(String file) throws IOException {
    Files.delete(path.resolve(file));
  }
}
