package dev.skiffmesh.registry.zookeeper;

import dev.skiffmesh.api.model.Health;
import dev.skiffmesh.registry.core.EntryValues;
import dev.skiffmesh.registry.core.MalformedEntryException;
import dev.skiffmesh.registry.core.PortKind;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads the {@code ServiceInstance} that curator-x-discovery writes, with the payloads of Spring
 * Cloud ZooKeeper and of Dubbo by application. Pure.
 */
final class CuratorNode {

  /** What Spring Cloud's {@code serviceregistry} endpoint sets; absent means that it is up. */
  static final String STATUS = "instance_status";

  static final String ENDPOINTS = "dubbo.endpoints";

  /** What describes the process: as labels they would make every instance different. */
  private static final Set<String> CONTROL_DATA =
      Set.of(
          STATUS,
          ENDPOINTS,
          "dubbo.metadata.revision",
          "dubbo.metadata.storage-type",
          "dubbo.metadata-service.url-params",
          "dubbo.metadata-service.urls",
          "meta-v",
          "ipv6",
          "timestamp",
          "weight");

  private static final JsonMapper JSON = JsonMapper.shared();

  private CuratorNode() {}

  /**
   * The instance of which the node tells.
   *
   * @param service the node's parent, which is the service's name whatever the JSON calls it
   */
  static RegisteredInstance read(String service, String json) throws MalformedEntryException {
    JsonNode root = object(json);
    SortedMap<String, String> metadata = metadata(root.path("payload"));
    SortedMap<String, Integer> ports = new TreeMap<>();
    int main = mainPorts(root, metadata, ports);
    further(metadata, ports);
    String status = value(metadata, STATUS).toUpperCase(Locale.ROOT);
    return new RegisteredInstance(
        service,
        EntryValues.address(root.path("address").asString("")),
        main,
        ports,
        EntryValues.weight(value(metadata, "weight")),
        status.equals("DOWN") ? Health.UNHEALTHY : Health.HEALTHY,
        root.path("enabled").asBoolean(true) && !status.equals("OUT_OF_SERVICE"),
        root.path("registrationTimeUTC").asLong(0),
        metadata,
        labels(metadata));
  }

  private static JsonNode object(String json) throws MalformedEntryException {
    try {
      JsonNode root = JSON.readTree(json);
      if (root.isObject()) {
        return root;
      }
    } catch (JacksonException notJson) {
      // As below: what stands there is shown, and a parser's words would add nothing.
    }
    throw new MalformedEntryException(
        "must be a JSON object as curator-x-discovery writes it, found '"
            + EntryValues.shown(json)
            + "'");
  }

  /** Spring Cloud and Dubbo have {@code metadata}; others may put their values there directly. */
  private static SortedMap<String, String> metadata(JsonNode payload) {
    JsonNode from = payload.path("metadata").isObject() ? payload.path("metadata") : payload;
    SortedMap<String, String> metadata = new TreeMap<>();
    if (from.isObject()) {
      from.properties()
          .forEach(
              entry -> {
                if (entry.getValue().isValueNode()
                    && !entry.getValue().isNull()
                    && !entry.getKey().equals("@class")) {
                  metadata.put(entry.getKey(), entry.getValue().asString());
                }
              });
    }
    return metadata;
  }

  /** Enters what the instance is registered with, and gives the port that stands for it. */
  private static int mainPorts(
      JsonNode root, SortedMap<String, String> metadata, SortedMap<String, Integer> ports)
      throws MalformedEntryException {
    int port = port(root, "port");
    int secure = port(root, "sslPort");
    if (port == 0 && secure == 0) {
      throw new MalformedEntryException("must have a `port` or an `sslPort`");
    }
    String listed = value(metadata, ENDPOINTS);
    if (!listed.isEmpty()) {
      ofApplication(listed, port, ports);
    }
    if (port != 0 && ports.isEmpty()) {
      PortKind kind = PortKind.of(value(metadata, "protocol"));
      boolean tls = value(metadata, "secure").equalsIgnoreCase("true");
      ports.put((tls && kind == PortKind.HTTP ? PortKind.HTTPS : kind).portName(), port);
    }
    if (secure != 0) {
      ports.putIfAbsent(PortKind.HTTPS.portName(), secure);
    }
    return port == 0 ? secure : port;
  }

  /** Curator writes null where there is none, and some writers 0. */
  private static int port(JsonNode root, String field) throws MalformedEntryException {
    JsonNode port = root.path(field);
    return port.isMissingNode() || port.isNull() || port.asString("").equals("0")
        ? 0
        : EntryValues.port(field, port.asString(""));
  }

  /** Of two ports with one protocol the one under which the application is registered counts. */
  private static void ofApplication(String json, int main, SortedMap<String, Integer> ports)
      throws MalformedEntryException {
    try {
      for (JsonNode item : JSON.readTree(json)) {
        String name = PortKind.of(item.path("protocol").asString("")).portName();
        int port = EntryValues.port(ENDPOINTS, item.path("port").asString(""));
        ports.merge(
            name,
            port,
            (one, other) ->
                one == main || other == main ? (Integer) main : (Integer) Math.min(one, other));
      }
    } catch (JacksonException notJson) {
      throw new MalformedEntryException(
          "`" + ENDPOINTS + "` must be a JSON list, found '" + EntryValues.shown(json) + "'");
    }
  }

  private static void further(SortedMap<String, String> metadata, SortedMap<String, Integer> ports)
      throws MalformedEntryException {
    for (Map.Entry<String, PortKind> further : PortKind.FURTHER.entrySet()) {
      String text = value(metadata, further.getKey());
      if (!text.isEmpty()) {
        int port = EntryValues.port(further.getKey(), text);
        if (!ports.containsValue(port)) {
          ports.putIfAbsent(further.getValue().portName(), port);
        }
      }
    }
  }

  private static SortedMap<String, String> labels(SortedMap<String, String> metadata) {
    SortedMap<String, String> labels = new TreeMap<>();
    metadata.forEach(
        (key, value) -> {
          if (!CONTROL_DATA.contains(key)) {
            labels.put(key.intern(), value.intern());
          }
        });
    return labels;
  }

  private static String value(SortedMap<String, String> metadata, String key) {
    return metadata.getOrDefault(key, "").strip();
  }
}
