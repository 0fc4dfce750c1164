package dev.skiffmesh.registry.zookeeper;

import dev.skiffmesh.api.model.Health;
import dev.skiffmesh.registry.core.DubboWords;
import dev.skiffmesh.registry.core.EntryValues;
import dev.skiffmesh.registry.core.InstanceMetadata;
import dev.skiffmesh.registry.core.MalformedEntryException;
import dev.skiffmesh.registry.core.PortKind;
import java.math.BigDecimal;
import java.util.Locale;
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

  private static final String WEIGHT = "weight";

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
    InstanceMetadata said = new InstanceMetadata(metadata);
    boolean isDubbo = DubboWords.areIn(metadata);
    String address = EntryValues.address("address", root.path("address").asString(""));
    SortedMap<String, Integer> ports = new TreeMap<>();
    int main = mainPorts(root, said, ports);
    said.addFurtherPorts(ports);
    String status = said.value(STATUS).toUpperCase(Locale.ROOT);
    return new RegisteredInstance(
        service,
        address,
        main,
        ports,
        said.weight(BigDecimal.ONE),
        status.equals("DOWN") ? Health.UNHEALTHY : Health.HEALTHY,
        root.path("enabled").asBoolean(true)
            && !status.equals("OUT_OF_SERVICE")
            && !(isDubbo && DubboWords.areOfOneTakenOut(metadata)),
        root.path("registrationTimeUTC").asLong(0),
        said.locality(""),
        said.labels(
            key ->
                key.equals(STATUS)
                    || key.equals(WEIGHT)
                    || (isDubbo && DubboWords.isControlData(key))),
        said.furtherAddresses(address),
        said.problems());
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
      JsonNode root, InstanceMetadata said, SortedMap<String, Integer> ports)
      throws MalformedEntryException {
    int port = port(root, "port", "sslPort", said);
    int secure = port(root, "sslPort", "port", said);
    if (port == 0 && secure == 0) {
      throw new MalformedEntryException("must have a `port` or an `sslPort`");
    }
    String listed = said.value(DubboWords.ENDPOINTS);
    if (!listed.isEmpty()) {
      ofApplication(listed, port, said, ports);
    }
    if (port != 0 && ports.isEmpty()) {
      ports.put(said.mainKind().portName(), port);
    }
    if (secure != 0) {
      ports.putIfAbsent(PortKind.HTTPS.portName(), secure);
    }
    return port == 0 ? secure : port;
  }

  /**
   * Curator writes null where there is none, and some writers 0. One that cannot be used is left
   * out where there is another.
   */
  private static int port(JsonNode root, String field, String other, InstanceMetadata said)
      throws MalformedEntryException {
    JsonNode port = root.path(field);
    String text = port.asString("");
    if (port.isMissingNode() || port.isNull() || text.equals("0")) {
      return 0;
    }
    try {
      return EntryValues.port(field, text);
    } catch (MalformedEntryException malformed) {
      if (!PortKind.isPort(root.path(other).asInt(0))) {
        throw malformed;
      }
      said.ignored(malformed.problem(), "without it");
      return 0;
    }
  }

  /** Of two ports with one protocol the one under which the application is registered counts. */
  private static void ofApplication(
      String json, int main, InstanceMetadata said, SortedMap<String, Integer> ports) {
    try {
      SortedMap<String, Integer> listed = new TreeMap<>();
      for (JsonNode item : JSON.readTree(json)) {
        String name = PortKind.of(item.path("protocol").asString("")).portName();
        int port = EntryValues.port(DubboWords.ENDPOINTS, item.path("port").asString(""));
        listed.merge(
            name,
            port,
            (one, other) ->
                one == main || other == main ? (Integer) main : (Integer) Math.min(one, other));
      }
      ports.putAll(listed);
    } catch (MalformedEntryException malformed) {
      said.ignored(malformed.problem(), "with its main port");
    } catch (JacksonException notJson) {
      said.ignored(
          "`"
              + DubboWords.ENDPOINTS
              + "` must be a JSON list, found '"
              + EntryValues.shown(json)
              + "'",
          "with its main port");
    }
  }
}
