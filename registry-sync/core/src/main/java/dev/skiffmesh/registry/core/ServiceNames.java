package dev.skiffmesh.registry.core;

import dev.skiffmesh.api.model.ServiceId;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.Collections;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Mesh names for whatever a registry calls its services. Pure; the same input gives the same names
 * on every replica and in any order.
 *
 * <p>A mesh name is a DNS label: lower case, and {@code '-'} for what a label cannot have. Where
 * that says too little (nothing left, over 63 characters, two originals with one result) the name
 * is its first 54 characters, {@code '-'} and 8 hex digits of the original's SHA-256.
 */
public final class ServiceNames {

  /** A DNS label's greatest length (RFC 1035, section 2.3.4). */
  private static final int LONGEST = 63;

  private static final int KEPT = 54;
  private static final int HASH_DIGITS = 8;

  private ServiceNames() {}

  /** The mesh name of {@code original}, seen alone. */
  public static String meshName(String original) {
    String plain = plain(original);
    return ServiceId.isLabel(plain) ? plain : hashed(original);
  }

  /**
   * The mesh names of all the services of one namespace, by original name. An original that is a
   * mesh name already keeps it; of others that come to the same name, every one is told apart by
   * its hash, so that no name depends on which came first.
   */
  public static SortedMap<String, String> meshNames(Collection<String> originals) {
    Map<String, SortedSet<String>> claims = new TreeMap<>();
    for (String original : originals) {
      claims.computeIfAbsent(meshName(original), name -> new TreeSet<>()).add(original);
    }
    SortedMap<String, String> names = new TreeMap<>();
    claims.forEach(
        (name, claimants) -> {
          for (String original : claimants) {
            boolean keeps = claimants.size() == 1 || original.equals(name);
            names.put(original, keeps ? name : hashed(original));
          }
        });
    return Collections.unmodifiableSortedMap(names);
  }

  /** The name of {@code original} with its hash, for where its mesh name is another's. */
  public static String toldApart(String original) {
    return hashed(original);
  }

  /** What the registry calls the service, if that is not its mesh name. */
  public static Optional<String> alias(String original, String meshName) {
    return original.equals(meshName) || original.isBlank()
        ? Optional.empty()
        : Optional.of(original);
  }

  private static String plain(String original) {
    StringBuilder plain = new StringBuilder();
    for (char c : original.toLowerCase(Locale.ROOT).toCharArray()) {
      boolean allowed = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
      plain.append(allowed ? c : '-');
    }
    return trimmed(plain.toString());
  }

  /** A label neither begins nor ends with '-'. */
  private static String trimmed(String text) {
    int from = 0;
    int to = text.length();
    while (from < to && text.charAt(from) == '-') {
      from++;
    }
    while (to > from && text.charAt(to - 1) == '-') {
      to--;
    }
    return text.substring(from, to);
  }

  private static String hashed(String original) {
    String plain = plain(original);
    String kept = plain.length() > KEPT ? trimmed(plain.substring(0, KEPT)) : plain;
    String hash = hash(original);
    String name = kept.isEmpty() ? "s-" + hash : kept + "-" + hash;
    if (name.length() > LONGEST) {
      throw new IllegalStateException("'" + name + "' is longer than a label");
    }
    return name;
  }

  private static String hash(String original) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(original.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest).substring(0, HASH_DIGITS);
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("Every Java platform has SHA-256", impossible);
    }
  }
}
