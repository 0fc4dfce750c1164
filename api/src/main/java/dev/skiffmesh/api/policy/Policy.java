package dev.skiffmesh.api.policy;

import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.document.Origin;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A policy that was understood: decoded and valid by itself. Whether its target exists and whether
 * it may reach it depends on the world.
 *
 * @param key its identity
 * @param labels of the document's metadata
 * @param annotations of the document's metadata
 * @param generation counts the contents that were seen under this key, from 1
 * @param spec what it says
 * @param origin where it came from
 */
public record Policy<S extends PolicySpec>(
    DocumentKey key,
    SortedMap<String, String> labels,
    SortedMap<String, String> annotations,
    long generation,
    S spec,
    Origin origin) {

  /** With the value {@link #SHADOW} the policy is evaluated and shown, but shapes nothing. */
  public static final String EFFECT_LABEL = "skiffmesh.dev/effect";

  /** See {@link #EFFECT_LABEL}. */
  public static final String SHADOW = "shadow";

  /** Copies labels and annotations. */
  public Policy {
    labels = Collections.unmodifiableSortedMap(new TreeMap<>(labels));
    annotations = Collections.unmodifiableSortedMap(new TreeMap<>(annotations));
  }

  /** The same content under another count. */
  public Policy<S> withGeneration(long other) {
    return new Policy<>(key, labels, annotations, other, spec, origin);
  }

  /** Tells whether the policy is only tried out. */
  public boolean isShadow() {
    return SHADOW.equals(labels.get(EFFECT_LABEL));
  }
}
