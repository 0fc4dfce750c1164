package dev.skiffmesh.server.delivery;

import dev.skiffmesh.translator.resource.ResourceKind;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What may happen to a stream. */
sealed interface StreamEvent {

  /**
   * The proxy has written a delta request: an answer, a change of what it asks for, or both.
   *
   * @param kind its type
   * @param nonce of the response that it answers, empty for none
   * @param errorText the proxy's words if it rejects that response, else null
   * @param subscribe names that are new, in the request's order
   * @param unsubscribe names that are no longer wanted
   * @param initialVersions what the proxy has from an earlier stream; only read in the first
   *     request of a type
   * @param at when it came
   */
  record DeltaRequest(
      ResourceKind kind,
      String nonce,
      @Nullable String errorText,
      List<String> subscribe,
      List<String> unsubscribe,
      Map<String, String> initialVersions,
      Instant at)
      implements StreamEvent {}

  /**
   * The proxy has written a state-of-the-world request.
   *
   * @param kind its type
   * @param nonce of the response that it answers, empty for none
   * @param errorText the proxy's words if it rejects that response, else null
   * @param names everything that it wants; empty means everything there is, or nothing if it has
   *     named something before
   * @param version of the last response that it accepted, perhaps on an earlier stream; may be
   *     empty
   * @param at when it came
   */
  record SotwRequest(
      ResourceKind kind,
      String nonce,
      @Nullable String errorText,
      List<String> names,
      String version,
      Instant at)
      implements StreamEvent {}

  /**
   * The control loop has something newer.
   *
   * @param changedAssignments if not null, nothing but these assignments differs from before
   */
  record Published(ProxySnapshot snapshot, @Nullable Set<String> changedAssignments)
      implements StreamEvent {}

  /**
   * What has a limited life is still wanted, and is renewed. The control loop says so, again and
   * again; a machine that hears nothing renews nothing.
   */
  record Renew() implements StreamEvent {}

  /** Some time has gone by on a stream on which something waits (see {@link Patience}). */
  record Tick() implements StreamEvent {}

  /** The transport would take one more response. */
  record Writable() implements StreamEvent {}
}
