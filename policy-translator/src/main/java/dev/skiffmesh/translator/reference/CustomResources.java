package dev.skiffmesh.translator.reference;

import dev.skiffmesh.api.document.RawDocument;
import dev.skiffmesh.api.document.RecordSchema;
import dev.skiffmesh.translator.policy.PolicyDescriptor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The Kubernetes custom resource definition of each policy kind. Pure. */
public final class CustomResources {

  /** The group of all kinds. */
  public static final String GROUP =
      RawDocument.API_VERSION.substring(0, RawDocument.API_VERSION.indexOf('/'));

  /** The only version so far. */
  public static final String VERSION =
      RawDocument.API_VERSION.substring(RawDocument.API_VERSION.indexOf('/') + 1);

  /** All kinds at once: {@code kubectl get skiff}. */
  public static final String CATEGORY = "skiff";

  /** Kubernetes' own bound for a condition's message. */
  private static final int LONGEST_MESSAGE = 32_768;

  private CustomResources() {}

  /** The name of a kind's definition, as Kubernetes has it: {@code trafficroutes.skiffmesh.dev}. */
  public static String name(PolicyDescriptor<?> kind) {
    return kind.plural() + "." + GROUP;
  }

  /** A kind's definition as a YAML document. */
  public static String yaml(PolicyDescriptor<?> kind) {
    Map<String, Object> spec = new LinkedHashMap<>();
    spec.put("group", GROUP);
    spec.put("names", names(kind));
    spec.put("scope", "Namespaced");
    spec.put("versions", List.of(version(kind)));
    return BlockYaml.of(
        fields(
            "apiVersion",
            "apiextensions.k8s.io/v1",
            "kind",
            "CustomResourceDefinition",
            "metadata",
            fields("name", name(kind)),
            "spec",
            spec));
  }

  private static Map<String, Object> names(PolicyDescriptor<?> kind) {
    return fields(
        "kind", kind.kind(),
        "listKind", kind.kind() + "List",
        "plural", kind.plural(),
        "singular", kind.kind().toLowerCase(Locale.ROOT),
        "shortNames", List.of(kind.shortName()),
        "categories", List.of(CATEGORY));
  }

  private static Map<String, Object> version(PolicyDescriptor<?> kind) {
    Map<String, Object> root =
        fields(
            "type", "object",
            "description", kind.description(),
            "required", List.of("spec"),
            "properties",
                fields(
                    "apiVersion", fields("type", "string"),
                    "kind", fields("type", "string"),
                    "metadata", fields("type", "object"),
                    "spec", OpenApiSchema.of(RecordSchema.of(kind.spec())),
                    "status", status()));
    return fields(
        "name",
        VERSION,
        "served",
        true,
        "storage",
        true,
        "subresources",
        fields("status", Map.of()),
        "additionalPrinterColumns",
        columns(),
        "schema",
        fields("openAPIV3Schema", root));
  }

  private static List<Map<String, Object>> columns() {
    return List.of(
        column("Target", "string", ".status.target", "What the policy is about."),
        column(
            "Accepted",
            "string",
            ".status.conditions[?(@.type==\"Accepted\")].status",
            "Whether it is understood, allowed and meaningful."),
        column(
            "Programmed",
            "string",
            ".status.conditions[?(@.type==\"Programmed\")].status",
            "Whether the proxies do what it says."),
        column(
            "Proxies",
            "string",
            ".status.proxies.summary",
            "Proxies that have acknowledged it, of those that it concerns."),
        column("Age", "date", ".metadata.creationTimestamp", "Since it was created."));
  }

  private static Map<String, Object> column(
      String name, String type, String path, String description) {
    return fields("name", name, "type", type, "jsonPath", path, "description", description);
  }

  private static Map<String, Object> status() {
    return fields(
        "description", "Written by Skiff.",
        "type", "object",
        "properties",
            fields(
                "target", text("What the policy is about, in short."),
                "conditions",
                    fields(
                        "description",
                        "Accepted and Programmed.",
                        "type",
                        "array",
                        "maxItems",
                        8,
                        "x-kubernetes-list-type",
                        "map",
                        "x-kubernetes-list-map-keys",
                        List.of("type"),
                        "items",
                        condition()),
                "proxies",
                    fields(
                        "description", "Connected proxies that the policy concerns.",
                        "type", "object",
                        "properties",
                            fields(
                                "targeted", count("All of them."),
                                "acked", count("Those that have acknowledged all that it shaped."),
                                "rejected", count("Those that have rejected some of it."),
                                "summary", text("Acknowledged, of all of them.")))));
  }

  private static Map<String, Object> condition() {
    return fields(
        "description",
        "A condition, as Kubernetes' API conventions have them.",
        "type",
        "object",
        "required",
        List.of("type", "status", "reason", "message", "lastTransitionTime"),
        "properties",
        fields(
            "type", text("Accepted or Programmed."),
            "status",
                fields(
                    "description", "True or False.",
                    "type", "string",
                    "enum", List.of("True", "False", "Unknown")),
            "reason", text("Why, in one word."),
            "message",
                fields(
                    "description", "Why, for people.",
                    "type", "string",
                    "maxLength", LONGEST_MESSAGE),
            "observedGeneration",
                fields(
                    "description", "The generation that the condition speaks of.",
                    "type", "integer",
                    "format", "int64"),
            "lastTransitionTime",
                fields(
                    "description", "When the status last changed.",
                    "type", "string",
                    "format", "date-time")));
  }

  private static Map<String, Object> text(String description) {
    return fields("description", description, "type", "string");
  }

  private static Map<String, Object> count(String description) {
    return fields("description", description, "type", "integer", "format", "int32");
  }

  /** Keys and values in turn, in their order. */
  private static Map<String, Object> fields(Object... keysAndValues) {
    Map<String, Object> fields = new LinkedHashMap<>();
    List<Object> all = new ArrayList<>(List.of(keysAndValues));
    for (int i = 0; i < all.size(); i += 2) {
      fields.put((String) all.get(i), all.get(i + 1));
    }
    return fields;
  }
}
