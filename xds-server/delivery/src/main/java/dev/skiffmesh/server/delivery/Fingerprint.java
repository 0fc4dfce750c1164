package dev.skiffmesh.server.delivery;

import dev.skiffmesh.translator.resource.Resource;
import java.util.HexFormat;

/**
 * A version for several resources together: a 64-bit sum of their mixed names and versions, equal
 * on every replica and independent of order. Pure.
 */
final class Fingerprint {

  private static final HexFormat HEX = HexFormat.of();

  private Fingerprint() {}

  static String of(Iterable<Resource> resources) {
    long sum = 0;
    for (Resource resource : resources) {
      // A version is 64 bits of SHA-256, so a sum of mixed ones is as good as a hash of all.
      long version = HexFormat.fromHexDigitsToLong(resource.version());
      sum += mix(version ^ mix(resource.name().hashCode()));
    }
    return HEX.toHexDigits(sum);
  }

  /** The finaliser of SplitMix64 (Steele, Lea and Flood, 2014). */
  private static long mix(long value) {
    long mixed = (value ^ (value >>> 30)) * 0xbf58476d1ce4e5b9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
    return mixed ^ (mixed >>> 31);
  }
}
