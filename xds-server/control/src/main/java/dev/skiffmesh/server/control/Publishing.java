package dev.skiffmesh.server.control;

import dev.skiffmesh.server.delivery.Delivery;
import dev.skiffmesh.server.delivery.ProxySnapshot;
import dev.skiffmesh.translator.Translation;
import dev.skiffmesh.translator.resource.Reach;
import dev.skiffmesh.translator.resource.Resource;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/** What proxies are given: their translations and the assignments that all share. */
final class Publishing {

  private final Delivery delivery;
  private final Assignments assignments;

  Publishing(Delivery delivery, Assignments assignments) {
    this.delivery = delivery;
    this.assignments = assignments;
  }

  /**
   * Gives a stream what it is to have; nothing before its first translation.
   *
   * @param changed names of the assignments that alone are others; null if anything may be
   */
  void publish(ProxyStream stream, @Nullable SortedSet<String> changed) {
    ProxySnapshot snapshot = snapshot(stream);
    if (snapshot != null) {
      delivery.publish(stream.id, snapshot, changed);
    }
  }

  /** What {@code stream} is to have; null before its first translation. */
  @Nullable ProxySnapshot snapshot(ProxyStream stream) {
    Translation translation = stream.translation;
    Reach reach = stream.reach;
    return translation == null || reach == null
        ? null
        : new ProxySnapshot(translation.resources(), assignments.current(), reach);
  }

  /** Empty if there is no such assignment. */
  String version(String assignment) {
    Resource resource = assignments.current().get(assignment);
    return resource == null ? "" : resource.version();
  }
}
