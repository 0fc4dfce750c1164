package dev.skiffmesh.registry.nacos;

import dev.skiffmesh.api.model.Endpoint;
import dev.skiffmesh.api.model.EndpointKey;
import dev.skiffmesh.api.model.EndpointSet;
import dev.skiffmesh.api.model.Health;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** One service of a portion, as far as it is known. Not thread-safe. */
final class KnownService {

  /** What Nacos says of it and is believed; null until it was told once. */
  private @Nullable MappedService registered;

  /** What is registered, with what applications serve of it; null until anything is known. */
  private @Nullable MappedService current;

  /** Nacos lists it; false if it is known from Dubbo's applications alone. */
  private boolean isListed;

  /** Why the server does not answer for it. */
  private @Nullable String failure;

  private boolean isTold;

  /** What is known is from before a loss, so that less than that is not believed at once. */
  private boolean isDoubted;

  private Instant toldAt = Instant.MIN;
  private long serverTime;

  @Nullable MappedService current() {
    return current;
  }

  MappedService registered() {
    return registered == null ? MappedService.NOTHING : registered;
  }

  @Nullable String failure() {
    return failure;
  }

  Instant toldAt() {
    return toldAt;
  }

  boolean isListed() {
    return isListed;
  }

  boolean isTold() {
    return isTold;
  }

  boolean isDoubted() {
    return isDoubted;
  }

  /** Tells whether everything that Nacos lists of it was told. */
  boolean isSeen() {
    return !isListed || isTold || failure != null;
  }

  /** It goes to the mesh. */
  boolean isSendable() {
    return current != null && !current.isForeign();
  }

  void listed() {
    isListed = true;
  }

  /** Nacos lists it no more; what applications serve of it remains. */
  void unlisted() {
    isListed = false;
    isTold = false;
    isDoubted = false;
    registered = null;
    failure = null;
    serverTime = 0;
  }

  void untold() {
    isTold = false;
  }

  void disconnected() {
    isTold = false;
    serverTime = 0;
    isDoubted = registered != null;
  }

  boolean isOlder(Registration registration) {
    return registration.serverTime() < serverTime;
  }

  void told(Registration registration, Instant now) {
    isTold = true;
    toldAt = now;
    serverTime = registration.serverTime();
  }

  void fail(@Nullable String reason) {
    failure = reason;
  }

  /** Tells whether the content lacks what could be called, and what it replaces is from before. */
  boolean isShrunken(MappedService content) {
    return isDoubted && !callable(content).containsAll(callable(registered()));
  }

  boolean hasCallable() {
    return !callable(registered()).isEmpty();
  }

  void believe(MappedService content) {
    isDoubted = false;
    registered = content;
  }

  /**
   * Puts together what is registered and what applications serve. An address that both have counts
   * once: the registration by interface says more.
   *
   * @return whether that changes anything
   */
  boolean merge(List<Endpoint> ofApplications) {
    MappedService before = current;
    if (ofApplications.isEmpty()) {
      current = registered == null ? before == null ? null : empty(before) : registered;
    } else {
      Set<EndpointKey> keys =
          registered().endpoints().endpoints().stream()
              .map(Endpoint::key)
              .collect(Collectors.toSet());
      List<Endpoint> all = new ArrayList<>(registered().endpoints().endpoints());
      ofApplications.stream().filter(one -> !keys.contains(one.key())).forEach(all::add);
      current = registered().withEndpoints(new EndpointSet(all));
    }
    return !Objects.equals(before, current);
  }

  private static MappedService empty(MappedService before) {
    return new MappedService(
        before.ports(), EndpointSet.EMPTY, List.of(), before.revisions(), before.isForeign());
  }

  private static Set<EndpointKey> callable(MappedService service) {
    return service.endpoints().endpoints().stream()
        .filter(endpoint -> !endpoint.isDrained() && endpoint.health() == Health.HEALTHY)
        .map(Endpoint::key)
        .collect(Collectors.toSet());
  }
}
