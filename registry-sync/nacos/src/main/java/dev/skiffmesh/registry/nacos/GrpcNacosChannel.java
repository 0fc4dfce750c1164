package dev.skiffmesh.registry.nacos;

import com.alibaba.nacos.api.ability.constant.AbilityKey;
import com.alibaba.nacos.api.ability.constant.AbilityStatus;
import com.alibaba.nacos.api.common.Constants;
import com.alibaba.nacos.api.config.remote.request.ConfigQueryRequest;
import com.alibaba.nacos.api.config.remote.response.ConfigQueryResponse;
import com.alibaba.nacos.api.exception.NacosException;
import com.alibaba.nacos.api.naming.pojo.ServiceInfo;
import com.alibaba.nacos.api.naming.remote.request.NamingFuzzyWatchChangeNotifyRequest;
import com.alibaba.nacos.api.naming.remote.request.NamingFuzzyWatchRequest;
import com.alibaba.nacos.api.naming.remote.request.NamingFuzzyWatchSyncRequest;
import com.alibaba.nacos.api.naming.remote.request.NotifySubscriberRequest;
import com.alibaba.nacos.api.naming.remote.request.ServiceListRequest;
import com.alibaba.nacos.api.naming.remote.request.ServiceQueryRequest;
import com.alibaba.nacos.api.naming.remote.request.SubscribeServiceRequest;
import com.alibaba.nacos.api.naming.remote.response.NamingFuzzyWatchChangeNotifyResponse;
import com.alibaba.nacos.api.naming.remote.response.NamingFuzzyWatchSyncResponse;
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
import com.alibaba.nacos.plugin.auth.api.RequestResource;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
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

  private static final int MOST_LISTINGS = 3;

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
  private final GroupCatalog catalog;
  private final FuzzyWatch watch;
  private final AtomicLong connection = new AtomicLong();
  private final AtomicLong watchedConnection = new AtomicLong(-1);

  GrpcNacosChannel(NacosSettings settings, String namespaceId, Listener listener) {
    this.namespaceId = namespaceId;
    this.login = NacosLogin.of(settings);
    this.catalog = new GroupCatalog(settings.servers(), new NacosHttp(settings.client()), login);
    this.watch = new FuzzyWatch(namespaceId);
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
  public Set<String> groups() throws NacosException {
    Optional<Set<String>> watched = watch.groups();
    return watched.isPresent() ? watched.get() : catalog.groups(namespaceId);
  }

  @Override
  public Names list(String group) throws NacosException {
    SortedSet<String> names = new TreeSet<>();
    for (int attempt = 1; attempt <= MOST_LISTINGS; attempt++) {
      if (listInto(names, group)) {
        return new Names(names, true);
      }
    }
    return new Names(names, false);
  }

  /**
   * Reads all pages. Nacos cuts them out of a set anew for each page, so that a name may fall
   * between two pages when the set changes: then the listing is done again. Names add up meanwhile.
   *
   * @return whether all pages were of one set
   */
  private boolean listInto(SortedSet<String> names, String group) throws NacosException {
    Set<String> seen = new HashSet<>();
    int total = -1;
    boolean isOneSet = true;
    for (int page = 1; page <= MOST_PAGES; page++) {
      ServiceListResponse answer =
          call(
              new ServiceListRequest(namespaceId, group, page, PAGE),
              naming(group, ""),
              ServiceListResponse.class);
      isOneSet &= total < 0 || total == answer.getCount();
      total = answer.getCount();
      List<String> found = answer.getServiceNames();
      if (found == null || found.isEmpty()) {
        break;
      }
      found.forEach(name -> seen.add(Answers.withoutGroup(name, group)));
      if (page * PAGE >= total) {
        break;
      }
    }
    names.addAll(seen);
    return isOneSet && seen.size() >= total;
  }

  @Override
  public void watchServices() throws NacosException {
    if (client.getConnectionAbility(AbilityKey.SERVER_FUZZY_WATCH) != AbilityStatus.SUPPORTED) {
      return;
    }
    long now = connection.get();
    if (watchedConnection.getAndSet(now) != now) {
      watch.reset();
    }
    NamingFuzzyWatchRequest request = watch.request();
    request.putAllHeader(login.headers(naming("", "")));
    // A refusal (too many patterns, too many services, no permission for all groups) leaves the
    // listing, which is read anyway.
    watch.limited(!client.request(request).isSuccess());
  }

  @Override
  public Registration subscribe(String group, String service) throws NacosException {
    SubscribeServiceResponse answer =
        call(
            new SubscribeServiceRequest(namespaceId, group, service, "", true),
            naming(group, service),
            SubscribeServiceResponse.class);
    return Answers.registration(group, service, present(answer.getServiceInfo()));
  }

  @Override
  public Registration query(String group, String service) throws NacosException {
    ServiceQueryRequest request = new ServiceQueryRequest(namespaceId, service, group);
    request.setCluster("");
    request.setHealthyOnly(false);
    QueryServiceResponse answer = call(request, naming(group, service), QueryServiceResponse.class);
    return Answers.registration(group, service, present(answer.getServiceInfo()));
  }

  @Override
  public void unsubscribe(String group, String service) throws NacosException {
    call(
        new SubscribeServiceRequest(namespaceId, group, service, "", false),
        naming(group, service),
        SubscribeServiceResponse.class);
  }

  @Override
  public Optional<String> config(String dataId, String group) throws NacosException {
    // The naming part calls the namespace that every server has 'public', the config part ''.
    String tenant = namespaceId.equals(NacosSettings.Namespace.PUBLIC.id()) ? "" : namespaceId;
    ConfigQueryRequest request = ConfigQueryRequest.build(dataId, group, tenant);
    request.putAllHeader(login.headers(NacosLogin.config(tenant, group, dataId)));
    Response response = client.request(request);
    if (response instanceof ConfigQueryResponse answer && answer.isSuccess()) {
      return Optional.ofNullable(answer.getContent()).filter(text -> !text.isBlank());
    }
    if (response.getErrorCode() == ConfigQueryResponse.CONFIG_NOT_FOUND) {
      return Optional.empty();
    }
    throw refused(response);
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

  private <T extends Response> T call(Request request, RequestResource resource, Class<T> type)
      throws NacosException {
    request.putAllHeader(login.headers(resource));
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
    String words = Objects.requireNonNullElse(response.getMessage(), "");
    if (response.getErrorCode() == NacosException.NO_RIGHT) {
      login.renew();
      // What the server calls a token that is not valid is a login that failed.
      words = login.trouble().orElse(words);
    }
    return new NacosException(response.getErrorCode(), words);
  }

  private RequestResource naming(String group, String service) {
    return RequestResource.namingBuilder()
        .setNamespace(namespaceId)
        .setGroup(group)
        .setResource(service)
        .build();
  }

  private @Nullable Response handlePush(Request request, Listener listener) {
    return switch (request) {
      case NotifySubscriberRequest push -> {
        Answers.pushed(push.getServiceInfo()).ifPresent(listener::pushed);
        yield new NotifySubscriberResponse();
      }
      case NamingFuzzyWatchSyncRequest batch -> {
        if (watch.synced(batch)) {
          listener.servicesChanged();
        }
        yield new NamingFuzzyWatchSyncResponse();
      }
      case NamingFuzzyWatchChangeNotifyRequest change -> {
        if (watch.changed(change)) {
          listener.servicesChanged();
        }
        yield new NamingFuzzyWatchChangeNotifyResponse();
      }
      default -> null;
    };
  }

  private static ServiceInfo present(@Nullable ServiceInfo info) throws NacosException {
    if (info == null || !info.isValid()) {
      throw new NacosException(NacosException.SERVER_ERROR, "The answer holds no service");
    }
    return info;
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
