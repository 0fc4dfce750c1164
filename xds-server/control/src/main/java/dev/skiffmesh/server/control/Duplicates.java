package dev.skiffmesh.server.control;

import dev.skiffmesh.api.status.Finding;
import dev.skiffmesh.api.status.FindingCode;
import java.time.Duration;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.LongSupplier;

/**
 * Proxies that share an id. A proxy that reconnects before its old stream is known to be dead looks
 * the same for a moment, so the finding lives on for a while only. Confined to the control thread.
 */
final class Duplicates {

  /**
   * Two proxies that push each other out reconnect within Envoy's longest back-off of 30 s; whoever
   * is left alone for longer has no twin any more.
   */
  static final Duration LIFETIME = Duration.ofSeconds(40);

  private record Seen(String peers, long at) {}

  private final LongSupplier nanos;
  private final SortedMap<String, Seen> seen = new TreeMap<>();

  Duplicates(LongSupplier nanos) {
    this.nanos = nanos;
  }

  void seen(String proxy, String newPeer, String oldPeer) {
    seen.put(proxy, new Seen(newPeer + " and " + oldPeer, nanos.getAsLong()));
  }

  /** Forgets twins that have not come again; returns whether there were any. */
  boolean expire() {
    long now = nanos.getAsLong();
    return seen.values().removeIf(one -> now - one.at() > LIFETIME.toNanos());
  }

  List<Finding> findings() {
    return seen.entrySet().stream()
        .map(
            one ->
                Finding.of(
                    FindingCode.DUPLICATE_PROXY,
                    "proxy " + one.getKey(),
                    "A node id must belong to one proxy, found two live streams, from "
                        + one.getValue().peers()
                        + "; the newest counts"))
        .toList();
  }
}
