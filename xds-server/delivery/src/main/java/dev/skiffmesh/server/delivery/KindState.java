package dev.skiffmesh.server.delivery;

import dev.skiffmesh.api.model.Immutable;
import dev.skiffmesh.translator.resource.Resource;
import dev.skiffmesh.translator.resource.ResourceKind;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;

/**
 * One type on one stream. What the proxy has is not written down name by name: it is "all as it
 * should be, except {@code open}", so an idle stream costs almost nothing, whatever the mesh's
 * size.
 *
 * @param kind the type
 * @param asked whether the proxy has asked for anything of this type
 * @param greeting whether a first answer is due even if there is nothing to say: Envoy waits for it
 *     15 s
 * @param quiet nothing was found to send and nothing has happened since
 * @param subscription what it asked for
 * @param open the names that differ or may differ from what the proxy should have; hashed, because
 *     a new proxy has all names of the mesh here for a moment
 * @param rejected the contents that it refused
 * @param isolation groups of names from a rejected response, each to be sent apart from all others
 *     until the bad ones are found
 * @param warmUps route configurations that wait for a first virtual host
 * @param expected what the proxy will ask for, since what it was sent refers to it and cannot be
 *     used before; what refers to it in turn waits so long
 * @param lingering what is gone, and what a proxy that names what it uses has not let go of yet
 * @param claimed the version that the proxy said it has, while there is no snapshot to compare it
 *     with (state-of-the-world); null for none
 * @param renewalDue what has a limited life is to be renewed as soon as nothing is in flight; a
 *     level and no count, so that renewals never pile up
 * @param inFlight the response that is not yet answered, null for none
 * @param whole what the proxy has, for types whose state-of-the-world responses are whole; else
 *     empty
 * @param tally counts
 */
record KindState(
    ResourceKind kind,
    boolean asked,
    boolean greeting,
    boolean quiet,
    Subscription subscription,
    Map<String, Known> open,
    SortedMap<String, RejectedContent> rejected,
    List<SortedSet<String>> isolation,
    SortedSet<String> warmUps,
    Patience expected,
    Patience lingering,
    @Nullable String claimed,
    boolean renewalDue,
    @Nullable InFlight inFlight,
    TreePMap<String, Resource> whole,
    Tally tally) {

  private static final Map<String, Known> NOTHING_OPEN = Map.of();
  private static final SortedMap<String, RejectedContent> NONE_REJECTED =
      Immutable.sortedMap(Map.of());
  private static final SortedSet<String> NO_NAMES = Immutable.sortedSet(Set.of());

  /** A type that the proxy has not asked for. */
  static KindState unasked(ResourceKind kind) {
    return new KindState(
        kind,
        false,
        false,
        false,
        Subscription.NONE,
        NOTHING_OPEN,
        NONE_REJECTED,
        List.of(),
        NO_NAMES,
        Patience.NONE,
        Patience.NONE,
        null,
        false,
        null,
        TreePMap.empty(),
        Tally.NONE);
  }

  /** Tells whether something waits for the proxy to do something, for a while. */
  boolean isWaiting() {
    return expected.isWaiting() || lingering.isWaiting();
  }

  /** The same shared object for all empty maps, so that idle streams hold none. */
  static Map<String, Known> orNothingOpen(Map<String, Known> open) {
    return open.isEmpty() ? NOTHING_OPEN : open;
  }

  static SortedMap<String, RejectedContent> orNoneRejected(
      SortedMap<String, RejectedContent> rejected) {
    return rejected.isEmpty() ? NONE_REJECTED : rejected;
  }

  static SortedSet<String> orNoNames(SortedSet<String> names) {
    return names.isEmpty() ? NO_NAMES : names;
  }
}
