package dev.skiffmesh.registry.nacos;

import com.alibaba.nacos.api.exception.NacosException;
import java.util.List;

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

  /** The names of all services of a group, all pages. */
  List<String> list(String group) throws NacosException;

  /** Subscribes to a service and answers what it is now; to do so again changes nothing. */
  Registration subscribe(String group, String service) throws NacosException;

  /** Answers what a service is now. */
  Registration query(String group, String service) throws NacosException;

  /** Ends a subscription. */
  void unsubscribe(String group, String service) throws NacosException;

  /** Ends the connection and its threads. */
  @Override
  void close();

  /** Where the changes of subscribed services go; called by the channel's threads. */
  @FunctionalInterface
  interface Listener {
    /** Takes what a subscribed service is now; must return soon. */
    void pushed(Registration registration);
  }

  /** Makes channels. */
  @FunctionalInterface
  interface Factory {
    /** A channel for a namespace that is not open yet. */
    NacosChannel create(String namespaceId, Listener listener);
  }
}
