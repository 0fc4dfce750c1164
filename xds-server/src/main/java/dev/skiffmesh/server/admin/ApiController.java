package dev.skiffmesh.server.admin;

import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.PathVariable;
import io.micronaut.http.annotation.QueryValue;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** {@code /api/v1}: read-only, JSON. */
@Controller(value = "/api/v1", produces = MediaType.APPLICATION_JSON)
public final class ApiController {

  private final MeshView view;

  /** Made by Micronaut. */
  public ApiController(MeshView view) {
    this.view = view;
  }

  /** All services. */
  @Get("/services")
  public String services() {
    return view.json(view.services());
  }

  /**
   * Endpoints.
   *
   * @param service of this one alone: {@code order}, {@code trading/order} or {@code order.trading}
   */
  @Get("/endpoints")
  public String endpoints(@QueryValue("service") @Nullable String service) {
    return view.json(view.endpoints(service));
  }

  /** All connected proxies. */
  @Get("/proxies")
  public String proxies() {
    return view.json(view.proxies());
  }

  /** One connected proxy; its id is percent-encoded. */
  @Get("/proxies/{id}")
  public HttpResponse<String> proxy(@PathVariable("id") String id) {
    return found(view.proxy(id), id);
  }

  /**
   * What a proxy is to have.
   *
   * @param type one resource type alone: {@code cluster}, {@code listener}, ...
   */
  @Get("/proxies/{id}/config")
  public HttpResponse<String> config(
      @PathVariable("id") String id, @QueryValue("type") @Nullable String type) {
    return found(view.config(id, type), id);
  }

  /** What each policy did to a proxy. */
  @Get("/proxies/{id}/policies")
  public HttpResponse<String> effects(@PathVariable("id") String id) {
    return found(view.effects(id), id);
  }

  /** All policies with their status. */
  @Get("/policies")
  public String policies() {
    return view.json(view.policies());
  }

  /** All findings. */
  @Get("/findings")
  public String findings() {
    return view.json(view.findings());
  }

  /** All sources and how they are doing. */
  @Get("/registries")
  public String registries() {
    return view.json(view.registries());
  }

  private HttpResponse<String> found(Optional<?> answer, String id) {
    return answer.isPresent()
        ? HttpResponse.ok(view.json(answer.get()))
        : HttpResponse.<String>status(HttpStatus.NOT_FOUND)
            .body(
                view.json(
                    new Responses.Problem(404, "no proxy with the id '" + id + "' is connected")));
  }
}
