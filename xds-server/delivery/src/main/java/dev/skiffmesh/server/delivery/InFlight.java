package dev.skiffmesh.server.delivery;

import dev.skiffmesh.translator.resource.Resource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;

/**
 * The one response of a type that is not yet answered.
 *
 * @param nonce names it
 * @param versions name to version of what it carried, in the order of the response
 * @param removed the names that it removed
 * @param asked by resource, the other names that it answered
 * @param fresh the names that were news in it; all others were there to make it whole
 * @param renewed the names whose life it prolonged, if it did nothing else; else empty
 * @param of what the proxy was to have when it was made
 * @param whole everything that the proxy has if it accepts, for types whose state-of-the-world
 *     responses are whole; else null
 */
record InFlight(
    String nonce,
    Map<String, String> versions,
    SortedSet<String> removed,
    SortedMap<String, List<String>> asked,
    Set<String> fresh,
    SortedSet<String> renewed,
    ProxySnapshot of,
    @Nullable TreePMap<String, Resource> whole) {

  /** Tells whether it only prolonged the life of what the proxy has. */
  boolean isRenewal() {
    return !renewed.isEmpty();
  }

  /** Tells whether it brought a content for each of its names, and nothing else. */
  boolean isAllContents() {
    return versions.size() == fresh.size();
  }

  /** Tells whether it said that {@code name} does not exist to a proxy that has nothing of it. */
  boolean isAlias(String name) {
    return fresh.contains(name) && !versions.containsKey(name) && !removed.contains(name);
  }

  /** Tells whether the proxy will take it as an answer to {@code name}. */
  boolean answers(String name) {
    return fresh.contains(name) || asked.values().stream().anyMatch(names -> names.contains(name));
  }

  /** Tells whether {@code name} was sent with {@code version}, null for "does not exist". */
  boolean brings(String name, @Nullable String version) {
    return fresh.contains(name) && Objects.equals(versions.get(name), version);
  }
}
