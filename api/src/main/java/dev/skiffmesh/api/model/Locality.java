package dev.skiffmesh.api.model;

import java.util.Comparator;

/**
 * Where an instance or a proxy runs; parts that are not known are empty strings.
 *
 * @param region for example {@code cn-east}
 * @param zone for example {@code cn-east-a}
 * @param subZone a rack or a switch
 */
public record Locality(String region, String zone, String subZone) implements Comparable<Locality> {

  /** Nothing is known. */
  public static final Locality UNKNOWN = new Locality("", "", "");

  private static final Comparator<Locality> ORDER =
      Comparator.comparing(Locality::region)
          .thenComparing(Locality::zone)
          .thenComparing(Locality::subZone);

  /** A locality of which the zone alone is known. */
  public static Locality ofZone(String zone) {
    return new Locality("", zone, "");
  }

  @Override
  public int compareTo(Locality other) {
    return ORDER.compare(this, other);
  }
}
