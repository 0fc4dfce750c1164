package dev.skiffmesh.server.admin;

import dev.skiffmesh.server.delivery.DeliveryInspection;
import dev.skiffmesh.server.status.Mesh;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.micronaut.context.ApplicationContext;
import io.micronaut.runtime.server.EmbeddedServer;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The admin port: a small Micronaut application around a {@link MeshView}. */
public final class AdminServer implements AutoCloseable {

  private final AdminSettings at;
  private final AdminGate gate;
  private final MeshView view;
  private final PrometheusMeterRegistry metrics;
  private @Nullable ApplicationContext context;
  private int port;

  /** Prepares the port; nothing listens until {@link #start}. */
  public AdminServer(
      AdminSettings admin, Mesh mesh, DeliveryInspection streams, PrometheusMeterRegistry metrics) {
    this.at = admin;
    this.gate = new AdminGate(admin);
    this.view = new MeshView(mesh, streams);
    this.metrics = metrics;
  }

  /**
   * Listens.
   *
   * @throws IOException if the address cannot be bound
   */
  public void start() throws IOException {
    try {
      ApplicationContext started =
          ApplicationContext.builder()
              .deduceEnvironment(false)
              .banner(false)
              .properties(
                  Map.of(
                      "micronaut.application.name",
                      "skiff",
                      "micronaut.server.host",
                      at.host(),
                      // Micronaut's word for any free port is -1.
                      "micronaut.server.port",
                      at.port() == 0 ? -1 : at.port(),
                      "micronaut.server.netty.parent.threads",
                      1,
                      "micronaut.netty.event-loops.default.num-threads",
                      1))
              .singletons(view, metrics, gate, new ProblemResponses())
              .build()
              .start();
      context = started;
      EmbeddedServer server = started.getBean(EmbeddedServer.class).start();
      port = server.getPort();
    } catch (RuntimeException e) {
      close();
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new IOException(String.valueOf(cause.getMessage()), e);
    }
  }

  /** The port that is listened on; 0 before the start. */
  public int port() {
    return port;
  }

  @Override
  public void close() {
    ApplicationContext started = context;
    if (started != null) {
      started.close();
      context = null;
    }
  }
}
