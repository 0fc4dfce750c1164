package dev.skiffmesh.translator.plan;

import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.model.Immutable;
import dev.skiffmesh.translator.place.ForwardOption;
import dev.skiffmesh.translator.place.HostOption;
import dev.skiffmesh.translator.place.Option;
import dev.skiffmesh.translator.place.Placed;
import dev.skiffmesh.translator.place.RouteOption;
import dev.skiffmesh.translator.place.Slot;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * What policies say of all calls to a port, by slot; a route's own option wins.
 *
 * @param host of the port's virtual host
 * @param route of each of its routes
 * @param forward of each of its routes that sends calls on
 */
public record PortOptions(
    SortedMap<Slot, Placed<HostOption>> host,
    SortedMap<Slot, Placed<RouteOption>> route,
    SortedMap<Slot, Placed<ForwardOption>> forward) {

  /** Nothing is said. */
  public static final PortOptions NONE =
      new PortOptions(
          Immutable.sortedMap(Map.of()),
          Immutable.sortedMap(Map.of()),
          Immutable.sortedMap(Map.of()));

  /** Copies what it is given. */
  public PortOptions {
    host = Immutable.sortedMap(host);
    route = Immutable.sortedMap(route);
    forward = Immutable.sortedMap(forward);
  }

  /** All of them. */
  public Stream<Placed<? extends Option>> all() {
    return Stream.of(host.values(), route.values(), forward.values())
        .flatMap(some -> some.stream());
  }

  /** Whose they are, together. */
  public SortedSet<DocumentKey> authors() {
    SortedSet<DocumentKey> authors = new TreeSet<>(Placed.authors(host.values()));
    authors.addAll(Placed.authors(route.values()));
    authors.addAll(Placed.authors(forward.values()));
    return authors;
  }

  /** The same without what policies of a kind say. */
  PortOptions withoutKind(String kind) {
    return new PortOptions(
        Placed.withoutKind(host, kind),
        Placed.withoutKind(route, kind),
        Placed.withoutKind(forward, kind));
  }
}
