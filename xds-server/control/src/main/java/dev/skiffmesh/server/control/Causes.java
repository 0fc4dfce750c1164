package dev.skiffmesh.server.control;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/** What a change was, in words for people. Pure. */
final class Causes {

  /** So many names say what it was about; more are counted. */
  private static final int SHOWN = 5;

  private Causes() {}

  /** Services and policy documents were touched; if none was, only time has passed. */
  static String of(Collection<?> services, Collection<?> documents) {
    List<String> parts = new ArrayList<>();
    if (!documents.isEmpty()) {
      parts.add(few(documents));
    }
    if (!services.isEmpty()) {
      parts.add((services.size() == 1 ? "service " : "services ") + few(services));
    }
    return parts.isEmpty() ? "the time of a policy" : String.join("; ", parts);
  }

  /** The first few, and how many more there are. */
  static String few(Collection<?> names) {
    String shown =
        names.stream().limit(SHOWN).map(Object::toString).collect(Collectors.joining(", "));
    int more = names.size() - SHOWN;
    return more > 0 ? shown + " and " + more + " more" : shown;
  }
}
