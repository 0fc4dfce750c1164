package dev.skiffmesh.server.state;

import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.document.Origin;
import dev.skiffmesh.api.document.RawDocument;
import dev.skiffmesh.api.model.Endpoint;
import dev.skiffmesh.api.model.EndpointKey;
import dev.skiffmesh.api.model.EndpointSet;
import dev.skiffmesh.api.model.Health;
import dev.skiffmesh.api.model.Immutable;
import dev.skiffmesh.api.model.Locality;
import dev.skiffmesh.api.model.Protocol;
import dev.skiffmesh.api.model.Service;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.model.ServicePort;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The state folder's records as JSON, written field by field: the format is a contract with older
 * and newer versions and must not follow a renamed record component. Every method that reads throws
 * a {@link RuntimeException} on content that does not fit.
 */
final class StateCodec {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private StateCodec() {}

  static byte[] bytes(JsonNode node) {
    return JSON.writeValueAsBytes(node);
  }

  static JsonNode parse(byte[] bytes) {
    return JSON.readTree(bytes);
  }

  static ObjectNode document(SavedDocument saved) {
    ObjectNode node = JSON.createObjectNode();
    node.set("key", key(saved.key()));
    node.put("generation", saved.generation());
    node.put("newest", saved.newestText());
    saved
        .good()
        .ifPresent(
            good -> {
              ObjectNode to = node.putObject("good");
              to.put("generation", good.generation());
              to.put("acceptedAt", good.acceptedAt().toString());
              to.set("document", raw(good.document()));
            });
    return node;
  }

  static SavedDocument document(JsonNode node) {
    DocumentKey key = key(node.required("key"));
    JsonNode good = node.get("good");
    return new SavedDocument(
        key,
        node.required("generation").longValue(),
        node.required("newest").stringValue(),
        good == null
            ? null
            : new SavedDocument.Good(
                raw(key, good.required("document")),
                good.required("generation").longValue(),
                Instant.parse(good.required("acceptedAt").stringValue())));
  }

  private static ObjectNode raw(RawDocument document) {
    ObjectNode node = JSON.createObjectNode();
    Origin origin = document.origin();
    node.put("source", origin.source());
    // The key is that of folders that were written before portions were called so.
    node.put("scope", origin.portion());
    node.set("at", RawNodeCodec.position(JSON, origin.position()));
    node.put("text", document.text());
    node.set("root", RawNodeCodec.write(JSON, document.root()));
    return node;
  }

  private static RawDocument raw(DocumentKey key, JsonNode node) {
    return new RawDocument(
        key,
        RawNodeCodec.readMapping(node.required("root")),
        new Origin(
            node.required("source").stringValue(),
            node.required("scope").stringValue(),
            RawNodeCodec.position(node.required("at"))),
        node.required("text").stringValue());
  }

  static ObjectNode service(SavedService saved) {
    ObjectNode node = JSON.createObjectNode();
    Service service = saved.service();
    node.put("id", service.id().toString());
    node.put("scope", saved.portion());
    node.set("aliases", texts(service.aliases()));
    node.set("addresses", texts(service.addresses()));
    node.set("registries", texts(service.registries()));
    if (service.externalName() != null) {
      node.put("externalName", service.externalName());
    }
    ArrayNode ports = node.putArray("ports");
    for (ServicePort port : service.ports()) {
      ports
          .addObject()
          .put("name", port.name())
          .put("number", port.number())
          .put("protocol", port.protocol().wireName());
    }
    ArrayNode endpoints = node.putArray("endpoints");
    saved.endpoints().endpoints().forEach(endpoint -> endpoints.add(endpoint(endpoint)));
    return node;
  }

  static SavedService service(JsonNode node) {
    List<ServicePort> ports = new ArrayList<>();
    for (JsonNode port : node.required("ports")) {
      ports.add(
          new ServicePort(
              port.required("name").stringValue(),
              port.required("number").intValue(),
              protocol(port.required("protocol").stringValue())));
    }
    List<Endpoint> endpoints = new ArrayList<>();
    node.required("endpoints").forEach(endpoint -> endpoints.add(endpoint(endpoint)));
    Service service =
        new Service(
            ServiceId.parse(node.required("id").stringValue()),
            Immutable.sortedSet(texts(node.required("aliases"))),
            ports,
            Immutable.sortedSet(texts(node.required("addresses"))),
            texts(node.required("registries")),
            node.has("externalName") ? node.required("externalName").stringValue() : null);
    return new SavedService(
        node.required("scope").stringValue(), service, new EndpointSet(endpoints));
  }

  private static ObjectNode endpoint(Endpoint endpoint) {
    ObjectNode node = JSON.createObjectNode();
    EndpointKey key = endpoint.key();
    node.set("key", texts(List.of(key.registry(), key.cluster(), key.instanceId())));
    node.put("address", endpoint.address());
    ObjectNode ports = node.putObject("ports");
    endpoint.ports().forEach(ports::put);
    // As text: a decimal must come back as it was, 0.1 included.
    node.put("weight", endpoint.weight().toPlainString());
    node.put("health", endpoint.health().name());
    node.put("enabled", endpoint.enabled());
    Locality locality = endpoint.locality();
    node.set("locality", texts(List.of(locality.region(), locality.zone(), locality.subZone())));
    ObjectNode labels = node.putObject("labels");
    endpoint.labels().forEach(labels::put);
    if (!endpoint.additionalAddresses().isEmpty()) {
      node.set("additionalAddresses", texts(endpoint.additionalAddresses()));
    }
    return node;
  }

  private static Endpoint endpoint(JsonNode node) {
    List<String> key = texts(node.required("key"));
    List<String> locality = texts(node.required("locality"));
    return new Endpoint(
        new EndpointKey(key.get(0), key.get(1), key.get(2)),
        node.required("address").stringValue(),
        map(node.required("ports"), JsonNode::intValue),
        new BigDecimal(node.required("weight").stringValue()),
        Health.valueOf(node.required("health").stringValue()),
        node.required("enabled").booleanValue(),
        new Locality(locality.get(0), locality.get(1), locality.get(2)),
        map(node.required("labels"), JsonNode::stringValue),
        // Absent for most, and in what earlier versions wrote.
        node.has("additionalAddresses") ? texts(node.required("additionalAddresses")) : List.of());
  }

  private static Protocol protocol(String word) {
    return Protocol.fromWireName(word)
        .orElseThrow(() -> new IllegalArgumentException("no protocol is called '" + word + "'"));
  }

  private static ObjectNode key(DocumentKey key) {
    return JSON.createObjectNode()
        .put("kind", key.kind())
        .put("namespace", key.namespace())
        .put("name", key.name());
  }

  private static DocumentKey key(JsonNode node) {
    return new DocumentKey(
        node.required("kind").stringValue(),
        node.required("namespace").stringValue(),
        node.required("name").stringValue());
  }

  private static ArrayNode texts(Collection<String> texts) {
    ArrayNode node = JSON.createArrayNode();
    texts.forEach(node::add);
    return node;
  }

  private static List<String> texts(JsonNode node) {
    List<String> texts = new ArrayList<>();
    node.forEach(text -> texts.add(text.stringValue()));
    return texts;
  }

  private static <V> SortedMap<String, V> map(JsonNode node, Function<JsonNode, V> value) {
    SortedMap<String, V> map = new TreeMap<>();
    for (Map.Entry<String, JsonNode> property : node.properties()) {
      map.put(property.getKey(), value.apply(property.getValue()));
    }
    return map;
  }

  static ObjectNode scope(SavedScope saved) {
    ObjectNode node = JSON.createObjectNode();
    node.put("service", saved.workload().service().toString());
    node.put("version", saved.workload().version());
    ArrayNode uses = node.putArray("uses");
    saved
        .uses()
        .forEach(
            (service, use) ->
                uses.addObject()
                    .put("service", service.toString())
                    .put("first", use.first().toString())
                    .put("last", use.last().toString()));
    return node;
  }

  static SavedScope scope(JsonNode node) {
    SortedMap<ServiceId, SavedScope.Use> uses = new TreeMap<>();
    for (JsonNode use : node.required("uses")) {
      uses.put(
          ServiceId.parse(use.required("service").stringValue()),
          new SavedScope.Use(
              Instant.parse(use.required("first").stringValue()),
              Instant.parse(use.required("last").stringValue())));
    }
    return new SavedScope(
        new SavedScope.Workload(
            ServiceId.parse(node.required("service").stringValue()),
            node.required("version").stringValue()),
        uses);
  }

  /** A file's content that names what it holds. */
  static ObjectNode services(String source, Iterable<SavedService> services) {
    ObjectNode node = JSON.createObjectNode();
    node.put("source", source);
    ArrayNode list = node.putArray("services");
    services.forEach(service -> list.add(service(service)));
    return node;
  }
}
