package dev.skiffmesh.translator.place;

/**
 * What an HTTP listener does to a call, one after the other; the same order for the listener of a
 * port and for the one of an application's own calls. All of them are there from the first day,
 * since a listener that changes drains its connections; an empty one does nothing.
 */
public enum Stage {
  /** Bodies and headers of the answers that the proxy gives by itself, of all kinds together. */
  CUSTOM_RESPONSE(Of.KINDS),
  /** Asks for hosts that are not known yet; of an application's own calls alone. */
  ON_DEMAND(Of.SKIFF),
  /** Who calls. */
  IDENTITY(Of.SKIFF),
  /** Whether the caller may. */
  ACCESS(Of.KINDS),
  /** What a call is marked with. */
  MARKS(Of.SKIFF),
  /** Harm on purpose. */
  FAULTS(Of.KINDS),
  /** How many calls in a time, counted by each proxy. */
  LIMITS(Of.KINDS_WITH_STATE),
  /** How many calls in a time, counted together. */
  GLOBAL_LIMITS(Of.KINDS),
  /** How many calls at once. */
  CONCURRENCY(Of.KINDS_WITH_STATE),
  /** Headers, as the application sees them. */
  HEADER_MUTATION(Of.KINDS),
  /** On to the application. */
  ROUTER(Of.SKIFF);

  private enum Of {
    SKIFF,
    KINDS,
    KINDS_WITH_STATE
  }

  private final Of of;

  Stage(Of of) {
    this.of = of;
  }

  /** Tells whether policies say what it does. */
  public boolean isOfKinds() {
    return of != Of.SKIFF;
  }

  /**
   * Tells whether its rules keep state that a new configuration loses, so that they stand in
   * buckets: only the rules of one bucket change together.
   */
  public boolean keepsState() {
    return of == Of.KINDS_WITH_STATE;
  }
}
