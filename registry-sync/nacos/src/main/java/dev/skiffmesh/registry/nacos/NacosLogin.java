package dev.skiffmesh.registry.nacos;

import com.alibaba.nacos.api.PropertyKeyConst;
import com.alibaba.nacos.api.exception.NacosException;
import com.alibaba.nacos.client.auth.impl.NacosAuthLoginConstant;
import com.alibaba.nacos.client.naming.remote.http.NamingHttpClientManager;
import com.alibaba.nacos.plugin.auth.api.LoginIdentityContext;
import com.alibaba.nacos.plugin.auth.api.RequestResource;
import com.alibaba.nacos.plugin.auth.spi.client.ClientAuthPluginManager;
import com.alibaba.nacos.plugin.auth.spi.client.ClientAuthService;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What proves who we are to a Nacos server: nothing, a token for user name and password, or a
 * signature. Thread-safe.
 */
sealed interface NacosLogin permits NacosLogin.Anonymous, NacosLogin.ByPlugins, PasswordLogin {

  /** How we show up among a server's clients. */
  String APPLICATION = "skiff";

  /** The login that the settings ask for. */
  static NacosLogin of(NacosSettings settings) {
    NacosSettings.Credentials credentials = settings.credentials();
    if (!credentials.username().isEmpty()) {
      return new PasswordLogin(settings, new NacosHttp(settings.client()), System::nanoTime);
    }
    return credentials.isPresent() ? new ByPlugins(settings) : new Anonymous();
  }

  /**
   * Gets or renews what a request needs, if it is due; may block for a login by HTTP.
   *
   * @throws NacosException if there is nothing to show, with the reason
   */
  Map<String, String> headers(RequestResource resource) throws NacosException;

  /** What a request about a configuration is about. */
  static RequestResource config(String tenant, String group, String dataId) {
    return RequestResource.configBuilder()
        .setNamespace(tenant)
        .setGroup(group)
        .setResource(dataId)
        .build();
  }

  /** Why the last login failed, for users; empty if it did not. */
  default Optional<String> trouble() {
    return Optional.empty();
  }

  /** The server refused the last request: what we have is not good any more. */
  void renew();

  /** Forgets. */
  void close();

  /** Without a login. */
  record Anonymous() implements NacosLogin {
    @Override
    public Map<String, String> headers(RequestResource resource) {
      return Map.of("app", APPLICATION);
    }

    @Override
    public void renew() {}

    @Override
    public void close() {}
  }

  /** With the official client's authentication plug-ins, for Alibaba Cloud's access keys. */
  final class ByPlugins implements NacosLogin {

    private static final Logger LOG = LoggerFactory.getLogger(NacosLogin.class);

    private final ClientAuthPluginManager plugins = new ClientAuthPluginManager();
    private final Properties properties = new Properties();

    ByPlugins(NacosSettings settings) {
      NacosSettings.Credentials credentials = settings.credentials();
      properties.putAll(settings.client());
      put(PropertyKeyConst.ACCESS_KEY, credentials.accessKey());
      put(PropertyKeyConst.SECRET_KEY, credentials.secretKey());
      plugins.init(
          settings.servers(), NamingHttpClientManager.getInstance().getNacosRestTemplate());
    }

    @Override
    public synchronized Map<String, String> headers(RequestResource resource) {
      Map<String, String> headers = new HashMap<>();
      for (ClientAuthService plugin : plugins.getAuthServiceSpiImplSet()) {
        // A plug-in logs in only when its token is about to end, so that asking often is cheap.
        if (!Boolean.TRUE.equals(plugin.login(properties))) {
          LOG.atDebug()
              .addKeyValue("plugin", plugin.getClass().getName())
              .log("A Nacos login failed");
        }
        LoginIdentityContext identity = plugin.getLoginIdentityContext(resource);
        for (String key : identity.getAllKey()) {
          headers.put(key, identity.getParameter(key));
        }
      }
      headers.put("app", APPLICATION);
      return headers;
    }

    @Override
    public synchronized void renew() {
      for (ClientAuthService plugin : plugins.getAuthServiceSpiImplSet()) {
        LoginIdentityContext identity = plugin.getLoginIdentityContext(new RequestResource());
        if (identity != null) {
          identity.setParameter(NacosAuthLoginConstant.RELOGINFLAG, "true");
        }
      }
    }

    @Override
    public void close() {
      try {
        plugins.shutdown();
      } catch (NacosException e) {
        LOG.atDebug().setCause(e).log("A Nacos login plug-in did not shut down cleanly");
      }
    }

    private void put(String key, String value) {
      if (!value.isEmpty()) {
        properties.setProperty(key, value);
      }
    }
  }
}
