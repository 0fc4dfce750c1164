package dev.skiffmesh.server.admin;

import dev.skiffmesh.api.schema.Description;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The admin API's description (OpenAPI 3.1), made of the answers' own records, so that it cannot
 * say anything else than what is answered. Pure.
 */
final class OpenApi {

  /**
   * One route.
   *
   * @param method {@code get}, or {@code post} for what changes something
   * @param item what is answered
   * @param list whether several are answered
   * @param query a query parameter; null for none
   */
  record Operation(
      String method,
      String path,
      String summary,
      Class<?> item,
      boolean list,
      @Nullable Query query) {}

  /** A query parameter; never required. */
  record Query(String name, String description) {}

  /** All routes that answer JSON, in the order of the document. */
  static final List<Operation> OPERATIONS =
      List.of(
          list("/api/v1/services", "Services, by namespace and name.", Responses.Service.class),
          new Operation(
              "get",
              "/api/v1/endpoints",
              "Endpoints, by service.",
              Responses.Endpoint.class,
              true,
              new Query("service", "One service: NAME, NAMESPACE/NAME or NAME.NAMESPACE.")),
          list("/api/v1/proxies", "Connected proxies.", Responses.Proxy.class),
          new Operation(
              "get",
              "/api/v1/proxies/{id}",
              "One connected proxy.",
              Responses.Proxy.class,
              false,
              null),
          new Operation(
              "get",
              "/api/v1/proxies/{id}/config",
              "The resources that a proxy is to have.",
              Responses.Resource.class,
              true,
              new Query("type", "One type: cluster, listener, route (virtual hosts, too), ...")),
          list(
              "/api/v1/proxies/{id}/diff",
              "What a proxy is to have and has not; none if it has all.",
              Responses.Difference.class),
          list(
              "/api/v1/proxies/{id}/policies",
              "What each policy did to a proxy.",
              Responses.Effect.class),
          list("/api/v1/policies", "Policies and their status.", Responses.Policy.class),
          list("/api/v1/scope", "What each workload uses.", Responses.Scope.class),
          list(
              "/api/v1/history",
              "The last changes, the newest first, and what was pushed because of them.",
              Responses.Change.class),
          list("/api/v1/findings", "What somebody should know.", Responses.Finding.class),
          list("/api/v1/registries", "Sources and how they are doing.", Responses.Source.class),
          new Operation(
              "get",
              "/api/v1/registries/{name}/services",
              "The services of one registry, as it has them.",
              Responses.RegistryService.class,
              true,
              new Query("service", "One service: NAME, NAMESPACE/NAME or NAME.NAMESPACE.")),
          new Operation(
              "post",
              "/api/v1/registries/{name}/accept",
              "Believes a registry where it is doubted; answers the services that it was about.",
              Responses.ServiceName.class,
              true,
              new Query("service", "One service: NAME, NAMESPACE/NAME or NAME.NAMESPACE.")),
          new Operation(
              "get",
              "/health/liveness",
              "The process answers.",
              Responses.Health.class,
              false,
              null),
          new Operation(
              "get",
              "/health/readiness",
              "Proxies are served; status 503 until then.",
              Responses.Health.class,
              false,
              null));

  private static final String SCHEMAS = "#/components/schemas/";

  private OpenApi() {}

  private static Operation list(String path, String summary, Class<?> item) {
    return new Operation("get", path, summary, item, true, null);
  }

  /** The document, for a JSON mapper. */
  static Map<String, Object> document() {
    Map<String, Object> schemas = new TreeMap<>();
    addSchema(schemas, Responses.Problem.class);
    Map<String, Object> paths = new LinkedHashMap<>();
    for (Operation operation : OPERATIONS) {
      addSchema(schemas, operation.item());
      paths.put(operation.path(), Map.of(operation.method(), operation(operation)));
    }
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("openapi", "3.1.0");
    document.put(
        "info",
        map(
            "title",
            "Skiff admin API",
            "version",
            SkiffVersion.TEXT,
            "description",
            "Read-only but for what an operator may accept. Every answer that is no success is"
                + " a Problem."));
    document.put("paths", paths);
    document.put("components", Map.of("schemas", schemas));
    return document;
  }

  private static Map<String, Object> operation(Operation operation) {
    List<Object> parameters = new ArrayList<>();
    boolean byId = operation.path().contains("{id}");
    boolean byName = operation.path().contains("{name}");
    if (byId) {
      parameters.add(
          map(
              "name", "id",
              "in", "path",
              "required", true,
              "description", "The proxy's id, percent-encoded: it contains slashes.",
              "schema", Map.of("type", "string")));
    }
    if (byName) {
      parameters.add(
          map(
              "name", "name",
              "in", "path",
              "required", true,
              "description", "The registry's name in the configuration.",
              "schema", Map.of("type", "string")));
    }
    boolean changes = !operation.method().equals("get");
    if (changes) {
      parameters.add(
          map(
              "name",
              AdminGate.CHANGE_HEADER,
              "in",
              "header",
              "required",
              true,
              "description",
              "Any value; pages of other origins cannot send it.",
              "schema",
              Map.of("type", "string")));
    }
    Query query = operation.query();
    if (query != null) {
      parameters.add(
          map(
              "name", query.name(),
              "in", "query",
              "description", query.description(),
              "schema", Map.of("type", "string")));
    }
    Map<String, Object> responses = new TreeMap<>();
    responses.put("200", response("What is there.", answer(operation)));
    if (operation.item() == Responses.Health.class && operation.path().endsWith("readiness")) {
      responses.put("503", response("Not ready.", answer(operation)));
    }
    if (query != null && byId) {
      responses.put("400", response("A wrong parameter.", reference(Responses.Problem.class)));
    }
    if (changes) {
      responses.put("403", response("Without that header.", reference(Responses.Problem.class)));
    }
    if (byId || byName) {
      String none = byId ? "Not connected." : "No such registry.";
      responses.put("404", response(none, reference(Responses.Problem.class)));
    }
    Map<String, Object> described = map("summary", operation.summary());
    if (!parameters.isEmpty()) {
      described.put("parameters", parameters);
    }
    described.put("responses", responses);
    return described;
  }

  private static Map<String, Object> response(String description, Object schema) {
    return map(
        "description",
        description,
        "content",
        Map.of("application/json", Map.of("schema", schema)));
  }

  private static Object answer(Operation operation) {
    Object item = reference(operation.item());
    return operation.list()
        ? map(
            "type", "object",
            "required", List.of("items"),
            "properties", Map.of("items", map("type", "array", "items", item)))
        : item;
  }

  private static Map<String, Object> reference(Class<?> record) {
    return map("$ref", SCHEMAS + record.getSimpleName());
  }

  private static void addSchema(Map<String, Object> schemas, Class<?> record) {
    if (schemas.containsKey(record.getSimpleName())) {
      return;
    }
    Map<String, Object> properties = new LinkedHashMap<>();
    schemas.put(
        record.getSimpleName(),
        map("type", "object", "required", names(record), "properties", properties));
    for (RecordComponent component : record.getRecordComponents()) {
      Map<String, Object> schema =
          schema(
              component.getGenericType(),
              nested -> {
                addSchema(schemas, nested);
                return reference(nested);
              });
      Description description = component.getAnnotation(Description.class);
      if (description != null) {
        schema.put("description", description.value());
      }
      if (component.getAnnotatedType().isAnnotationPresent(Nullable.class)) {
        schema.put("type", List.of(schema.get("type"), "null"));
      }
      properties.put(component.getName(), schema);
    }
  }

  private static List<String> names(Class<?> record) {
    return Arrays.stream(record.getRecordComponents())
        .map(RecordComponent::getName)
        .collect(Collectors.toList());
  }

  private static Map<String, Object> schema(
      Type type, Function<Class<?>, Map<String, Object>> nested) {
    if (type instanceof ParameterizedType generic) {
      Type[] arguments = generic.getActualTypeArguments();
      return generic.getRawType() == List.class
          ? map("type", "array", "items", schema(arguments[0], nested))
          : map("type", "object", "additionalProperties", schema(arguments[1], nested));
    }
    if (type == String.class) {
      return map("type", "string");
    }
    if (type == boolean.class) {
      return map("type", "boolean");
    }
    if (type == int.class || type == long.class || type == Integer.class) {
      return map("type", "integer");
    }
    if (type == JsonNode.class) {
      return map("type", "object");
    }
    if (type instanceof Class<?> record && record.isRecord()) {
      return nested.apply(record);
    }
    throw new IllegalStateException("no answer has a " + type.getTypeName());
  }

  /** In the order in which it is written here. */
  private static Map<String, Object> map(Object... pairs) {
    Map<String, Object> map = new LinkedHashMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      map.put((String) pairs[i], pairs[i + 1]);
    }
    return map;
  }
}
