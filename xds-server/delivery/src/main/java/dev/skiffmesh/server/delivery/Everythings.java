package dev.skiffmesh.server.delivery;

import dev.skiffmesh.translator.resource.Resource;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;

/** The {@link Everything} of each large map or set of names, one for all streams; thread-safe. */
final class Everythings {

  /** Less than that is quickly looked at; and each proxy has a few listeners of its own. */
  static final int MANY = 64;

  /** Each holds the bytes of one response, of at most {@link DeliveryRules#MOST_BYTES}. */
  private static final int REMEMBERED = 8;

  private final int many;
  private final IdentityMemo<Everything> memo = new IdentityMemo<>(REMEMBERED);

  /** Fewer than {@code many} are few. */
  Everythings(int many) {
    this.many = many;
  }

  /** All names of {@code contents}; null if they are few. */
  @Nullable Everything of(TreePMap<String, Resource> contents) {
    return contents.size() < many
        ? null
        : memo.of(contents, contents, () -> new Everything(contents.keySet()));
  }

  /** All of {@code names}; null if they are few. */
  @Nullable Everything of(SortedSet<String> names) {
    return names.size() < many ? null : memo.of(names, names, () -> new Everything(names));
  }
}
