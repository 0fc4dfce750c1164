package dev.skiffmesh.server.admin;

import dev.skiffmesh.server.status.Readiness;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import java.util.List;

/** Health for those who restart and route, metrics for those who watch. */
@Controller
public final class HealthController {

  private final MeshView view;
  private final PrometheusMeterRegistry metrics;

  /** Made by Micronaut. */
  public HealthController(MeshView view, PrometheusMeterRegistry metrics) {
    this.view = view;
    this.metrics = metrics;
  }

  /** The process answers. */
  @Get(value = "/health/liveness", produces = MediaType.APPLICATION_JSON)
  public String liveness() {
    return MeshView.json(new Responses.Health("UP", List.of()));
  }

  /** Proxies are served; 503 with the reasons until then. */
  @Get(value = "/health/readiness", produces = MediaType.APPLICATION_JSON)
  public HttpResponse<String> readiness() {
    Readiness readiness = view.report().readiness();
    return HttpResponse.<String>status(
            readiness.ready() ? HttpStatus.OK : HttpStatus.SERVICE_UNAVAILABLE)
        .body(
            MeshView.json(
                new Responses.Health(readiness.ready() ? "UP" : "DOWN", readiness.notes())));
  }

  /** Prometheus' text format. */
  @Get(value = "/metrics", produces = "text/plain; version=0.0.4; charset=utf-8")
  public String metrics() {
    return metrics.scrape();
  }
}
