package dev.skiffmesh.e2e.scenarios;

import dev.skiffmesh.api.model.Locality;
import dev.skiffmesh.api.model.ProxyIdentity.ProxyPort;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.bootstrap.BootstrapRequest;
import dev.skiffmesh.bootstrap.ControlPlaneAddress;
import dev.skiffmesh.bootstrap.EnvoyBootstrap;
import dev.skiffmesh.e2e.parts.Envoy;
import dev.skiffmesh.e2e.parts.FreePorts;
import dev.skiffmesh.server.app.SkiffServer;
import dev.skiffmesh.server.config.ConfigException;
import dev.skiffmesh.server.config.ConfigReader;
import dev.skiffmesh.server.status.MeshReport;
import dev.skiffmesh.translator.policy.PolicyKind;
import dev.skiffmesh.translator.policy.PolicyKinds;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** A whole control plane in this JVM on a folder of files, for tests that never kill it. */
final class EmbeddedMesh implements AutoCloseable {

  private static final Duration BOUND = Duration.ofSeconds(60);

  private final Path folder;
  private final SkiffServer server;

  private EmbeddedMesh(Path folder, SkiffServer server) {
    this.folder = folder;
    this.server = server;
  }

  /** Starts one on {@code folder}'s {@code services/} and {@code policies/}, which it creates. */
  static EmbeddedMesh start(Path folder) {
    return start(folder, "All");
  }

  /** The same, with how much proxies are sent. */
  static EmbeddedMesh start(Path folder, String scope) {
    return start(folder, scope, PolicyKinds.ALL);
  }

  /** The same, with the kinds of policies that it knows. */
  static EmbeddedMesh start(Path folder, String scope, List<PolicyKind<?>> kinds) {
    try {
      Files.createDirectories(folder.resolve("services"));
      Files.createDirectories(folder.resolve("policies"));
      return new EmbeddedMesh(
          folder,
          SkiffServer.start(
              ConfigReader.read(
                  """
                  xds: {port: %d}
                  admin: {port: 0}
                  registries: [{type: file, name: local, path: services/}]
                  policies: [{type: file, path: policies/}]
                  scope: %s
                  """
                      .formatted(FreePorts.next(), scope),
                  "skiff.yaml",
                  folder,
                  _ -> null),
              kinds));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (ConfigException e) {
      throw new IllegalStateException("A configuration of ours is refused", e);
    }
  }

  /** Where proxies connect. */
  int xdsPort() {
    return server.xdsPort();
  }

  /** Writes a file below the folder: whole, then renamed. */
  void write(String name, String text) {
    try {
      Path temporary = Files.writeString(Files.createTempFile(folder, "edit", ".tmp"), text);
      Files.move(
          temporary,
          folder.resolve(name),
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits until what the control plane says of itself is as expected. */
  MeshReport await(Predicate<MeshReport> expected) {
    return Await.value(BOUND, server::report, expected);
  }

  /** Waits until {@code count} proxies have acknowledged every policy that concerns them. */
  void awaitAcknowledged(int policies, int count) {
    await(
        report ->
            report.policies().size() == policies
                && report.policies().stream()
                    .allMatch(
                        policy ->
                            policy.status().proxies().acked() == count
                                && policy.status().proxies().targeted() == count));
  }

  /** A sidecar that serves one port of a service in namespace {@code trading}; waits for it. */
  Envoy callee(String service, ProxyPort port) {
    Envoy envoy =
        Envoy.start(
            EnvoyBootstrap.yaml(
                new BootstrapRequest(
                    BootstrapRequest.sidecar(
                        new ServiceId("trading", service),
                        "127.0.0.1",
                        port.inbound(),
                        Map.of(),
                        List.of(port),
                        FreePorts.next(),
                        Locality.UNKNOWN),
                    List.of(new ControlPlaneAddress("127.0.0.1", xdsPort())),
                    FreePorts.next())));
    try {
      envoy.awaitReady(BOUND);
      return envoy;
    } catch (RuntimeException e) {
      envoy.close();
      throw e;
    }
  }

  @Override
  public void close() {
    server.close();
  }
}
