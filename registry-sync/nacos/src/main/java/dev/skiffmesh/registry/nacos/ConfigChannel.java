package dev.skiffmesh.registry.nacos;

import com.alibaba.nacos.api.common.Constants;
import com.alibaba.nacos.api.config.remote.request.ConfigBatchListenRequest;
import com.alibaba.nacos.api.config.remote.request.ConfigChangeNotifyRequest;
import com.alibaba.nacos.api.config.remote.request.ConfigQueryRequest;
import com.alibaba.nacos.api.config.remote.response.ConfigChangeNotifyResponse;
import com.alibaba.nacos.api.config.remote.response.ConfigQueryResponse;
import com.alibaba.nacos.api.exception.NacosException;
import com.alibaba.nacos.api.remote.RemoteConstants;
import com.alibaba.nacos.api.remote.request.Request;
import com.alibaba.nacos.api.remote.response.Response;
import com.alibaba.nacos.common.remote.ConnectionType;
import com.alibaba.nacos.common.remote.client.Connection;
import com.alibaba.nacos.common.remote.client.ConnectionEventListener;
import com.alibaba.nacos.common.remote.client.RpcClient;
import com.alibaba.nacos.common.remote.client.RpcClientFactory;
import com.alibaba.nacos.common.remote.client.grpc.DefaultGrpcClientConfig;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads contents of Nacos's configuration and hears of their changes, by gRPC through the transport
 * of the official client.
 *
 * <p>{@code ConfigService}, one layer above, is not used: it answers from files in the home folder
 * when the server does not, so that what is months old looks like an answer. Confined to one
 * thread; the listener is called by the client's.
 */
final class ConfigChannel implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(ConfigChannel.class);

  private static final String MODULE_CONFIG = "config";

  private final NacosPolicySettings settings;
  private final NacosLogin login;
  private final RpcClient client;
  private final AtomicLong connection = new AtomicLong();
  private final Set<String> heard = new HashSet<>();
  private long heardOn;

  /** What a data id holds. */
  sealed interface Reading {
    /** Its content. */
    record Content(String text, String version) implements Reading {}

    /** There is no such data id. */
    record Missing() implements Reading {}

    /** It is being written just now. */
    record Busy() implements Reading {}
  }

  /**
   * A channel that is not open yet.
   *
   * @param changed takes a data id that has changed; must return soon
   */
  ConfigChannel(NacosPolicySettings settings, NacosLogin login, Consumer<String> changed) {
    this.settings = settings;
    this.login = login;
    Properties properties = new Properties();
    properties.putAll(settings.connection().client());
    this.client =
        RpcClientFactory.createClient(
            "skiff-" + settings.name() + "-" + UUID.randomUUID(),
            ConnectionType.GRPC,
            DefaultGrpcClientConfig.newBuilder()
                .setLabels(
                    Map.of(
                        RemoteConstants.LABEL_SOURCE, RemoteConstants.LABEL_SOURCE_SDK,
                        RemoteConstants.LABEL_MODULE, MODULE_CONFIG,
                        Constants.APPNAME, NacosLogin.APPLICATION))
                .setRetryTimes(1)
                .buildSdkFromProperties(properties)
                .build());
    client.serverListFactory(new ConfiguredServers(settings.connection().servers()));
    client.registerConnectionListener(new ConnectionCounter(connection));
    client.registerServerRequestHandler((request, from) -> pushed(request, changed));
  }

  void open() throws NacosException {
    client.start();
  }

  /** Reads one content; the server's answer, never a copy. */
  Reading read(String dataId) throws NacosException {
    ConfigQueryRequest request =
        ConfigQueryRequest.build(dataId, settings.group(), settings.tenant());
    Response response = ask(request);
    if (response.getErrorCode() == ConfigQueryResponse.CONFIG_NOT_FOUND) {
      return new Reading.Missing();
    }
    if (response.getErrorCode() == ConfigQueryResponse.CONFIG_QUERY_CONFLICT) {
      return new Reading.Busy();
    }
    if (!response.isSuccess() || !(response instanceof ConfigQueryResponse content)) {
      throw refused(response);
    }
    return new Reading.Content(
        Objects.requireNonNullElse(content.getContent(), ""),
        Objects.requireNonNullElse(content.getMd5(), ""));
  }

  /** Asks to be told of changes of these; the server forgets it when the connection ends. */
  void hear(Map<String, String> versions) throws NacosException {
    long now = connection.get();
    if (now != heardOn) {
      heard.clear();
      heardOn = now;
    }
    ConfigBatchListenRequest request = new ConfigBatchListenRequest();
    request.setListen(true);
    versions.forEach(
        (dataId, version) -> {
          if (!heard.contains(dataId)) {
            request.addConfigListenContext(settings.group(), dataId, settings.tenant(), version);
          }
        });
    if (request.getConfigListenContexts().isEmpty()) {
      return;
    }
    Response response = ask(request);
    if (!response.isSuccess()) {
      throw refused(response);
    }
    heard.addAll(versions.keySet());
  }

  /** A data id that is gone is heard anew if it comes back. */
  void forget(String dataId) {
    heard.remove(dataId);
  }

  private Response ask(Request request) throws NacosException {
    request.putAllHeader(login.headers(NacosLogin.config(settings.tenant(), settings.group(), "")));
    return client.request(request);
  }

  private NacosException refused(Response response) {
    String message = response.getMessage();
    if (response.getErrorCode() == NacosException.NO_RIGHT) {
      login.renew();
      message = login.trouble().orElse(message);
    }
    return new NacosException(
        response.getErrorCode(), message == null ? "an unexpected answer" : message);
  }

  private @Nullable Response pushed(Request request, Consumer<String> changed) {
    if (!(request instanceof ConfigChangeNotifyRequest push)) {
      return null;
    }
    if (push.getDataId() != null && settings.group().equals(push.getGroup())) {
      changed.accept(push.getDataId());
    }
    return new ConfigChangeNotifyResponse();
  }

  @Override
  public void close() {
    try {
      RpcClientFactory.destroyClient(client.getName());
    } catch (NacosException e) {
      LOG.atDebug().setCause(e).log("The Nacos client did not shut down cleanly");
    }
  }

  /** Counts the connections. */
  private record ConnectionCounter(AtomicLong count) implements ConnectionEventListener {
    @Override
    public void onConnected(Connection connection) {
      count.incrementAndGet();
    }

    @Override
    public void onDisConnect(Connection connection) {}
  }
}
