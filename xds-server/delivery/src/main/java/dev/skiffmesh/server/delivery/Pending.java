package dev.skiffmesh.server.delivery;

import java.util.List;

/**
 * Names of one type that have something to be sent.
 *
 * @param isolated one group of a rejected response; goes before and apart from everything else
 * @param additions new and changed contents, and names that must be answered
 * @param removals names that go away
 */
record Pending(List<String> isolated, List<String> additions, List<String> removals) {

  static final Pending NONE = new Pending(List.of(), List.of(), List.of());

  /** With no removals but those. */
  Pending removing(List<String> names) {
    return names.size() == removals.size() ? this : new Pending(isolated, additions, names);
  }

  /** Tells whether nothing is left when {@code names} are sent. */
  boolean isAll(List<String> names) {
    return isolated.isEmpty() && names.size() == additions.size() + removals.size();
  }

  boolean hasNews() {
    return !isolated.isEmpty() || !additions.isEmpty();
  }

  boolean hasRemovals() {
    return !removals.isEmpty();
  }
}
