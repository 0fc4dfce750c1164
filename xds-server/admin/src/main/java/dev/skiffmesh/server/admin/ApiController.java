package dev.skiffmesh.server.admin;

import dev.skiffmesh.api.document.Wording;
import dev.skiffmesh.server.status.SourceReport;
import dev.skiffmesh.translator.resource.ResourceKind;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.PathVariable;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.QueryValue;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * {@code /api/v1}: JSON, read-only but for what an operator may accept. What is answered is
 * described by {@link OpenApi}, which a test holds to these routes.
 */
@Controller(value = "/api/v1", produces = MediaType.APPLICATION_JSON)
public final class ApiController {

  /** So many ids help somebody who mistyped one; more do not. */
  private static final int IDS_SHOWN = 10;

  private final MeshView view;

  /** Made by Micronaut. */
  public ApiController(MeshView view) {
    this.view = view;
  }

  /** All services. */
  @Get("/services")
  public String services() {
    return MeshView.json(view.services());
  }

  /**
   * Endpoints.
   *
   * @param service of this one alone: {@code order}, {@code trading/order} or {@code order.trading}
   */
  @Get("/endpoints")
  public String endpoints(@QueryValue("service") @Nullable String service) {
    return MeshView.json(view.endpoints(service));
  }

  /** All connected proxies. */
  @Get("/proxies")
  public String proxies() {
    return MeshView.json(view.proxies());
  }

  /** One connected proxy; its id is percent-encoded. */
  @Get("/proxies/{id}")
  public HttpResponse<String> proxy(@PathVariable("id") String id) {
    return found(view.proxy(id), id);
  }

  /**
   * What a proxy is to have.
   *
   * @param type one resource type alone: {@code cluster}, {@code listener}, ...; {@code route}
   *     brings virtual hosts, too, which are resources of their own for those that take them so
   */
  @Get("/proxies/{id}/config")
  public HttpResponse<String> config(
      @PathVariable("id") String id, @QueryValue("type") @Nullable String type) {
    List<ResourceKind> kinds =
        ResourceKind.ALL.stream()
            .filter(
                kind ->
                    type == null
                        || kind.shortName().equals(type)
                        || (kind.equals(ResourceKind.VIRTUAL_HOST)
                            && ResourceKind.ROUTE.shortName().equals(type)))
            .toList();
    if (kinds.isEmpty()) {
      List<String> known = ResourceKind.ALL.stream().map(ResourceKind::shortName).toList();
      return problem(
          HttpStatus.BAD_REQUEST,
          "`type` must be "
              + Wording.choice(known)
              + ", found '"
              + type
              + "'"
              + Wording.didYouMean(String.valueOf(type), known));
    }
    return found(view.config(id, kinds), id);
  }

  /** What a proxy is to have and has not. */
  @Get("/proxies/{id}/diff")
  public HttpResponse<String> differences(@PathVariable("id") String id) {
    return found(view.differences(id), id);
  }

  /** What each policy did to a proxy. */
  @Get("/proxies/{id}/policies")
  public HttpResponse<String> effects(@PathVariable("id") String id) {
    return found(view.effects(id), id);
  }

  /** All policies with their status. */
  @Get("/policies")
  public String policies() {
    return MeshView.json(view.policies());
  }

  /** What each workload uses: the graph of who calls whom. */
  @Get("/scope")
  public String scopes() {
    return MeshView.json(view.scopes());
  }

  /** The last changes and what was pushed because of them. */
  @Get("/history")
  public String history() {
    return MeshView.json(view.history());
  }

  /** All findings. */
  @Get("/findings")
  public String findings() {
    return MeshView.json(view.findings());
  }

  /** All sources and how they are doing. */
  @Get("/registries")
  public String registries() {
    return MeshView.json(view.registries());
  }

  /**
   * Believes a registry where it is doubted.
   *
   * @param service about this one alone: {@code order}, {@code trading/order} or {@code
   *     order.trading}
   */
  @Post("/registries/{name}/accept")
  public HttpResponse<String> accept(
      @PathVariable("name") String name, @QueryValue("service") @Nullable String service) {
    return ofRegistry(name, known -> view.accept(known.name(), service));
  }

  /**
   * The services of one registry, as it has them.
   *
   * @param service this one alone: {@code order}, {@code trading/order} or {@code order.trading}
   */
  @Get("/registries/{name}/services")
  public HttpResponse<String> registryServices(
      @PathVariable("name") String name, @QueryValue("service") @Nullable String service) {
    return ofRegistry(name, known -> view.services(known, service));
  }

  private HttpResponse<String> ofRegistry(String name, Function<SourceReport, Object> answer) {
    Optional<SourceReport> registry =
        view.report().sources().stream().filter(one -> one.name().equals(name)).findFirst();
    return registry.isPresent()
        ? HttpResponse.ok(MeshView.json(answer.apply(registry.get())))
        : problem(HttpStatus.NOT_FOUND, noRegistry(name));
  }

  private String noRegistry(String name) {
    List<String> known = view.report().sources().stream().map(SourceReport::name).toList();
    return "A registry must be "
        + Wording.choice(known)
        + ", found '"
        + name
        + "'"
        + Wording.didYouMean(name, known);
  }

  /** The description of this API. */
  @Get("/openapi.json")
  public String openApi() {
    return MeshView.json(OpenApi.document());
  }

  private HttpResponse<String> found(Optional<?> answer, String id) {
    return answer.isPresent()
        ? HttpResponse.ok(MeshView.json(answer.get()))
        : problem(HttpStatus.NOT_FOUND, notConnected(id));
  }

  private String notConnected(String id) {
    List<String> ids =
        view.report().proxies().stream().map(proxy -> proxy.identity().id()).distinct().toList();
    String known =
        ids.isEmpty()
            ? "; no proxy is"
            : ids.size() > IDS_SHOWN ? "" : "; connected are " + String.join(", ", ids);
    return "No proxy with the id '" + id + "' is connected" + Wording.didYouMean(id, ids) + known;
  }

  private static HttpResponse<String> problem(HttpStatus status, String message) {
    return HttpResponse.<String>status(status)
        .body(MeshView.json(new Responses.Problem(status.getCode(), message)));
  }
}
