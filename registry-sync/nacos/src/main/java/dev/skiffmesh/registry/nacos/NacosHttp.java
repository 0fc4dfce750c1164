package dev.skiffmesh.registry.nacos;

import com.alibaba.nacos.api.PropertyKeyConst;
import com.alibaba.nacos.api.exception.NacosException;
import com.alibaba.nacos.client.naming.remote.http.NamingHttpClientManager;
import com.alibaba.nacos.common.http.HttpClientConfig;
import com.alibaba.nacos.common.http.HttpRestResult;
import com.alibaba.nacos.common.http.client.NacosRestTemplate;
import com.alibaba.nacos.common.http.param.Header;
import com.alibaba.nacos.common.http.param.Query;
import com.alibaba.nacos.common.utils.JacksonUtils;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * The few calls that Nacos answers by HTTP alone, through its official client's HTTP client (and so
 * with its TLS settings). Thread-safe; calls block for some seconds at most.
 */
final class NacosHttp {

  private static final Duration CONNECT = Duration.ofSeconds(2);

  /** A login is slow by intent: the server hashes the password. */
  private static final Duration READ = Duration.ofSeconds(5);

  private static final String USUAL_CONTEXT = "/nacos";
  private static final int USUAL_PORT = 8848;
  private static final int SUCCESS = 2;

  private final NacosRestTemplate template =
      NamingHttpClientManager.getInstance().getNacosRestTemplate();
  private final HttpClientConfig bounds =
      HttpClientConfig.builder()
          .setConTimeOutMillis((int) CONNECT.toMillis())
          .setReadTimeOutMillis((int) READ.toMillis())
          .build();
  private final String context;

  /**
   * Calls servers whose paths begin with the client property {@code contextPath}, {@code /nacos} if
   * absent.
   */
  NacosHttp(SortedMap<String, String> client) {
    String configured = client.getOrDefault(PropertyKeyConst.CONTEXT_PATH, USUAL_CONTEXT).strip();
    String path = configured.startsWith("/") ? configured : "/" + configured;
    this.context = path.equals("/") ? "" : path;
  }

  /** Posts a form. */
  Answer post(String server, String path, Map<String, String> form) throws NacosException {
    return call(
        server, () -> template.postForm(url(server, path), bounds, header(), form, String.class));
  }

  /** Reads. */
  Answer read(String server, String path, Map<String, String> query, Map<String, String> headers)
      throws NacosException {
    Header header = header();
    header.addAll(headers);
    return call(
        server,
        () ->
            template.get(
                url(server, path),
                bounds,
                header,
                Query.newInstance().initParams(query),
                String.class));
  }

  private Answer call(String server, Call call) throws NacosException {
    try {
      HttpRestResult<String> result = call.run();
      String body = result.getData() == null ? result.getMessage() : result.getData();
      return new Answer(result.getCode(), body == null ? "" : body);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new NacosException(NacosException.CLIENT_ERROR, "Interrupted", e);
    } catch (Exception e) {
      // The client declares no narrower one.
      throw new NacosException(
          NacosException.SERVER_ERROR, "its HTTP port cannot be reached at " + base(server));
    }
  }

  private String url(String server, String path) {
    return base(server) + context + path;
  }

  private static String base(String server) {
    int scheme = server.indexOf("://");
    String address = scheme < 0 ? server : server.substring(scheme + 3);
    boolean hasPort = address.lastIndexOf(':') > address.lastIndexOf(']');
    return (scheme < 0 ? "http" : server.substring(0, scheme))
        + "://"
        + address
        + (hasPort ? "" : ":" + USUAL_PORT);
  }

  private static Header header() {
    return Header.newInstance();
  }

  /**
   * What a server said.
   *
   * @param status HTTP's
   * @param body empty if there was none
   */
  record Answer(int status, String body) {

    boolean isSuccess() {
      return status / 100 == SUCCESS;
    }

    /** The object in the body; empty if there is none. */
    Map<?, ?> object() {
      return object(body);
    }

    /** The server's reason in its own words, as far as it gives any. */
    String words() {
      Map<?, ?> fields = object(body);
      for (String field : List.of("message", "error")) {
        if (fields.get(field) instanceof String words && !words.isBlank()) {
          return words;
        }
      }
      return body.isBlank() ? "HTTP status " + status : body;
    }

    private static Map<?, ?> object(String json) {
      try {
        Map<?, ?> read = parsed(json);
        return read == null ? Map.of() : read;
      } catch (RuntimeException notJson) {
        return Map.of();
      }
    }

    private static @Nullable Map<?, ?> parsed(String json) {
      return JacksonUtils.toObj(json, Map.class);
    }
  }

  @FunctionalInterface
  private interface Call {
    HttpRestResult<String> run() throws Exception;
  }
}
