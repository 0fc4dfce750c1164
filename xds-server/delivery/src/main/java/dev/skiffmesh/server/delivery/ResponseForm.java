package dev.skiffmesh.server.delivery;

import dev.skiffmesh.api.model.Immutable;
import dev.skiffmesh.translator.resource.Resource;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;

/** How a variant of the protocol makes a response of the names whose turn it is. Pure. */
sealed interface ResponseForm permits DeltaResponses, SotwResponses {

  /** What the response as a whole is called. */
  String renewalVersion(KindDraft draft, List<Resource> held);

  /** Which of the pending names go into the next response. */
  List<String> choose(KindDraft draft, Pending pending, boolean withRemovals);

  /** Builds the response of {@code names} and sets what is in flight. */
  StreamResponse assemble(
      StreamDraft stream, KindDraft draft, List<String> names, boolean withRemovals);

  /**
   * An Envoy that gets a new or changed cluster warms it for 15 s unless its assignment comes
   * behind it, changed or not; it does not ask again.
   */
  void oweAssignment(StreamDraft stream, String name);

  /** The same for all assignments of a proxy that gets all its clusters at once. */
  void oweAssignments(StreamDraft stream, Everything assignments);

  /** Tells whether virtual hosts can be resources of their own. */
  boolean hasVirtualHosts();

  /** No names. */
  SortedSet<String> NO_NAMES = Immutable.sortedSet(List.<String>of());

  /** No names that were asked for. */
  SortedMap<String, List<String>> NONE_ASKED = Immutable.sortedMap(Map.of());
}
