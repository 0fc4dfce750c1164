package dev.skiffmesh.server.delivery;

import dev.skiffmesh.api.model.Immutable;
import dev.skiffmesh.translator.resource.ResourceKind;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/**
 * A proxy's answer to one response.
 *
 * @param stream which stream
 * @param kind the response's type
 * @param versions name to version of what the response carried, in its order; not copied, so it
 *     must not change
 * @param removed the names that the response removed
 * @param errorText the proxy's own words if it rejected the response, else null
 */
public record ProxyAnswer(
    StreamId stream,
    ResourceKind kind,
    Map<String, String> versions,
    SortedSet<String> removed,
    @Nullable String errorText) {

  /** Copies the removed names. */
  public ProxyAnswer {
    removed = Immutable.sortedSet(removed);
  }

  /** The proxy's own words, if it rejected the response. */
  public Optional<String> error() {
    return Optional.ofNullable(errorText);
  }
}
