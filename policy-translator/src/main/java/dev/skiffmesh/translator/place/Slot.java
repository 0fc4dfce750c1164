package dev.skiffmesh.translator.place;

import com.google.protobuf.Descriptors.Descriptor;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import java.util.List;

/**
 * What at most one option writes at one place, in the order of application. The fields are the only
 * ones that such an option may touch; a test applies each option of the golden cases and holds it
 * to that.
 */
public enum Slot {
  /** Until a connection stands. */
  CONNECT_TIMEOUT(Cluster.getDescriptor(), "connect_timeout"),
  /** Until the response has ended. */
  REQUEST_TIMEOUT(RouteAction.getDescriptor(), "timeout"),
  /** Without a byte. */
  IDLE(RouteAction.getDescriptor(), "idle_timeout"),
  /** Copies of calls. */
  MIRROR(RouteAction.getDescriptor(), "request_mirror_policies"),
  /** Path and host as the callee sees them. */
  REWRITE(RouteAction.getDescriptor(), "prefix_rewrite", "regex_rewrite", "host_rewrite_literal"),
  /** What of a request chooses: a destination among several, by their weights, or an instance. */
  HASH(RouteAction.getDescriptor(), "hash_policy", "weighted_clusters"),
  /** An answer in the callee's place. */
  ANSWER(Route.getDescriptor(), "redirect", "direct_response"),
  /** The request's headers as the callee sees them. */
  REQUEST_HEADERS(Route.getDescriptor(), "request_headers_to_add", "request_headers_to_remove"),
  /** The answer's headers as the caller sees them. */
  RESPONSE_HEADERS(Route.getDescriptor(), "response_headers_to_add", "response_headers_to_remove"),
  /** Which attempt a request is, told to callee and caller. */
  ATTEMPTS(
      VirtualHost.getDescriptor(),
      "include_request_attempt_count",
      "include_attempt_count_in_response");

  private final Descriptor message;

  @SuppressWarnings("ImmutableEnumChecker") // A list of List.of, which nobody can change.
  private final List<String> fields;

  Slot(Descriptor message, String... fields) {
    this.message = message;
    this.fields = List.of(fields);
  }

  /** The message whose fields they are. */
  public Descriptor message() {
    return message;
  }

  /** Names of fields, as in Envoy's API. */
  public List<String> fields() {
    return fields;
  }
}
