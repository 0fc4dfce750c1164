package dev.skiffmesh.translator.evaluate;

import dev.skiffmesh.api.document.DocumentKey;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Set;

/**
 * Names for what differs between callers. One name has one content in the mesh, so that what only
 * some callers' policies shaped needs a name of its own, equal for all callers of that kind.
 */
final class CallerVariants {

  private CallerVariants() {}

  /** 8 hex digits for these policies; empty for none. */
  static String of(Set<DocumentKey> policies) {
    if (policies.isEmpty()) {
      return "";
    }
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (DocumentKey policy : policies) {
        digest.update(policy.toString().getBytes(StandardCharsets.UTF_8));
        digest.update((byte) '\n');
      }
      return HexFormat.of().formatHex(digest.digest(), 0, 4);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** The same behind a mark, as virtual hosts' names have it. */
  static String suffix(Set<DocumentKey> policies) {
    String variant = of(policies);
    return variant.isEmpty() ? "" : "~" + variant;
  }
}
