package dev.skiffmesh.e2e.demo;

import dev.skiffmesh.e2e.parts.HttpConnection;
import dev.skiffmesh.e2e.parts.HttpService;
import dev.skiffmesh.e2e.parts.HttpService.Answer;
import java.util.Map;

/**
 * One application of the broker: the gateway asks order, order asks quote, quote knows the price.
 * Each says who answered; none knows of the mesh but for its egress port.
 */
final class Application implements AutoCloseable {

  private final Downstream downstream;
  private final HttpService service;

  private Application(Downstream downstream, HttpService service) {
    this.downstream = downstream;
    this.service = service;
  }

  static Application start(Instance instance, int egressPort) {
    Downstream downstream = new Downstream(egressPort);
    HttpService.Behaviour behaviour =
        switch (instance.service()) {
          case "gateway" ->
              (_, call) -> passOn(downstream.get("order." + Instance.NAMESPACE, call));
          case "order" ->
              (service, call) ->
                  order(service, downstream.get("quote." + Instance.NAMESPACE, call));
          default -> (service, _) -> json("{\"quote\": \"" + service.id() + "\", \"price\": 42.5}");
        };
    return new Application(
        downstream,
        HttpService.start(instance.service(), Map.of("version", instance.version()), 0, behaviour));
  }

  int port() {
    return service.port();
  }

  @Override
  public void close() {
    service.close();
    downstream.close();
  }

  /** The gateway is transparent: whoever asks it wants to know which order answered. */
  private static Answer passOn(HttpConnection.Response response) {
    return new Answer(
        response.status(),
        Map.of(
            "content-type",
            "application/json",
            HttpService.ANSWERED_BY,
            response.header(HttpService.ANSWERED_BY)),
        response.body());
  }

  private static Answer order(HttpService service, HttpConnection.Response quote) {
    return quote.status() == 200
        ? json("{\"order\": \"" + service.id() + "\", \"because\": " + quote.body().strip() + "}")
        : Answer.of(502, service.id() + " got " + quote.status() + " from quote: " + quote.body());
  }

  private static Answer json(String text) {
    return new Answer(200, Map.of("content-type", "application/json"), text + "\n");
  }
}
