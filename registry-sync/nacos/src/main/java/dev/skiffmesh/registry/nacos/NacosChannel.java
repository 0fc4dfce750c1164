package dev.skiffmesh.registry.nacos;

import com.alibaba.nacos.api.exception.NacosException;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;

/**
 * A connection to a Nacos server (or to one of several) for one namespace, which reconnects by
 * itself. Thread-safe. Calls block, for some seconds at most.
 */
interface NacosChannel extends AutoCloseable {

  /** Tries to connect; returns also when that failed, and goes on trying in the background. */
  void open() throws NacosException;

  /** Tells whether there is a connection that seems to work. */
  boolean isConnected();

  /**
   * The number of the connection, which grows with each new one. Subscriptions belong to a
   * connection and end with it.
   */
  long connection();

  /** The groups that have services. */
  Set<String> groups() throws NacosException;

  /** The names of all services of a group, all pages. */
  Names list(String group) throws NacosException;

  /**
   * Asks to be told of new services, where the server can (Nacos 3); to do so again heals what got
   * lost.
   */
  void watchServices() throws NacosException;

  /** Subscribes to a service and answers what it is now; to do so again changes nothing. */
  Registration subscribe(String group, String service) throws NacosException;

  /** Answers what a service is now. */
  Registration query(String group, String service) throws NacosException;

  /** Ends a subscription. */
  void unsubscribe(String group, String service) throws NacosException;

  /** The text of a configuration of this namespace; empty if there is none. */
  Optional<String> config(String dataId, String group) throws NacosException;

  /** Ends the connection and its threads. */
  @Override
  void close();

  /**
   * A listing.
   *
   * @param names without their group
   * @param isWhole false if it kept changing between its pages, so that a name may be missing
   */
  record Names(SortedSet<String> names, boolean isWhole) {}

  /** Where the changes of subscribed services go; called by the channel's threads. */
  @FunctionalInterface
  interface Listener {
    /** Takes what a subscribed service is now; must return soon. */
    void pushed(Registration registration);

    /**
     * There are services that were not there, or the other way round; must return soon. Who does
     * not care finds out at the next listing.
     */
    default void servicesChanged() {}
  }

  /** Makes channels. */
  @FunctionalInterface
  interface Factory {
    /** A channel for a namespace that is not open yet. */
    NacosChannel create(String namespaceId, Listener listener);
  }
}
