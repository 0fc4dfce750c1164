package dev.skiffmesh.e2e.comparison;

import dev.skiffmesh.server.delivery.testing.TestingSnapshot;

/** A control plane under comparison: aggregated discovery over real gRPC on a loopback port. */
interface DiscoveryServer extends AutoCloseable {

  /** Where it listens. */
  int port();

  /**
   * Gives all proxies that are there, and those that come, this content. When it returns, whatever
   * the server writes to a stream because of it stands before the answer to any later request on
   * that stream.
   */
  void publish(TestingSnapshot snapshot);

  /** From the next content on, whatever serves the stream of that proxy throws. */
  void breakStreamOf(String nodeId);

  @Override
  void close();
}
