package dev.skiffmesh.translator.place;

import dev.skiffmesh.api.document.DocumentKey;

/**
 * A share of requests that a policy harms, raised from zero for as long as somebody renews it.
 *
 * @param name as configurations refer to it, see {@link #name}
 * @param partsPerMillion from 0 to 1,000,000
 * @param policy whose it is
 */
public record RuntimeKey(String name, int partsPerMillion, DocumentKey policy) {

  private static final int WHOLE = 1_000_000;

  /** Refuses a share beyond the whole with an {@link IllegalArgumentException}. */
  public RuntimeKey {
    if (partsPerMillion < 0 || partsPerMillion > WHOLE) {
      throw new IllegalArgumentException(
          "`partsPerMillion` must be from 0 to 1000000, found " + partsPerMillion);
    }
  }

  /**
   * What a filter or a route writes as its {@code runtime_key}. Begins with the policy, so that no
   * two policies write one key; readable from Envoy's {@code /runtime} page.
   *
   * @param part tells one policy's keys apart: lower-case letters, digits and dashes, and above all
   *     no dot, so that no two policies and parts have one name
   * @throws IllegalArgumentException for another part
   */
  public static String name(DocumentKey policy, String part) {
    if (!part.matches("[a-z0-9-]+")) {
      throw new IllegalArgumentException(
          "`part` must be lower-case letters, digits and '-', found '" + part + "'");
    }
    // Of the four only a policy's name may have dots in it.
    return "skiff.run."
        + policy.kind()
        + "."
        + policy.namespace()
        + "."
        + policy.name()
        + "."
        + part;
  }
}
