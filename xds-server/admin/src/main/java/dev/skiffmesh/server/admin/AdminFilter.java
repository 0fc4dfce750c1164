package dev.skiffmesh.server.admin;

import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.Filter;
import io.micronaut.http.annotation.RequestFilter;
import io.micronaut.http.annotation.ResponseFilter;
import io.micronaut.http.annotation.ServerFilter;
import org.jspecify.annotations.Nullable;

/** Holds every request against the {@link AdminGate}, and gives every answer what browsers need. */
@ServerFilter(Filter.MATCH_ALL_PATTERN)
public final class AdminFilter {

  private final AdminGate gate;

  /** Made by Micronaut. */
  public AdminFilter(AdminGate gate) {
    this.gate = gate;
  }

  /** Answers what is refused; null for what may pass. */
  @RequestFilter
  public @Nullable HttpResponse<?> check(HttpRequest<?> request) {
    HttpHeaders headers = request.getHeaders();
    return gate.refusal(
            new AdminGate.Asked(
                request.getMethodName(),
                headers.getAll(HttpHeaders.HOST),
                headers.get(HttpHeaders.ORIGIN),
                headers.get("Sec-Fetch-Site"),
                headers.contains(AdminGate.CHANGE_HEADER)))
        .<HttpResponse<?>>map(AdminFilter::refused)
        .orElse(null);
  }

  private static HttpResponse<String> refused(String why) {
    int status = HttpStatus.FORBIDDEN.getCode();
    return HttpResponse.<String>status(HttpStatus.FORBIDDEN)
        .contentType(MediaType.APPLICATION_JSON_TYPE)
        .body(MeshView.json(new Responses.Problem(status, why)));
  }

  /** Nothing is loaded from elsewhere, shown within another page, guessed at or kept. */
  @ResponseFilter
  public void harden(MutableHttpResponse<?> response) {
    response
        .header("Content-Security-Policy", PageController.SECURITY_POLICY)
        .header("X-Content-Type-Options", "nosniff")
        .header("X-Frame-Options", "DENY")
        .header("Referrer-Policy", "no-referrer")
        .header("Cross-Origin-Resource-Policy", "same-origin")
        .header("Cache-Control", "no-store");
  }
}
