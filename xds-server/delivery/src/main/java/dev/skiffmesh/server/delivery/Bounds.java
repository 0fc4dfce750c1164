package dev.skiffmesh.server.delivery;

import com.google.protobuf.Struct;
import io.envoyproxy.envoy.config.core.v3.Locality;
import io.envoyproxy.envoy.config.core.v3.Node;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How much of a peer's words is kept. They are cut where they are read, so that nothing behind has
 * to ask how long a text or a list may be. An honest proxy's are far below each of these. Pure.
 */
public final class Bounds {

  /** Characters of {@code node.id}; a longer one is refused, since two cut ones might be equal. */
  public static final int NODE_ID = 1_024;

  /** Characters of the words of a rejection: an Envoy that names each bad resource needs some. */
  static final int ERROR_TEXT = 4_096;

  /** Characters of a resource's name. */
  static final int NAME = 1_024;

  /** Names of one type that a stream may ask for; hosts have a bound of their own. */
  static final int NAMES = 100_000;

  /** Ours have 16; any longer one is another control plane's, whichever it is. */
  private static final int VERSION = 128;

  private static final int NONCE = 64;

  /** Bytes of {@code node.metadata}; beyond it only what Skiff itself writes is kept. */
  static final int METADATA = 64 << 10;

  private static final int WORD = 256;
  private static final int FEATURES = 64;
  private static final String OURS = "skiff";

  private Bounds() {}

  /** The first {@code most} characters, and a mark if there were more. */
  static String cut(String words, int most) {
    if (words.length() <= most) {
      return words;
    }
    int end = Character.isHighSurrogate(words.charAt(most - 1)) ? most - 1 : most;
    return words.substring(0, end) + "...";
  }

  /** Why a node cannot be served; null if it can. */
  public static @Nullable String flaw(Node node) {
    int length = node.getId().length();
    return length <= NODE_ID
        ? null
        : "`node.id` must have at most " + NODE_ID + " characters, found " + length;
  }

  /**
   * What is kept of a node as long as its stream lives: who it is and what it can do. The list of
   * its Envoy's extensions, tens of kilobytes, is not read by anybody.
   */
  static Node node(Node node) {
    Node.Builder kept =
        Node.newBuilder()
            .setId(node.getId())
            .setCluster(cut(node.getCluster(), NAME))
            .setUserAgentName(cut(node.getUserAgentName(), WORD));
    if (node.hasUserAgentBuildVersion()) {
      kept.getUserAgentBuildVersionBuilder()
          .setVersion(node.getUserAgentBuildVersion().getVersion());
    } else if (!node.getUserAgentVersion().isEmpty()) {
      kept.setUserAgentVersion(cut(node.getUserAgentVersion(), WORD));
    }
    if (node.hasLocality()) {
      Locality where = node.getLocality();
      kept.setLocality(
          Locality.newBuilder()
              .setRegion(cut(where.getRegion(), WORD))
              .setZone(cut(where.getZone(), WORD))
              .setSubZone(cut(where.getSubZone(), WORD)));
    }
    if (node.hasMetadata()) {
      kept.setMetadata(metadata(node.getMetadata()));
    }
    node.getClientFeaturesList().stream()
        .limit(FEATURES)
        .forEach(feature -> kept.addClientFeatures(cut(feature, WORD)));
    return kept.build();
  }

  private static Struct metadata(Struct all) {
    if (all.getSerializedSize() <= METADATA) {
      return all;
    }
    Struct.Builder kept = Struct.newBuilder();
    if (all.containsFields(OURS) && all.getFieldsOrThrow(OURS).getSerializedSize() <= METADATA) {
      kept.putFields(OURS, all.getFieldsOrThrow(OURS));
    }
    return kept.build();
  }

  static String errorText(String words) {
    return cut(words, ERROR_TEXT);
  }

  /** A nonce of ours is far shorter; a longer one is nobody's. */
  static String nonce(String nonce) {
    return cut(nonce, NONCE);
  }

  static String version(String version) {
    return cut(version, VERSION);
  }

  /**
   * The names that can be one: an empty name names nothing, and what is too long for a cluster or a
   * host is passed over, never answered.
   */
  static List<String> names(List<String> names) {
    for (String name : names) {
      if (!isName(name)) {
        return names.stream().filter(Bounds::isName).toList();
      }
    }
    // A list of a message does not change.
    return names;
  }

  private static boolean isName(String name) {
    return !name.isEmpty() && name.length() <= NAME;
  }

  /** The versions of what can be a name. */
  static Map<String, String> versions(Map<String, String> versions) {
    for (Map.Entry<String, String> each : versions.entrySet()) {
      if (!isName(each.getKey()) || each.getValue().length() > VERSION) {
        Map<String, String> kept = HashMap.newHashMap(versions.size());
        versions.forEach(
            (name, version) -> {
              if (isName(name)) {
                kept.put(name, version(version));
              }
            });
        return kept;
      }
    }
    return versions;
  }

  /** The first of a list. */
  static <T> List<T> first(List<T> all, int most) {
    return all.size() <= most ? all : new ArrayList<>(all.subList(0, most));
  }
}
