package dev.skiffmesh.e2e.demo;

import dev.skiffmesh.bootstrap.ControlPlaneAddress;
import dev.skiffmesh.server.app.SkiffServer;
import dev.skiffmesh.server.config.ConfigException;
import dev.skiffmesh.server.config.ConfigReader;
import dev.skiffmesh.server.config.SkiffConfig;
import dev.skiffmesh.server.status.MeshReport;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;

/** The real control plane, from a configuration as a user would write it. */
final class EmbeddedControlPlane implements ControlPlane {

  private static final String LOOPBACK = "127.0.0.1";

  /** Where the command line asks unless told otherwise. */
  static final int ADMIN_PORT = 18_080;

  private final SkiffServer server;

  private EmbeddedControlPlane(SkiffServer server) {
    this.server = server;
  }

  /**
   * Starts it.
   *
   * @param nacos the Nacos server to read services from; empty for the files
   * @throws IOException with a message for the user, if it cannot start
   */
  static EmbeddedControlPlane start(DemoFiles files, String nacos) throws IOException {
    String text = configuration(files, nacos);
    try {
      SkiffConfig config =
          ConfigReader.read(text, "the demo's skiff.yaml", Path.of("").toAbsolutePath(), _ -> null);
      return new EmbeddedControlPlane(SkiffServer.start(config));
    } catch (ConfigException e) {
      throw new IllegalStateException("A configuration of ours is refused", e);
    }
  }

  static String configuration(DemoFiles files, String nacos) {
    String registry =
        nacos.isEmpty()
            ? "{type: file, name: local, path: %s}".formatted(quoted(files.services()))
            : "{type: nacos, name: nacos, server: '%s', namespaces: [{id: public, as: %s}]}"
                .formatted(nacos, Instance.NAMESPACE);
    return """
        xds: {host: %s, port: %d}
        admin: {host: %s, port: %d}
        registries: [%s]
        policies: [{type: file, path: %s}]
        state: {path: %s}
        """
        .formatted(
            LOOPBACK,
            Ports.preferably(ControlPlaneAddress.DEFAULT.port()),
            LOOPBACK,
            Ports.preferably(ADMIN_PORT),
            registry,
            quoted(files.policies()),
            quoted(files.scratch().resolve("state")));
  }

  @Override
  public ControlPlaneAddress xds() {
    return new ControlPlaneAddress(LOOPBACK, server.xdsPort());
  }

  @Override
  public URI admin() {
    return URI.create("http://" + LOOPBACK + ":" + server.adminPort() + "/");
  }

  @Override
  public MeshReport report() {
    return server.report();
  }

  @Override
  public void close() {
    server.close();
  }

  /** As a single-quoted YAML scalar, in which only the quote itself is special. */
  private static String quoted(Path path) {
    return "'" + DemoFiles.shown(path).replace("'", "''") + "'";
  }
}
