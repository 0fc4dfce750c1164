package dev.skiffmesh.registry.kubernetes;

import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.document.Origin;
import dev.skiffmesh.api.document.Position;
import dev.skiffmesh.api.document.RawDocument;
import dev.skiffmesh.api.document.RawNode;
import dev.skiffmesh.api.document.RawNode.ScalarType;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A custom resource as a document. Immutable.
 *
 * @param document without status and without what the API server adds: equal if nothing that its
 *     writer wrote has changed
 * @param generation the API server's own count of its specs
 * @param status as it stands there; empty if there is none
 */
record PolicyObject(RawDocument document, long generation, Map<String, Object> status) {

  /** kubectl keeps a second copy of the whole document there. */
  private static final String LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

  DocumentKey key() {
    return document.key();
  }

  /** Reads a resource. */
  static PolicyObject of(String source, GenericKubernetesResource resource) {
    var metadata = resource.getMetadata();
    TreeMap<String, Object> kept = new TreeMap<>();
    kept.put("name", metadata.getName());
    kept.put("namespace", metadata.getNamespace());
    if (metadata.getLabels() != null && !metadata.getLabels().isEmpty()) {
      kept.put("labels", new TreeMap<>(metadata.getLabels()));
    }
    if (metadata.getAnnotations() != null) {
      TreeMap<String, String> annotations = new TreeMap<>(metadata.getAnnotations());
      annotations.remove(LAST_APPLIED);
      if (!annotations.isEmpty()) {
        kept.put("annotations", annotations);
      }
    }
    TreeMap<String, Object> whole = new TreeMap<>();
    whole.put("apiVersion", resource.getApiVersion());
    whole.put("kind", resource.getKind());
    whole.put("metadata", kept);
    resource
        .getAdditionalProperties()
        .forEach(
            (field, value) -> {
              if (!field.equals("status")) {
                whole.put(field, sorted(value));
              }
            });
    DocumentKey key =
        new DocumentKey(resource.getKind(), metadata.getNamespace(), metadata.getName());
    Origin origin = new Origin(source, key.toString(), Position.NONE);
    Long generation = metadata.getGeneration();
    return new PolicyObject(
        new RawDocument(key, (RawNode.Mapping) node(whole), origin, Serialization.asJson(whole)),
        generation == null ? 0 : generation,
        status(resource.getAdditionalProperties().get("status")));
  }

  /** One order of fields, whichever client wrote them, so that equal documents are equal texts. */
  private static @Nullable Object sorted(@Nullable Object value) {
    return switch (value) {
      case Map<?, ?> fields -> {
        TreeMap<String, @Nullable Object> inOrder = new TreeMap<>();
        fields.forEach((name, field) -> inOrder.put(String.valueOf(name), sorted(field)));
        yield inOrder;
      }
      case List<?> items -> {
        List<@Nullable Object> copy = new ArrayList<>();
        items.forEach(item -> copy.add(sorted(item)));
        yield copy;
      }
      case null -> null;
      default -> value;
    };
  }

  private static Map<String, Object> status(@Nullable Object value) {
    TreeMap<String, Object> status = new TreeMap<>();
    if (value instanceof Map<?, ?> fields) {
      fields.forEach(
          (name, field) -> {
            if (field != null) {
              status.put(String.valueOf(name), field);
            }
          });
    }
    return status;
  }

  /** JSON has no lines that its writer would know, so that no node has a place. */
  private static RawNode node(@Nullable Object value) {
    return switch (value) {
      case Map<?, ?> fields ->
          new RawNode.Mapping(
              fields.entrySet().stream()
                  .map(
                      field ->
                          new RawNode.Entry(
                              String.valueOf(field.getKey()),
                              Position.NONE,
                              node(field.getValue())))
                  .toList(),
              Position.NONE);
      case List<?> items ->
          new RawNode.Sequence(items.stream().map(PolicyObject::node).toList(), Position.NONE);
      case null -> scalar("null", ScalarType.NULL);
      case Boolean truth -> scalar(truth.toString(), ScalarType.BOOLEAN);
      case Double number -> scalar(BigDecimal.valueOf(number).toPlainString(), ScalarType.DECIMAL);
      case Float number -> scalar(number.toString(), ScalarType.DECIMAL);
      case BigDecimal number -> scalar(number.toPlainString(), ScalarType.DECIMAL);
      case Number number -> scalar(number.toString(), ScalarType.INTEGER);
      default -> scalar(value.toString(), ScalarType.TEXT);
    };
  }

  private static RawNode scalar(String text, ScalarType type) {
    return new RawNode.Scalar(text, type, Position.NONE);
  }
}
