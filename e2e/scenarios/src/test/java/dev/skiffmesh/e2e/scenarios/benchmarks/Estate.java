package dev.skiffmesh.e2e.scenarios.benchmarks;

import dev.skiffmesh.api.source.Source;

/** A registry of many services whose instances a benchmark can change. */
interface Estate extends AutoCloseable {

  /** A source of it, not yet started. */
  Source source();

  /** The mesh's name of the cluster of a service's HTTP port. */
  String cluster(int service);

  /** Changes the first instance of a service to another state than it had. */
  void change(int service);

  @Override
  void close();
}
