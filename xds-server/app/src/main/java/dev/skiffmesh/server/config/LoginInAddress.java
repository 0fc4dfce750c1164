package dev.skiffmesh.server.config;

import dev.skiffmesh.api.document.RawNode;
import dev.skiffmesh.api.document.RawNode.Entry;
import dev.skiffmesh.api.document.RawNode.Mapping;
import dev.skiffmesh.api.document.RawNode.Scalar;
import dev.skiffmesh.api.document.RawNode.Sequence;
import dev.skiffmesh.api.document.Violation;
import dev.skiffmesh.registry.core.ServerAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Refuses addresses of sources that hold a login, whatever the source: before anything else is said
 * of them, since whatever is wrong with a value is said with the value.
 */
final class LoginInAddress {

  /** The keys of addresses in all sections. */
  private static final Set<String> KEYS = Set.of("server", "servers", "endpoints");

  private LoginInAddress() {}

  /**
   * What is wrong.
   *
   * @param section the record of the item, which says where a login belongs
   * @param path of the item
   */
  static List<Violation> violations(RawNode item, Class<? extends Record> section, String path) {
    String instead =
        Arrays.stream(section.getRecordComponents())
                .anyMatch(component -> component.getName().equals("username"))
            ? "`username` and `password`"
            : "`token`";
    return item instanceof Mapping mapping
        ? mapping.entries().stream()
            .filter(entry -> KEYS.contains(entry.key()))
            .flatMap(entry -> violations(entry, path + "." + entry.key(), instead))
            .toList()
        : List.of();
  }

  private static Stream<Violation> violations(Entry entry, String path, String instead) {
    List<RawNode> addresses =
        entry.value() instanceof Sequence(List<RawNode> items, _) ? items : List.of(entry.value());
    return addresses.stream()
        .filter(Scalar.class::isInstance)
        .map(Scalar.class::cast)
        .filter(
            scalar -> Arrays.stream(scalar.text().split(",")).anyMatch(ServerAddress::holdsLogin))
        .map(
            scalar ->
                new Violation(path, scalar.position(), "must not hold a login; write " + instead));
  }
}
