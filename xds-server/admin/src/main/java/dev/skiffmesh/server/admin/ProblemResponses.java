package dev.skiffmesh.server.admin;

import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.server.exceptions.response.Error;
import io.micronaut.http.server.exceptions.response.ErrorContext;
import io.micronaut.http.server.exceptions.response.ErrorResponseProcessor;
import java.util.stream.Collectors;

/** Whatever goes wrong, the answer is a small JSON problem and never says more than that. */
final class ProblemResponses implements ErrorResponseProcessor<String> {

  @Override
  public MutableHttpResponse<String> processResponse(
      ErrorContext context, MutableHttpResponse<?> response) {
    int status = response.status().getCode();
    String message =
        switch (status) {
          case 404 ->
              "Nothing is served at '"
                  + context.getRequest().getPath()
                  + "'; /api/v1/openapi.json names all that is";
          case 500 -> "Skiff failed to answer; its log says why";
          default ->
              context.hasErrors()
                  ? context.getErrors().stream()
                      .map(Error::getMessage)
                      .collect(Collectors.joining("; "))
                  : response.status().getReason();
        };
    return response
        .body(MeshView.json(new Responses.Problem(status, message)))
        .contentType(MediaType.APPLICATION_JSON_TYPE);
  }
}
