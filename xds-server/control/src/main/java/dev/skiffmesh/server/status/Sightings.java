package dev.skiffmesh.server.status;

import dev.skiffmesh.api.model.Endpoint;
import dev.skiffmesh.api.model.EndpointKey;
import dev.skiffmesh.api.model.EndpointSet;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Since when each endpoint of one service is known. Immutable; eight bytes an endpoint.
 *
 * @param endpoints whose they are
 * @param since in the order of the endpoints, in milliseconds of the epoch; never changed
 */
@SuppressWarnings("ArrayRecordComponent") // Two hundred thousand of them must be small.
public record Sightings(EndpointSet endpoints, long[] since) {

  /** The sightings of {@code next}: what is not in {@code before} is seen for the first time. */
  public static Sightings of(@Nullable Sightings before, EndpointSet next, Instant now) {
    List<Endpoint> known = before == null ? List.of() : before.endpoints.endpoints();
    long[] since = new long[next.endpoints().size()];
    int k = 0;
    for (int i = 0; i < since.length; i++) {
      EndpointKey key = next.endpoints().get(i).key();
      while (k < known.size() && known.get(k).key().compareTo(key) < 0) {
        k++;
      }
      boolean isKnown = before != null && k < known.size() && known.get(k).key().equals(key);
      since[i] = isKnown ? before.since[k] : now.toEpochMilli();
    }
    return new Sightings(next, since);
  }

  /** Of the endpoint at {@code index}. */
  public Instant at(int index) {
    return Instant.ofEpochMilli(since[index]);
  }
}
