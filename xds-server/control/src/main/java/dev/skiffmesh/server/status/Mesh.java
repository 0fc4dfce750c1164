package dev.skiffmesh.server.status;

import dev.skiffmesh.api.model.ServiceId;
import java.util.List;
import java.util.SortedSet;
import java.util.function.Predicate;

/** A running control plane, as operators see it and what they may say to it. Thread-safe. */
public interface Mesh {

  /** The newest report; a few hundred milliseconds old unless it says what stands still. */
  MeshReport report();

  /** Whether its parts come back as they must; told by nobody who may stand still himself. */
  Vitals vitals();

  /** What was pushed lately and why, the newest change first. */
  List<PushedChange> history();

  /**
   * Believes a registry where it is doubted; waits until that is in force.
   *
   * @param source the registry's name
   * @param which of the services that are held back
   * @return those that were held back and are no more
   * @throws IllegalStateException if the control plane is starting or ending
   */
  SortedSet<ServiceId> accept(String source, Predicate<ServiceId> which);
}
