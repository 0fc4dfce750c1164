package dev.skiffmesh.translator.plan;

import java.util.List;

/**
 * What a service or a port answers to, lower case, in a stable order. A short name means the
 * service of the caller's own namespace first, so that callers of two kinds are told apart: those
 * of the service's namespace and all others.
 *
 * @param within for callers of its own namespace
 * @param elsewhere for callers of all other namespaces
 */
public record Hosts(List<String> within, List<String> elsewhere) {

  /** Nothing. */
  public static final Hosts NONE = new Hosts(List.of(), List.of());

  /** Copies what it is given. */
  public Hosts {
    within = List.copyOf(within);
    elsewhere = within.equals(elsewhere) ? within : List.copyOf(elsewhere);
  }

  /** Whether something is called by callers of its own namespace alone. */
  public boolean differ() {
    return !within.equals(elsewhere);
  }

  /** For a caller that is of the service's namespace, or is not. */
  public List<String> of(boolean isWithin) {
    return isWithin ? within : elsewhere;
  }
}
