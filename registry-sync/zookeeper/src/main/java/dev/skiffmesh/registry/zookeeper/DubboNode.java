package dev.skiffmesh.registry.zookeeper;

import dev.skiffmesh.api.model.Health;
import dev.skiffmesh.registry.core.EntryValues;
import dev.skiffmesh.registry.core.MalformedEntryException;
import dev.skiffmesh.registry.core.PortKind;
import java.math.BigDecimal;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the encoded URL as which Dubbo, 2.7 and 3.x, registers a provider. Pure. */
final class DubboNode {

  private static final Pattern URL =
      Pattern.compile(
          "(?<protocol>[A-Za-z][A-Za-z0-9+.-]*)://(?:[^/@]*@)?(?<host>\\[[^]]*]|[^/?]*?)"
              + ":(?<port>[0-9]{1,5})(?:/[^?]*)?(?:\\?(?<parameters>.*))?",
          Pattern.DOTALL);

  /** Dubbo's weight where none is given; ours is 1. */
  private static final BigDecimal USUAL_WEIGHT = BigDecimal.valueOf(100);

  /** What describes the process or the interface and no group of instances. */
  private static final Set<String> CONTROL_DATA =
      Set.of(
          "anyhost",
          "background",
          "bind.ip",
          "bind.port",
          "category",
          "deprecated",
          "disabled",
          "dubbo",
          "dynamic",
          "enabled",
          "executor-management-mode",
          "file-cache",
          "generic",
          "ipv6",
          "methods",
          "path",
          "pid",
          "prefer.serialization",
          "qos.enable",
          "qos.port",
          "revision",
          "service-name-mapping",
          "side",
          "timestamp",
          "warmup",
          "weight");

  private DubboNode() {}

  /**
   * The provider of which the node tells.
   *
   * @param type the interface, from the node's path
   * @param node the node's name
   */
  static RegisteredInstance read(String type, String node) throws MalformedEntryException {
    String url = decoded(node);
    Matcher parts = URL.matcher(url);
    if (!parts.matches()) {
      throw new MalformedEntryException(
          "must be a URL 'protocol://address:port/...', found '" + EntryValues.shown(url) + "'");
    }
    SortedMap<String, String> parameters = parameters(parts.group("parameters"));
    String host = parts.group("host");
    int port = EntryValues.port("port", parts.group("port"));
    SortedMap<String, Integer> ports = new TreeMap<>();
    ports.put(PortKind.of(parts.group("protocol")).portName(), port);
    return new RegisteredInstance(
        service(type, parameters),
        EntryValues.address(host.startsWith("[") ? host.substring(1, host.length() - 1) : host),
        port,
        ports,
        weight(parameters),
        Health.HEALTHY,
        // Dubbo's routers take 'disabled=true' and 'enabled=false' for the same.
        !parameters.getOrDefault("disabled", "").equals("true")
            && !parameters.getOrDefault("enabled", "").equals("false"),
        since(parameters.getOrDefault("timestamp", "")),
        parameters,
        labels(parameters));
  }

  /** The same name that Dubbo uses in Nacos; empty parts keep their colon. */
  static String service(String type, SortedMap<String, String> parameters) {
    String version = parameters.getOrDefault("version", "");
    return "providers:"
        + type
        + ":"
        + (version.equals("0.0.0") ? "" : version)
        + ":"
        + parameters.getOrDefault("group", "");
  }

  private static String decoded(String node) throws MalformedEntryException {
    try {
      return URLDecoder.decode(node, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException broken) {
      throw new MalformedEntryException(
          "must be an encoded URL, found '" + EntryValues.shown(node) + "'");
    }
  }

  private static BigDecimal weight(SortedMap<String, String> parameters)
      throws MalformedEntryException {
    String text = parameters.getOrDefault("weight", "").strip();
    return text.isEmpty() ? BigDecimal.ONE : EntryValues.weight(text).divide(USUAL_WEIGHT);
  }

  private static long since(String text) {
    return text.matches("\\d{1,18}") ? Long.parseLong(text) : 0;
  }

  private static SortedMap<String, String> parameters(String query) {
    SortedMap<String, String> parameters = new TreeMap<>();
    if (query != null) {
      for (String pair : query.split("&", -1)) {
        int equals = pair.indexOf('=');
        if (equals > 0) {
          parameters.put(pair.substring(0, equals), pair.substring(equals + 1));
        }
      }
    }
    return parameters;
  }

  private static SortedMap<String, String> labels(SortedMap<String, String> parameters) {
    SortedMap<String, String> labels = new TreeMap<>();
    parameters.forEach(
        (key, value) -> {
          if (!CONTROL_DATA.contains(key)) {
            labels.put(key.intern(), value.intern());
          }
        });
    return labels;
  }
}
