package dev.skiffmesh.registry.zookeeper;

import dev.skiffmesh.api.model.Health;
import dev.skiffmesh.registry.core.DubboWords;
import dev.skiffmesh.registry.core.EntryValues;
import dev.skiffmesh.registry.core.InstanceMetadata;
import dev.skiffmesh.registry.core.MalformedEntryException;
import dev.skiffmesh.registry.core.PortKind;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
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
    InstanceMetadata said = new InstanceMetadata(parameters);
    String address = EntryValues.address("address", parts.group("host"));
    int port = EntryValues.port("port", parts.group("port"));
    SortedMap<String, Integer> ports = new TreeMap<>();
    ports.put(PortKind.of(parts.group("protocol")).portName(), port);
    return new RegisteredInstance(
        service(type, parameters),
        address,
        port,
        ports,
        said.dubboWeight(),
        Health.HEALTHY,
        !DubboWords.areOfOneTakenOut(parameters),
        since(parameters.getOrDefault("timestamp", "")),
        said.locality(""),
        said.labels(DubboWords::isControlData),
        said.furtherAddresses(address),
        said.problems());
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
}
