package dev.skiffmesh.server.admin;

import dev.skiffmesh.server.status.Readiness;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import java.util.List;
import java.util.Optional;

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

  /** The control loop goes on; 503 with the reason once it has stood still for so long. */
  @Get(value = "/health/liveness", produces = MediaType.APPLICATION_JSON)
  public HttpResponse<String> liveness() {
    Optional<String> dead = view.dead();
    return health(dead.isEmpty(), dead.stream().toList());
  }

  /** Proxies are served; 503 with the reasons until then. */
  @Get(value = "/health/readiness", produces = MediaType.APPLICATION_JSON)
  public HttpResponse<String> readiness() {
    Readiness readiness = view.report().readiness();
    return health(readiness.ready(), readiness.notes());
  }

  private static HttpResponse<String> health(boolean up, List<String> notes) {
    return HttpResponse.<String>status(up ? HttpStatus.OK : HttpStatus.SERVICE_UNAVAILABLE)
        .body(MeshView.json(new Responses.Health(up ? "UP" : "DOWN", notes)));
  }

  /** Prometheus' text format. */
  @Get(value = "/metrics", produces = "text/plain; version=0.0.4; charset=utf-8")
  public String metrics() {
    return metrics.scrape();
  }
}
