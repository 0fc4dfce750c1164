package dev.skiffmesh.server.cli;

import dev.skiffmesh.translator.resource.ResourceKind;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What an Envoy runs, by its own word: the answer of its admin interface to {@code
 * /config_dump?include_eds} (envoy.admin.v3.ConfigDump). It tells nothing of runtime layers, and
 * secrets are hidden in it.
 */
final class EnvoyDump {

  /** What Skiff asks for; without the parameter there are no endpoints in it. */
  static final String PATH = "/config_dump?include_eds";

  private static final Duration BOUND = Duration.ofSeconds(30);

  /**
   * A resource that Envoy has.
   *
   * @param version as it was sent; empty where Envoy does not keep it
   * @param config in protobuf's JSON form, with the protos' own field names
   * @param warming whether it is not yet in use
   */
  record Held(String version, JsonNode config, boolean warming) {}

  private final String node;
  private final SortedMap<ResourceKind, SortedMap<String, Held>> held = new TreeMap<>();

  private EnvoyDump(JsonNode dump) {
    String id = "";
    for (JsonNode section : dump.path("configs")) {
      String type = section.path("@type").asString("");
      switch (type.substring(type.lastIndexOf('.') + 1)) {
        case "BootstrapConfigDump" ->
            id = section.path("bootstrap").path("node").path("id").asString("");
        case "ClustersConfigDump" -> {
          add(ResourceKind.CLUSTER, section.path("dynamic_active_clusters"), "cluster", false);
          add(ResourceKind.CLUSTER, section.path("dynamic_warming_clusters"), "cluster", true);
        }
        case "ListenersConfigDump" -> {
          for (JsonNode listener : section.path("dynamic_listeners")) {
            add(ResourceKind.LISTENER, listener.path("active_state"), "listener", false);
            add(ResourceKind.LISTENER, listener.path("warming_state"), "listener", true);
          }
        }
        case "RoutesConfigDump" -> routes(section.path("dynamic_route_configs"));
        case "EndpointsConfigDump" -> {
          // Those of EDS clusters that stand in the bootstrap are called static.
          endpoints(section.path("static_endpoint_configs"));
          endpoints(section.path("dynamic_endpoint_configs"));
        }
        case "EcdsConfigDump" ->
            add(ResourceKind.EXTENSION, section.path("ecds_filters"), "ecds_filter", false);
        default -> {}
      }
    }
    this.node = id;
  }

  /**
   * Reads what an Envoy says now, or said when a file was written.
   *
   * @param where the URL of its admin interface, or a file
   */
  static EnvoyDump read(String where) {
    String text = where.matches("(?i)https?://.+") ? fetch(where) : file(where);
    try {
      JsonNode dump = JsonMapper.shared().readTree(text);
      if (dump.path("configs").isArray()) {
        return new EnvoyDump(withEndpoints(dump, where));
      }
    } catch (JacksonException noJson) {
      // Said below.
    }
    throw new CommandFailure(
        Skiff.USAGE,
        "`--envoy` must lead to what Envoy answers to "
            + PATH
            + ", found something else: "
            + where);
  }

  /** Without them each assignment would look as if Envoy lacked it. */
  private static JsonNode withEndpoints(JsonNode dump, String where) {
    if (dump.path("configs")
        .valueStream()
        .noneMatch(one -> one.path("@type").asString("").endsWith(".EndpointsConfigDump"))) {
      throw new CommandFailure(
          Skiff.USAGE,
          "`--envoy` must lead to what Envoy answers to "
              + PATH
              + ", found an answer without endpoints: "
              + where);
    }
    return dump;
  }

  private static String fetch(String admin) {
    String refusal;
    try (HttpClient http = HttpClient.newBuilder().connectTimeout(BOUND).build()) {
      URI uri = URI.create(admin.replaceAll("/+$", "") + PATH);
      HttpResponse<String> answer =
          http.send(
              HttpRequest.newBuilder(uri).timeout(BOUND).build(),
              HttpResponse.BodyHandlers.ofString());
      if (answer.statusCode() == 200) {
        return answer.body();
      }
      refusal = admin + " answered " + answer.statusCode() + " to " + PATH;
    } catch (IllegalArgumentException noUrl) {
      throw neither(admin);
    } catch (IOException unreachable) {
      refusal = "No Envoy answers at " + admin + "; its bootstrap says where its `admin` listens";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      refusal = "Interrupted while asking " + admin;
    }
    throw new CommandFailure(Skiff.UNREACHABLE, refusal);
  }

  private static String file(String name) {
    Path file = Path.of(name);
    if (!Files.isRegularFile(file)) {
      throw neither(name);
    }
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new CommandFailure(Skiff.USAGE, "`--envoy` must be readable: " + e.getMessage());
    }
  }

  private static CommandFailure neither(String found) {
    return new CommandFailure(
        Skiff.USAGE,
        "`--envoy` must be a URL such as http://127.0.0.1:15000, or a file, found '" + found + "'");
  }

  /** The id of its node; empty if it has none. */
  String node() {
    return node;
  }

  /** What it has of that type, by name. */
  SortedMap<String, Held> of(ResourceKind kind) {
    return held.getOrDefault(kind, new TreeMap<>());
  }

  Optional<Held> get(ResourceKind kind, String name) {
    return Optional.ofNullable(of(kind).get(name));
  }

  private void add(ResourceKind kind, JsonNode entries, String field, boolean warming) {
    List<JsonNode> all = new ArrayList<>();
    if (entries.isArray()) {
      entries.forEach(all::add);
    } else {
      all.add(entries);
    }
    for (JsonNode entry : all) {
      JsonNode config = entry.path(field);
      if (config.isObject()) {
        put(kind, new Held(entry.path("version_info").asString(""), config, warming));
      }
    }
  }

  private void put(ResourceKind kind, Held one) {
    JsonNode config = one.config();
    String name =
        config.path(kind.equals(ResourceKind.ENDPOINT) ? "cluster_name" : "name").asString("");
    held.computeIfAbsent(kind, _ -> new TreeMap<>()).put(name, one);
  }

  private void endpoints(JsonNode entries) {
    add(ResourceKind.ENDPOINT, entries, "endpoint_config", false);
  }

  /** Envoy shows virtual hosts within the route configuration that they belong to. */
  private void routes(JsonNode entries) {
    for (JsonNode entry : entries) {
      if (entry.path("route_config") instanceof ObjectNode route) {
        ObjectNode bare = route.deepCopy();
        if (route.has("vhds")) {
          bare.remove("virtual_hosts");
          String type = ResourceKind.VIRTUAL_HOST.typeUrl();
          for (JsonNode host : route.path("virtual_hosts")) {
            ObjectNode typed = ((ObjectNode) host).deepCopy();
            put(ResourceKind.VIRTUAL_HOST, new Held("", typed.put("@type", type), false));
          }
        }
        // Its version is that of the virtual host that came last.
        put(
            ResourceKind.ROUTE,
            new Held(
                route.has("vhds") ? "" : entry.path("version_info").asString(""), bare, false));
      }
    }
  }
}
