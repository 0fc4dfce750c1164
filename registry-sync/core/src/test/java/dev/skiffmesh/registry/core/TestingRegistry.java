package dev.skiffmesh.registry.core;

import dev.skiffmesh.api.model.Immutable;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.source.Source;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The outside world's side of a source under test: a real registry that a test can change. Methods
 * may return before the registry has spread the change. A driver may serve one shared registry: the
 * tests use names of their own, and {@link #close()} removes what they left.
 */
public interface TestingRegistry {

  /** Makes the instances be there in this form; one of the same address and port is replaced. */
  void put(List<Instance> instances) throws Exception;

  /** Deregisters the instance. */
  void remove(Instance instance) throws Exception;

  /**
   * Puts an entry there that makes no sense, beside the instances of {@code service}.
   *
   * @param service its name in the registry
   */
  void putMalformed(String service) throws Exception;

  /** Takes away what {@link #putMalformed} put there. */
  void removeMalformed(String service) throws Exception;

  /** Writes what is there once more, so that it is new and no different. */
  void touch() throws Exception;

  /** Makes the registry vanish for the source. */
  void lose() throws Exception;

  /** Ends {@link #lose()}. What was there is there again, or is put again by the test. */
  void restore() throws Exception;

  /** A new source on this registry, not yet started. */
  Source source() throws Exception;

  /** The mesh name of a service of this registry. */
  default ServiceId idOf(String service) {
    return new ServiceId("default", ServiceNames.meshName(service));
  }

  /** Takes away what the test left, or ends the registry if it is the test's own. */
  void close() throws Exception;

  /** What a registry may lack; the tests about it then expect less, or are skipped. */
  enum Ability {
    /** Says that an instance is unhealthy. */
    HEALTH,
    /**
     * Still tells of an instance that an operator has taken out; without it, such a one is gone.
     */
    ENABLED,
    /** Has weights. */
    WEIGHT,
    /** Takes an entry that makes no sense. */
    MALFORMED,
    /** Can vanish and come back within a test. */
    LOSS
  }

  /**
   * One instance as its registry sees it.
   *
   * @param service its service's name in the registry
   */
  record Instance(
      String service,
      String address,
      int port,
      BigDecimal weight,
      boolean healthy,
      boolean enabled,
      SortedMap<String, String> labels) {

    /** Copies the labels. */
    public Instance {
      labels = Immutable.sortedMap(labels);
    }

    /** A healthy one of weight 1. */
    public static Instance of(String service, String address, int port) {
      return new Instance(
          service, address, port, BigDecimal.ONE, true, true, Immutable.sortedMap(Map.of()));
    }

    /** With another weight. */
    public Instance withWeight(String decimal) {
      return new Instance(
          service, address, port, new BigDecimal(decimal), healthy, enabled, labels);
    }

    /** With another health. */
    public Instance withHealthy(boolean health) {
      return new Instance(service, address, port, weight, health, enabled, labels);
    }

    /** Taken out or in. */
    public Instance withEnabled(boolean on) {
      return new Instance(service, address, port, weight, healthy, on, labels);
    }

    /** With one more label. */
    public Instance withLabel(String name, String value) {
      TreeMap<String, String> more = new TreeMap<>(labels);
      more.put(name, value);
      return new Instance(service, address, port, weight, healthy, enabled, more);
    }
  }
}
