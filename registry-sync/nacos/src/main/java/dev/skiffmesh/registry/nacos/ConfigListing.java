package dev.skiffmesh.registry.nacos;

import com.alibaba.nacos.api.exception.NacosException;
import com.alibaba.nacos.common.utils.JacksonUtils;
import com.alibaba.nacos.common.utils.MD5Utils;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Which data ids there are, by Nacos's HTTP API: its gRPC protocol answers for names that are known
 * already. Confined to one thread.
 */
final class ConfigListing implements AutoCloseable {

  /** Nacos allows no more in some versions. */
  private static final int PAGE = 200;

  /** A server that never ends its list is not believed. */
  private static final int MOST_PAGES = 500;

  private static final int NOT_FOUND = 404;
  private static final int GONE = 410;

  private final NacosPolicySettings settings;
  private final NacosLogin login;
  private final Duration bound;
  private final HttpClient client;
  private final ConfiguredServers servers;
  private Dialect dialect = Dialect.V3;

  /**
   * A listing.
   *
   * @param bound of each call
   */
  ConfigListing(NacosPolicySettings settings, NacosLogin login, Duration bound) {
    this.settings = settings;
    this.login = login;
    this.bound = bound;
    this.client = HttpClient.newBuilder().connectTimeout(bound).build();
    this.servers = new ConfiguredServers(settings.connection().servers());
  }

  /** What a server understands; 3.x has switched the older form off by default. */
  private enum Dialect {
    V3("/v3/admin/cs/config/list", "groupName", "namespaceId"),
    V1("/v1/cs/configs", "group", "tenant");

    private final String path;
    private final String group;
    private final String namespace;

    Dialect(String path, String group, String namespace) {
      this.path = path;
      this.group = group;
      this.namespace = namespace;
    }
  }

  /**
   * The data ids of the group with the prefix, each with a word that differs when its content does;
   * empty where the server has none.
   */
  SortedMap<String, String> list() throws NacosException, InterruptedException {
    SortedMap<String, String> found = new TreeMap<>();
    int seen = 0;
    for (int page = 1; page <= MOST_PAGES; page++) {
      Map<?, ?> answer = page(page);
      List<?> items = answer.get("pageItems") instanceof List<?> list ? list : List.of();
      for (Object item : items) {
        if (item instanceof Map<?, ?> config) {
          add(config, found);
        }
      }
      seen += items.size();
      int total = answer.get("totalCount") instanceof Number number ? number.intValue() : seen;
      if (items.isEmpty() || seen >= total) {
        return found;
      }
    }
    throw new NacosException(NacosException.SERVER_ERROR, "The list of data ids does not end");
  }

  private void add(Map<?, ?> config, SortedMap<String, String> found) {
    // The search takes '_' for any character in some versions, and groups alike.
    if (config.get("dataId") instanceof String id
        && id.startsWith(settings.prefix())
        && settings.group().equals(text(config, "group", text(config, "groupName", "")))) {
      String content = text(config, "content", "");
      String version =
          content.isEmpty() ? "" : MD5Utils.md5Hex(content, StandardCharsets.UTF_8.name());
      found.put(id, text(config, "md5", version));
    }
  }

  private static String text(Map<?, ?> config, String key, String otherwise) {
    return config.get(key) instanceof String text && !text.isEmpty() ? text : otherwise;
  }

  private Map<?, ?> page(int page) throws NacosException, InterruptedException {
    HttpResponse<String> answer = ask(page);
    if (answer.statusCode() == NOT_FOUND || answer.statusCode() == GONE) {
      dialect = dialect == Dialect.V3 ? Dialect.V1 : Dialect.V3;
      answer = ask(page);
    }
    if (answer.statusCode() == NacosException.NO_RIGHT || answer.statusCode() == 401) {
      login.renew();
      throw new NacosException(NacosException.NO_RIGHT, "it may not list data ids");
    }
    if (answer.statusCode() != 200) {
      throw new NacosException(
          answer.statusCode(), "listing data ids gives HTTP " + answer.statusCode());
    }
    Object tree = parsed(answer.body());
    if (tree instanceof Map<?, ?> root) {
      return root.get("data") instanceof Map<?, ?> data ? data : root;
    }
    throw new NacosException(NacosException.SERVER_ERROR, "the list of data ids is no JSON object");
  }

  private static Object parsed(String body) throws NacosException {
    try {
      return JacksonUtils.toObj(body, Object.class);
    } catch (RuntimeException unreadable) {
      throw new NacosException(
          NacosException.SERVER_ERROR, "the list of data ids is no JSON", unreadable);
    }
  }

  private HttpResponse<String> ask(int page) throws NacosException, InterruptedException {
    String query =
        "?search=blur&pageNo="
            + page
            + "&pageSize="
            + PAGE
            + "&dataId="
            + encoded(settings.prefix() + "*")
            + "&"
            + dialect.group
            + "="
            + encoded(settings.group())
            + "&"
            + dialect.namespace
            + "="
            + encoded(settings.tenant());
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(base() + dialect.path + query)).timeout(bound);
    String token =
        login
            .headers(NacosLogin.config(settings.tenant(), settings.group(), ""))
            .getOrDefault("accessToken", "");
    if (!token.isEmpty()) {
      request.header("Authorization", "Bearer " + token);
    }
    try {
      return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    } catch (IOException unreachable) {
      servers.genNextServer();
      String message = unreachable.getMessage();
      throw new NacosException(
          NacosException.CLIENT_DISCONNECT,
          message == null ? unreachable.getClass().getSimpleName() : message,
          unreachable);
    }
  }

  private String base() {
    String server = servers.getCurrentServer();
    String context = settings.connection().client().getOrDefault("contextPath", "nacos");
    String withScheme = server.contains("://") ? server : "http://" + server;
    boolean hasPort = withScheme.matches(".*:[0-9]+");
    return withScheme + (hasPort ? "" : ":8848") + "/" + context.replaceAll("^/+", "");
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
