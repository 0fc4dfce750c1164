package dev.skiffmesh.server.guard;

import dev.skiffmesh.api.model.Endpoint;
import dev.skiffmesh.api.model.EndpointKey;
import dev.skiffmesh.api.model.EndpointSet;
import dev.skiffmesh.api.model.Health;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How many usable instances a service lost from one content to the next. An instance that is still
 * listed and was drained (disabled, weight 0, terminating) was taken out by somebody who meant it,
 * so that it is not counted as lost.
 *
 * @param before usable ones before
 * @param lost usable ones fewer, those drained not counted; 0 if there are as many as before
 */
record Shrinkage(int before, int lost) {

  /** Counts; an instance that was replaced by another one is not lost. */
  static Shrinkage between(EndpointSet before, EndpointSet now) {
    int usable = count(before);
    int left = count(now);
    if (left >= usable) {
      return new Shrinkage(usable, 0);
    }
    Map<EndpointKey, Endpoint> listed = byKey(now);
    int drained = 0;
    for (Endpoint endpoint : before.endpoints()) {
      Endpoint still = listed.get(endpoint.key());
      if (isUsable(endpoint) && still != null && still.isDrained()) {
        drained++;
      }
    }
    return new Shrinkage(usable, Math.max(0, usable - left - drained));
  }

  /** Tells whether more than {@code percent} of what there was is lost. */
  boolean exceeds(int percent) {
    return lost * 100L > (long) percent * before;
  }

  /** What is {@code good}, with all that {@code said} adds, changes or drains. */
  static EndpointSet kept(EndpointSet good, EndpointSet said) {
    Map<EndpointKey, Endpoint> before = new HashMap<>();
    for (Endpoint endpoint : good.endpoints()) {
      if (isUsable(endpoint)) {
        before.put(endpoint.key(), endpoint);
      }
    }
    List<Endpoint> kept = new ArrayList<>();
    for (Endpoint endpoint : said.endpoints()) {
      Endpoint usable = before.remove(endpoint.key());
      boolean fellIll =
          usable != null && !endpoint.isDrained() && endpoint.health() == Health.UNHEALTHY;
      kept.add(fellIll ? usable : endpoint);
    }
    kept.addAll(before.values());
    return new EndpointSet(kept);
  }

  private static int count(EndpointSet endpoints) {
    int usable = 0;
    for (Endpoint endpoint : endpoints.endpoints()) {
      usable += isUsable(endpoint) ? 1 : 0;
    }
    return usable;
  }

  private static boolean isUsable(Endpoint endpoint) {
    return endpoint.health() == Health.HEALTHY && !endpoint.isDrained();
  }

  private static Map<EndpointKey, Endpoint> byKey(EndpointSet endpoints) {
    Map<EndpointKey, Endpoint> byKey = new HashMap<>();
    endpoints.endpoints().forEach(endpoint -> byKey.put(endpoint.key(), endpoint));
    return byKey;
  }
}
