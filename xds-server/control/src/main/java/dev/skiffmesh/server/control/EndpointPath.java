package dev.skiffmesh.server.control;

import dev.skiffmesh.api.model.EndpointSet;
import dev.skiffmesh.api.model.Service;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.model.World;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The short way of endpoints: from what the registries say straight into the world, whatever rounds
 * are doing meanwhile. Confined to the control thread.
 */
// A world that is the same object is unchanged; comparing by value would cost the size of the mesh
// with every event.
@SuppressWarnings("ReferenceEquality")
final class EndpointPath {

  /** Where changed endpoints go. */
  interface Out {
    /**
     * The world has other endpoints for {@code services}.
     *
     * @param began when the oldest event behind it came
     */
    void changed(SortedSet<ServiceId> services, long began);
  }

  private static final String WHAT = "endpoints";

  private final InForce inForce;
  private final Registries registries;
  private final ControlThreads threads;
  private final Failures failures;
  private final Out out;
  private final Alarm flush;
  private SortedMap<ServiceId, Long> dirty = new TreeMap<>();

  EndpointPath(
      InForce inForce, Registries registries, ControlThreads threads, Failures failures, Out out) {
    this.inForce = inForce;
    this.registries = registries;
    this.threads = threads;
    this.failures = failures;
    this.out = out;
    this.flush = new Alarm(threads, failures, "publishing endpoints", this::flush);
  }

  /**
   * The endpoints of {@code service} may be others. They go out behind everything that is in the
   * queue by now: a burst goes out together, a single change goes out next.
   */
  void changed(ServiceId service) {
    dirty.putIfAbsent(service, threads.nanos());
    flush.within(Duration.ZERO);
  }

  private void flush() {
    SortedMap<ServiceId, Long> taken = dirty;
    dirty = new TreeMap<>();
    SortedSet<ServiceId> changed = new TreeSet<>();
    long began = Long.MAX_VALUE;
    Throwable failure = null;
    for (Map.Entry<ServiceId, Long> one : taken.entrySet()) {
      try {
        if (fits(one.getKey())) {
          World next = with(inForce.world(), one.getKey());
          if (next != inForce.world()) {
            inForce.become(next);
            changed.add(one.getKey());
            began = changed.size() == 1 ? one.getValue() : Math.min(began, one.getValue());
          }
        }
      } catch (RuntimeException | Error e) {
        failure = e;
        dirty.putIfAbsent(one.getKey(), one.getValue());
      }
    }
    retry(failure);
    if (!changed.isEmpty()) {
      out.changed(changed, began);
    }
  }

  private void retry(@Nullable Throwable failure) {
    if (failure == null) {
      failures.passed(WHAT);
    } else {
      flush.within(failures.failed(WHAT, failure));
    }
  }

  /**
   * Tells whether what the registries say now can go to the clusters that are in force. Endpoints
   * of a service that is not there yet, or is about to get other ports, come with the service: they
   * are nothing to the clusters of its old ports. Those of one that is gone stay until nobody has a
   * cluster for them.
   */
  private boolean fits(ServiceId id) {
    Service known = inForce.world().services().get(id);
    return known != null
        && registries
            .service(id)
            .filter(
                now ->
                    now.ports().equals(known.ports())
                        && Objects.equals(now.externalName(), known.externalName()))
            .isPresent();
  }

  /** The same object if the endpoints of {@code service} are as they were. */
  World with(World before, ServiceId service) {
    EndpointSet known = before.endpointsOf(service);
    EndpointSet now =
        before.services().containsKey(service) ? registries.endpoints(service) : EndpointSet.EMPTY;
    if (now.equals(known)) {
      return before;
    }
    return new World(
        before.services(),
        now.endpoints().isEmpty()
            ? before.endpoints().minus(service)
            : before.endpoints().plus(service, now),
        before.policies());
  }
}
