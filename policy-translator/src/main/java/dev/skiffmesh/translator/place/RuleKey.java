package dev.skiffmesh.translator.place;

import dev.skiffmesh.api.document.DocumentKey;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;

/**
 * One rule of one policy.
 *
 * @param policy whose it is
 * @param rule tells the policy's rules apart, whatever their order
 */
public record RuleKey(DocumentKey policy, String rule) implements Comparable<RuleKey> {

  /**
   * In how many buckets rules that keep state stand. With so many, one policy that comes or goes
   * leaves 31 of 32 others alone, and a listener has so many more filters for each such stage.
   */
  public static final int BUCKETS = 32;

  private static final Comparator<RuleKey> ORDER =
      Comparator.comparing(RuleKey::policy).thenComparing(RuleKey::rule);

  /**
   * The rule's bucket. It depends on nothing but the rule itself, so that replicas and restarts
   * agree, and no other rule that comes or goes moves it.
   */
  public int bucket() {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256")
              .digest((policy + "\n" + rule).getBytes(StandardCharsets.UTF_8));
      return Byte.toUnsignedInt(digest[0]) % BUCKETS;
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  @Override
  public int compareTo(RuleKey other) {
    return ORDER.compare(this, other);
  }
}
