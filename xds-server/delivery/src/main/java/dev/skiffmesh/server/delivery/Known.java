package dev.skiffmesh.server.delivery;

import org.jspecify.annotations.Nullable;

/**
 * What is known of a proxy's copy of a resource that differs, or may differ, from what it should
 * have.
 *
 * @param version the version that it accepted last, null for none
 * @param doubtful it rejected a response with this name: Envoy may have applied it all the same
 *     (other resources of a rejected CDS or LDS response are), or not
 * @param owed it must be answered, even if the version fits
 */
record Known(@Nullable String version, boolean doubtful, boolean owed) {

  static final Known NOTHING = new Known(null, false, false);
  static final Known NOTHING_OWED = new Known(null, false, true);

  Known withOwed(boolean now) {
    if (now == owed) {
      return this;
    }
    if (version == null && !doubtful) {
      return now ? NOTHING_OWED : NOTHING;
    }
    return new Known(version, doubtful, now);
  }

  /** After a rejection. */
  Known doubted() {
    return new Known(version, true, false);
  }

  /** After an acceptance of {@code accepted}, or of its removal if that is null. */
  Known accepted(@Nullable String accepted) {
    return accepted == null && !owed ? NOTHING : new Known(accepted, false, owed);
  }

  /** The proxy has something, or may have. */
  boolean isHeld() {
    return version != null || doubtful;
  }
}
