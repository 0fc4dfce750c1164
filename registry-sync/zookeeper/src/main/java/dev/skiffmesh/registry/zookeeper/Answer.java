package dev.skiffmesh.registry.zookeeper;

/** What ZooKeeper says of one node. */
sealed interface Answer<T> {

  /** It is there. */
  record Found<T>(T value) implements Answer<T> {}

  /** It is not there. */
  record Missing<T>() implements Answer<T> {}

  /** It may not be read with our login. */
  record Refused<T>() implements Answer<T> {}
}
