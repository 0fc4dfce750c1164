package dev.skiffmesh.e2e.bench;

import dev.skiffmesh.api.model.Endpoint;
import dev.skiffmesh.api.model.EndpointKey;
import dev.skiffmesh.api.model.EndpointSet;
import dev.skiffmesh.api.model.Health;
import dev.skiffmesh.api.model.Locality;
import dev.skiffmesh.api.model.Protocol;
import dev.skiffmesh.api.model.Service;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.model.ServicePort;
import dev.skiffmesh.api.source.Source;
import dev.skiffmesh.api.source.SourceEvent;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A registry in memory that holds services {@code svc-0000}, {@code svc-0001}, ... of namespace
 * {@value #NAMESPACE}, each with one HTTP port and the same number of endpoints, and that changes
 * when it is told to. Thread-safe.
 */
public final class SyntheticRegistry implements Source {

  /** Where all services are. */
  public static final String NAMESPACE = "bench";

  private static final String NAME = "synthetic";
  private static final String PORT_NAME = "http";
  private static final int INSTANCE_PORT = 8080;

  /** Addresses are 10.100.0.1 and up: 250 services to a second byte, 250 endpoints to a service. */
  private static final int MOST_SERVICES = 100 * 250;

  private final int services;
  private final int endpoints;
  private @Nullable Sink sink;

  /**
   * Nothing is told before {@link #start}.
   *
   * @param services from 1 to 25,000
   * @param endpoints of each service, from 1 to 250
   */
  public SyntheticRegistry(int services, int endpoints) {
    if (services < 1 || services > MOST_SERVICES || endpoints < 1 || endpoints > 250) {
      throw new IllegalArgumentException(
          "There must be 1 to %d services of 1 to 250 endpoints, found %d of %d"
              .formatted(MOST_SERVICES, services, endpoints));
    }
    this.services = services;
    this.endpoints = endpoints;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String type() {
    return NAME;
  }

  @Override
  public synchronized void start(Sink to) {
    sink = to;
    SortedMap<ServiceId, Service> all = new TreeMap<>();
    for (int k = 0; k < services; k++) {
      Service service = service(serviceName(k));
      all.put(service.id(), service);
    }
    to.accept(new SourceEvent.ServicesReplaced("mesh", all));
    for (int k = 0; k < services; k++) {
      to.accept(endpoints(k, null));
    }
    to.accept(new SourceEvent.Synced());
  }

  /** How many services there were at the start. */
  public int services() {
    return services;
  }

  /**
   * Gives one endpoint of service {@code k} another address.
   *
   * @param k from 0 to below {@link #services()}
   */
  public void change(int k, String address) {
    if (k < 0 || k >= services) {
      throw new IllegalArgumentException(
          "`k` must be from 0 to below " + services + ", found " + k);
    }
    tell(endpoints(k, address));
  }

  /**
   * Adds the service {@code new-<n>}.
   *
   * @param address of its only endpoint
   */
  public void add(int n, String address) {
    Service service = service("new-" + n);
    SortedMap<ServiceId, Service> alone = new TreeMap<>();
    alone.put(service.id(), service);
    // A scope of its own, as a file or a Nacos service is one.
    tell(new SourceEvent.ServicesReplaced(service.id().name(), alone));
    tell(
        new SourceEvent.EndpointsReplaced(
            service.id(), new EndpointSet(List.of(endpoint(0, address)))));
  }

  @Override
  public synchronized void close() {
    sink = null;
  }

  private synchronized void tell(SourceEvent event) {
    if (sink != null) {
      sink.accept(event);
    }
  }

  private static String serviceName(int k) {
    return String.format(Locale.ROOT, "svc-%04d", k);
  }

  private static Service service(String name) {
    return new Service(
        new ServiceId(NAMESPACE, name),
        new TreeSet<>(),
        List.of(new ServicePort(PORT_NAME, 80, Protocol.HTTP)),
        new TreeSet<>(),
        List.of(NAME));
  }

  private SourceEvent endpoints(int k, @Nullable String first) {
    List<Endpoint> all = new ArrayList<>();
    for (int i = 0; i < endpoints; i++) {
      String own = "10." + (100 + k / 250) + "." + k % 250 + "." + (i + 1);
      all.add(endpoint(i, i == 0 && first != null ? first : own));
    }
    return new SourceEvent.EndpointsReplaced(
        new ServiceId(NAMESPACE, serviceName(k)), new EndpointSet(all));
  }

  private static Endpoint endpoint(int number, String address) {
    SortedMap<String, Integer> ports = new TreeMap<>();
    ports.put(PORT_NAME, INSTANCE_PORT);
    return new Endpoint(
        new EndpointKey(NAME, "", String.format(Locale.ROOT, "%03d", number)),
        address,
        ports,
        BigDecimal.ONE,
        Health.HEALTHY,
        true,
        new Locality("r1", "z1", ""),
        new TreeMap<>());
  }
}
