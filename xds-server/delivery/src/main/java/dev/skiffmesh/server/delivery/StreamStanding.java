package dev.skiffmesh.server.delivery;

import dev.skiffmesh.translator.resource.ResourceKind;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What one proxy has, wants and refused, at one moment; immutable. */
public interface StreamStanding {

  /** How a proxy stands to one version of one resource. */
  enum Standing {
    /** It never asked for the resource, so it will never answer. */
    NOT_ASKED,
    /** It asked and has not yet answered. */
    PENDING,
    /** It holds this version. */
    ACKED,
    /** It refused this version. */
    REJECTED
  }

  /**
   * A resource that the proxy refused and of which it has accepted no later version.
   *
   * @param version the refused one
   * @param error the proxy's own words
   */
  record RejectedResource(ResourceKind kind, String name, String version, String error) {}

  /**
   * One resource type on one stream.
   *
   * @param kind the type
   * @param sent resources sent on this stream or known to be held by the proxy when it connected
   * @param acked of those, how many it holds in the newest version that was sent
   * @param nacked of those, how many it rejected in the newest version that was sent
   * @param lastError the proxy's words at its last rejection of this type; null if it never did
   */
  record TypeCounts(
      ResourceKind kind, int sent, int acked, int nacked, @Nullable String lastError) {

    /** Together with those of another stream of the same proxy; the first words count. */
    public TypeCounts with(TypeCounts other) {
      return new TypeCounts(
          kind,
          sent + other.sent,
          acked + other.acked,
          nacked + other.nacked,
          lastError == null ? other.lastError : lastError);
    }
  }

  /** How the proxy stands to {@code version} of that resource. */
  Standing standing(ResourceKind kind, String name, String version);

  /** What the proxy refuses, in the order of kind and name. */
  List<RejectedResource> rejections();

  /** Counts by type, in xDS order; types that were never asked for are left out. */
  List<TypeCounts> types();

  /** Tells whether the proxy has acknowledged the newest content of all that it asked for. */
  boolean inSync();

  /**
   * Tells, without looking at names one by one, whether {@link #standing} answers as it did for
   * {@code earlier} of the same stream, for every resource but assignments, and with the same words
   * of the proxy. May be false where nothing has changed.
   */
  boolean standsAs(StreamStanding earlier);
}
