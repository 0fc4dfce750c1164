package dev.skiffmesh.registry.nacos;

import com.alibaba.nacos.api.common.Constants;
import com.alibaba.nacos.api.exception.NacosException;
import com.alibaba.nacos.api.naming.pojo.Instance;
import com.alibaba.nacos.api.naming.pojo.ServiceInfo;
import com.alibaba.nacos.api.naming.remote.request.AbstractNamingRequest;
import com.alibaba.nacos.api.naming.remote.request.NotifySubscriberRequest;
import com.alibaba.nacos.api.naming.remote.request.ServiceListRequest;
import com.alibaba.nacos.api.naming.remote.request.ServiceQueryRequest;
import com.alibaba.nacos.api.naming.remote.request.SubscribeServiceRequest;
import com.alibaba.nacos.api.naming.remote.response.NotifySubscriberResponse;
import com.alibaba.nacos.api.naming.remote.response.QueryServiceResponse;
import com.alibaba.nacos.api.naming.remote.response.ServiceListResponse;
import com.alibaba.nacos.api.naming.remote.response.SubscribeServiceResponse;
import com.alibaba.nacos.api.remote.RemoteConstants;
import com.alibaba.nacos.api.remote.request.Request;
import com.alibaba.nacos.api.remote.response.Response;
import com.alibaba.nacos.common.remote.ConnectionType;
import com.alibaba.nacos.common.remote.client.Connection;
import com.alibaba.nacos.common.remote.client.ConnectionEventListener;
import com.alibaba.nacos.common.remote.client.RpcClient;
import com.alibaba.nacos.common.remote.client.RpcClientFactory;
import com.alibaba.nacos.common.remote.client.grpc.DefaultGrpcClientConfig;
import dev.skiffmesh.registry.nacos.Registration.RegisteredInstance;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Level;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Speaks Nacos's gRPC protocol through the transport of its official client.
 *
 * <p>{@code NamingService}, one layer above, is not used: it hides the protect threshold and the
 * loss of the connection, subscribes again behind our back, keeps copies of all services in memory
 * and on disk, and can answer from these copies ("failover", "push empty protection"). Here nothing
 * is written to disk and every answer is the server's.
 */
final class GrpcNacosChannel implements NacosChannel {

  private static final Logger LOG = LoggerFactory.getLogger(GrpcNacosChannel.class);

  private static final String OWN_LOGGING = "nacos.logging.default.config.enabled";

  /** Nacos allows no more in some versions (2.x: 500). */
  private static final int PAGE = 500;

  /** One more than 10,000 services need; a server that never ends its list is not believed. */
  private static final int MOST_PAGES = 1000;

  private static final int RETRIES = 1;

  /** Kept, because the JDK forgets the level of a logger that nobody holds. */
  private static final java.util.logging.Logger TRANSPORT_LOG =
      java.util.logging.Logger.getLogger("com.alibaba.nacos.shaded.io.grpc");

  static {
    // Otherwise the client configures the logging of the whole process and writes files to
    // ${user.home}/logs/nacos.
    if (System.getProperty(OWN_LOGGING) == null) {
      System.setProperty(OWN_LOGGING, "false");
    }
    // The transport reports each ended connection on the console.
    if (TRANSPORT_LOG.getLevel() == null) {
      TRANSPORT_LOG.setLevel(Level.WARNING);
    }
  }

  private final String namespaceId;
  private final NacosLogin login;
  private final RpcClient client;
  private final AtomicLong connection = new AtomicLong();

  GrpcNacosChannel(NacosSettings settings, String namespaceId, Listener listener) {
    this.namespaceId = namespaceId;
    this.login = NacosLogin.of(settings);
    Properties properties = new Properties();
    properties.putAll(settings.client());
    Map<String, String> labels =
        Map.of(
            RemoteConstants.LABEL_SOURCE, RemoteConstants.LABEL_SOURCE_SDK,
            RemoteConstants.LABEL_MODULE, RemoteConstants.LABEL_MODULE_NAMING,
            Constants.APPNAME, NacosLogin.APPLICATION);
    this.client =
        RpcClientFactory.createClient(
            "skiff-" + settings.name() + "-" + UUID.randomUUID(),
            ConnectionType.GRPC,
            DefaultGrpcClientConfig.newBuilder()
                .setLabels(labels)
                .setRetryTimes(RETRIES)
                .buildSdkFromProperties(properties)
                .build());
    client.serverListFactory(new ConfiguredServers(settings.servers()));
    client.registerConnectionListener(new ConnectionCounter(connection));
    client.registerServerRequestHandler((request, from) -> handlePush(request, listener));
  }

  @Override
  public void open() throws NacosException {
    client.start();
  }

  @Override
  public boolean isConnected() {
    return client.isRunning();
  }

  @Override
  public long connection() {
    return connection.get();
  }

  @Override
  public List<String> list(String group) throws NacosException {
    List<String> names = new ArrayList<>();
    for (int page = 1; page <= MOST_PAGES; page++) {
      ServiceListResponse answer =
          call(new ServiceListRequest(namespaceId, group, page, PAGE), ServiceListResponse.class);
      List<String> found = answer.getServiceNames();
      if (found == null || found.isEmpty()) {
        break;
      }
      found.forEach(name -> names.add(withoutGroup(name)));
      if (names.size() >= answer.getCount()) {
        break;
      }
    }
    return names;
  }

  @Override
  public Registration subscribe(String group, String service) throws NacosException {
    SubscribeServiceResponse answer =
        call(
            new SubscribeServiceRequest(namespaceId, group, service, "", true),
            SubscribeServiceResponse.class);
    return registration(group, service, present(answer.getServiceInfo()));
  }

  @Override
  public Registration query(String group, String service) throws NacosException {
    ServiceQueryRequest request = new ServiceQueryRequest(namespaceId, service, group);
    request.setCluster("");
    request.setHealthyOnly(false);
    QueryServiceResponse answer = call(request, QueryServiceResponse.class);
    return registration(group, service, present(answer.getServiceInfo()));
  }

  @Override
  public void unsubscribe(String group, String service) throws NacosException {
    call(
        new SubscribeServiceRequest(namespaceId, group, service, "", false),
        SubscribeServiceResponse.class);
  }

  @Override
  public void close() {
    try {
      RpcClientFactory.destroyClient(client.getName());
    } catch (NacosException e) {
      LOG.atDebug()
          .addKeyValue("namespace", namespaceId)
          .setCause(e)
          .log("The Nacos client did not shut down cleanly");
    }
    login.close();
  }

  private <T extends Response> T call(AbstractNamingRequest request, Class<T> type)
      throws NacosException {
    request.putAllHeader(
        login.headers(request.getNamespace(), request.getGroupName(), request.getServiceName()));
    Response response = client.request(request);
    if (!response.isSuccess()) {
      throw refused(response);
    }
    if (!type.isInstance(response)) {
      throw new NacosException(
          NacosException.SERVER_ERROR, "An unexpected answer: " + response.getClass().getName());
    }
    return type.cast(response);
  }

  private NacosException refused(Response response) {
    if (response.getErrorCode() == NacosException.NO_RIGHT) {
      login.renew();
    }
    return new NacosException(response.getErrorCode(), response.getMessage());
  }

  private static @Nullable Response handlePush(Request request, Listener listener) {
    if (!(request instanceof NotifySubscriberRequest push)) {
      return null;
    }
    ServiceInfo info = push.getServiceInfo();
    if (info != null && info.isValid() && info.getName() != null) {
      String group = info.getGroupName() == null ? groupIn(info.getName()) : info.getGroupName();
      listener.pushed(registration(group, withoutGroup(info.getName()), info));
    }
    return new NotifySubscriberResponse();
  }

  private static ServiceInfo present(@Nullable ServiceInfo info) throws NacosException {
    if (info == null || !info.isValid()) {
      throw new NacosException(NacosException.SERVER_ERROR, "The answer holds no service");
    }
    return info;
  }

  private static Registration registration(String group, String service, ServiceInfo info) {
    return new Registration(
        group,
        service,
        info.getHosts().stream().filter(Objects::nonNull).map(GrpcNacosChannel::instance).toList(),
        info.isReachProtectionThreshold(),
        info.getLastRefTime());
  }

  private static RegisteredInstance instance(Instance instance) {
    SortedMap<String, String> metadata = new TreeMap<>();
    if (instance.getMetadata() != null) {
      // It comes from anybody's JSON, in which a value may be null.
      instance
          .getMetadata()
          .forEach(
              (key, value) -> {
                if (key != null && value != null) {
                  metadata.put(key, value);
                }
              });
    }
    return new RegisteredInstance(
        Objects.requireNonNullElse(instance.getIp(), ""),
        instance.getPort(),
        instance.getWeight(),
        instance.isHealthy(),
        instance.isEnabled(),
        Objects.requireNonNullElse(instance.getClusterName(), ""),
        metadata);
  }

  /** Servers write {@code group@@name} in some versions and {@code name} in others. */
  private static String withoutGroup(String name) {
    int separator = name.indexOf(Constants.SERVICE_INFO_SPLITER);
    return separator < 0
        ? name
        : name.substring(separator + Constants.SERVICE_INFO_SPLITER.length());
  }

  private static String groupIn(String name) {
    int separator = name.indexOf(Constants.SERVICE_INFO_SPLITER);
    return separator < 0 ? NacosSettings.DEFAULT_GROUP : name.substring(0, separator);
  }

  /** Counts the connections; that one ended is told by the client only when the next is there. */
  private record ConnectionCounter(AtomicLong count) implements ConnectionEventListener {
    @Override
    public void onConnected(Connection connection) {
      count.incrementAndGet();
    }

    @Override
    public void onDisConnect(Connection connection) {}
  }
}
