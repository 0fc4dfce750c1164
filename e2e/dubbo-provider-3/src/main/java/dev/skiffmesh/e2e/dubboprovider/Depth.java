package dev.skiffmesh.e2e.dubboprovider;

/** What a newer revision of the provider serves beside it. */
public interface Depth {

  /** How many stand at a price. */
  int depth(String symbol);
}
