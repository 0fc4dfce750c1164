package dev.skiffmesh.e2e.scenarios.nacos;

import dev.skiffmesh.e2e.parts.nacos.NacosServer;
import dev.skiffmesh.e2e.parts.nacos.NacosVersion;
import dev.skiffmesh.e2e.scenarios.Await;
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
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The users of a Nacos that asks who is there, changed as its administrator does it. */
final class NacosAccounts implements AutoCloseable {

  static final String ADMINISTRATOR = "nacos";
  static final String PASSWORD = "nacos";

  /** A token's life, short enough that a test sees several. */
  static final int TOKEN_SECONDS = 6;

  /** What makes a server ask; the key has the 32 bytes that Nacos wants, in Base64. */
  static final List<String> WITH_LOGIN =
      List.of(
          "-Dnacos.core.auth.enabled=true",
          "-Dnacos.core.auth.admin.enabled=true",
          "-Dnacos.core.auth.console.enabled=true",
          "-Dnacos.core.auth.system.type=nacos",
          // Else a server sees a new user after up to 15 s.
          "-Dnacos.core.auth.caching.enabled=false",
          "-Dnacos.core.auth.server.identity.key=skiff",
          "-Dnacos.core.auth.server.identity.value=tests",
          "-Dnacos.core.auth.plugin.nacos.token.expire.seconds=" + TOKEN_SECONDS,
          "-Dnacos.core.auth.plugin.nacos.token.secret.key="
              + "c2tpZmYtdGVzdHMtc2lnbi1ub3RoaW5nLW9mLXdvcnRoLXdpdGgtdGhpcy1rZXk=");

  private static final Duration BOUND = Duration.ofSeconds(60);

  private static final Pattern TOKEN = Pattern.compile("\"accessToken\"\\s*:\\s*\"([^\"]+)\"");

  private final NacosServer server;
  private final HttpClient client = HttpClient.newHttpClient();

  NacosAccounts(NacosServer server) {
    this.server = server;
  }

  /**
   * 2.3.2 has its administrator from the start; 3.x is given one by whoever comes first, and
   * refuses all others.
   */
  void begin() throws IOException, InterruptedException {
    if (server.version() == NacosVersion.V3) {
      try {
        send("POST", "/nacos/v3/auth/user/admin", Map.of("password", PASSWORD));
      } catch (IllegalStateException another) {
        // Whether there is one is asked below.
      }
    }
    // A server reads its users some seconds after it calls itself ready.
    Await.until(BOUND, "the administrator", this::isAdministratorKnown);
  }

  /** A user that may read these namespaces. */
  void user(String name, String password, String... namespaces)
      throws IOException, InterruptedException {
    ask("POST", "users", "user", Map.of("username", name, "password", password));
    ask("POST", "roles", "role", Map.of("role", "role-" + name, "username", name));
    for (String namespace : namespaces) {
      permit(name, namespace);
    }
  }

  void permit(String user, String namespace) throws IOException, InterruptedException {
    // The namespace that every server has is nothing in the permissions of 2.x.
    boolean isNothing = server.version() == NacosVersion.V2 && namespace.equals("public");
    ask(
        "POST",
        "permissions",
        "permission",
        Map.of(
            "role",
            "role-" + user,
            "resource",
            (isNothing ? "" : namespace) + ":*:*",
            "action",
            "r"));
  }

  /** In 3.x nobody but a user may change the own password; its administrator makes a new user. */
  void password(String user, String password) throws IOException, InterruptedException {
    if (server.version() == NacosVersion.V2) {
      ask("PUT", "users", "user", Map.of("username", user, "newPassword", password));
    } else {
      ask("DELETE", "users", "user", Map.of("username", user));
      ask("POST", "users", "user", Map.of("username", user, "password", password));
    }
  }

  @Override
  public void close() {
    client.close();
  }

  private void ask(String method, String name2, String name3, Map<String, String> form)
      throws IOException, InterruptedException {
    Map<String, String> all = new TreeMap<>(form);
    all.put("accessToken", token());
    send(method, path("/nacos/v1/auth/" + name2, "/nacos/v3/auth/" + name3), all);
  }

  private boolean isAdministratorKnown() {
    try {
      return !token().isEmpty();
    } catch (IOException | IllegalStateException notYet) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private String token() throws IOException, InterruptedException {
    String answer =
        send(
            "POST",
            path("/nacos/v1/auth/users/login", "/nacos/v3/auth/user/login"),
            Map.of("username", ADMINISTRATOR, "password", PASSWORD));
    Matcher matcher = TOKEN.matcher(answer);
    if (!matcher.find()) {
      throw new IllegalStateException("No token in " + answer);
    }
    return matcher.group(1);
  }

  private String path(String path2, String path3) {
    return server.version() == NacosVersion.V2 ? path2 : path3;
  }

  private String send(String method, String path, Map<String, String> form)
      throws IOException, InterruptedException {
    String query =
        form.entrySet().stream()
            .map(
                entry ->
                    entry.getKey()
                        + "="
                        + URLEncoder.encode(entry.getValue(), StandardCharsets.UTF_8))
            .collect(Collectors.joining("&"));
    HttpResponse<String> answer =
        client.send(
            HttpRequest.newBuilder(URI.create("http://" + server.address() + path + "?" + query))
                .method(method, HttpRequest.BodyPublishers.noBody())
                .build(),
            HttpResponse.BodyHandlers.ofString());
    if (answer.statusCode() != 200) {
      throw new IllegalStateException(method + " " + path + " answers " + answer.body());
    }
    return answer.body();
  }
}
