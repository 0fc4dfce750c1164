package dev.skiffmesh.server.delivery;

import java.time.Duration;

/**
 * How the xDS port is served.
 *
 * @param host the address to listen on; loopback unless said otherwise, since it is plaintext
 * @param port 0 for any free one
 * @param keepaliveTime after which silence a ping is sent; finds proxies that vanished without a
 *     word
 * @param keepaliveTimeout how long its answer may take
 * @param connectionAge after which a connection is asked to come again, with gRPC's own jitter of
 *     10 %, so that load spreads over replicas
 * @param connectionAgeGrace how long its streams may then go on
 * @param mostMessageBytes of one request: an Envoy that reconnects lists everything that it has, at
 *     some 100 bytes a name of one type
 * @param callsPerConnection an Envoy needs two (ADS and load reports), or one for each type
 */
public record XdsServerSettings(
    String host,
    int port,
    Duration keepaliveTime,
    Duration keepaliveTimeout,
    Duration connectionAge,
    Duration connectionAgeGrace,
    int mostMessageBytes,
    int callsPerConnection) {

  /** The same with another {@code connectionAge}. */
  public XdsServerSettings withConnectionAge(Duration age) {
    return new XdsServerSettings(
        host,
        port,
        keepaliveTime,
        keepaliveTimeout,
        age,
        connectionAgeGrace,
        mostMessageBytes,
        callsPerConnection);
  }

  /** The defaults, on the given address. */
  public static XdsServerSettings at(String host, int port) {
    return new XdsServerSettings(
        host,
        port,
        Duration.ofSeconds(30),
        Duration.ofSeconds(10),
        Duration.ofMinutes(30),
        Duration.ofSeconds(10),
        4 << 20,
        32);
  }
}
