package dev.skiffmesh.registry.nacos;

import dev.skiffmesh.api.model.Endpoint;
import dev.skiffmesh.api.model.EndpointKey;
import dev.skiffmesh.api.model.EndpointSet;
import dev.skiffmesh.api.model.Health;
import dev.skiffmesh.api.model.ServicePort;
import dev.skiffmesh.api.status.Finding;
import dev.skiffmesh.api.status.FindingCode;
import dev.skiffmesh.registry.core.DubboWords;
import dev.skiffmesh.registry.core.EntryValues;
import dev.skiffmesh.registry.core.InstanceMetadata;
import dev.skiffmesh.registry.core.MalformedEntryException;
import dev.skiffmesh.registry.core.PortKind;
import dev.skiffmesh.registry.nacos.DubboMetadata.ProtocolPort;
import dev.skiffmesh.registry.nacos.Registration.RegisteredInstance;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Turns what Nacos says of a service into what the mesh uses. Pure: equal input gives an equal
 * result, in whatever order the instances stand.
 *
 * <p>An instance that makes no sense is left out with a finding; its neighbours stay. So is a value
 * that it does not need, and the instance stays.
 */
final class NacosMapper {

  private static final String CONTROL_DATA = "preserved.";

  /**
   * What bridges between registries put on the entries that they write (Higress: {@code
   * register-resource=mcp-bridge}). What stands behind them is read where it comes from; to read it
   * here too would count it twice, and would keep alive what went there.
   */
  private static final String BRIDGE_MARK = "register-resource";

  /** Nacos's cluster of whoever names none. */
  private static final String USUAL_CLUSTER = "DEFAULT";

  /** Where one address and port stands twice, the better one counts, whatever the order. */
  private static final Comparator<RegisteredInstance> BETTER_FIRST =
      Comparator.comparing(RegisteredInstance::healthy)
          .thenComparing(RegisteredInstance::enabled)
          .thenComparingDouble(RegisteredInstance::weight)
          .thenComparing(instance -> instance.metadata().toString())
          .reversed();

  private final String source;

  /**
   * A mapper for one source.
   *
   * @param source the source's name, which becomes part of the endpoints' keys
   */
  NacosMapper(String source) {
    this.source = source;
  }

  /**
   * What the registration means.
   *
   * @param before what the service was; gives the ports when no instance is left, and the last
   *     health that was not made up while Nacos's protect threshold is reached
   */
  MappedService map(NacosPortion portion, Registration registration, MappedService before) {
    Entries entries = new Entries(portion, registration);
    List<RegisteredInstance> instances =
        registration.instances().stream()
            .filter(instance -> instance.metadata(BRIDGE_MARK).isEmpty())
            .sorted(BETTER_FIRST)
            .toList();
    SortedMap<EndpointKey, Endpoint> endpoints = new TreeMap<>();
    SortedMap<EndpointKey, String> revisions = new TreeMap<>();
    for (RegisteredInstance instance : instances) {
      Optional<Endpoint> mapped = entries.endpoint(instance);
      if (mapped.isEmpty()) {
        continue;
      }
      Endpoint endpoint = mapped.get();
      if (endpoints.putIfAbsent(endpoint.key(), endpoint) == null) {
        DubboMetadata.revision(instance)
            .ifPresent(revision -> revisions.put(endpoint.key(), revision));
      } else {
        entries.malformed(instance, "must stand once, found it twice; the better counts");
      }
    }
    if (registration.isProtected()) {
      entries.protectThreshold();
      keepLastHealth(endpoints, before.endpoints());
    }
    List<ServicePort> ports = PortKind.ofService(endpoints.values());
    return new MappedService(
        ports.isEmpty() ? before.ports() : ports,
        new EndpointSet(List.copyOf(endpoints.values())),
        entries.findings(),
        revisions,
        instances.isEmpty() && (before.isForeign() || !registration.instances().isEmpty()));
  }

  /**
   * While the threshold is reached Nacos calls every instance healthy. One that was unhealthy is
   * not taken for recovered; of one that was not known before nothing better is known.
   */
  private static void keepLastHealth(
      SortedMap<EndpointKey, Endpoint> endpoints, EndpointSet before) {
    for (Endpoint old : before.endpoints()) {
      if (old.health() == Health.UNHEALTHY) {
        endpoints.computeIfPresent(old.key(), (key, now) -> withHealth(now, Health.UNHEALTHY));
      }
    }
  }

  private static Endpoint withHealth(Endpoint endpoint, Health health) {
    return new Endpoint(
        endpoint.key(),
        endpoint.address(),
        endpoint.ports(),
        endpoint.weight(),
        health,
        endpoint.enabled(),
        endpoint.locality(),
        endpoint.labels(),
        endpoint.additionalAddresses());
  }

  /** The entries of one registration, and what is wrong with them. */
  private final class Entries {

    private final NacosPortion portion;
    private final Registration registration;
    private final List<Finding> findings = new ArrayList<>();

    Entries(NacosPortion portion, Registration registration) {
      this.portion = portion;
      this.registration = registration;
    }

    List<Finding> findings() {
      return findings.stream().sorted(Comparator.comparing(Finding::toString)).distinct().toList();
    }

    Optional<Endpoint> endpoint(RegisteredInstance instance) {
      String address;
      try {
        address = EntryValues.address("ip", instance.ip());
        EntryValues.port("port", String.valueOf(instance.port()));
      } catch (MalformedEntryException malformed) {
        return malformed(instance, malformed.problem());
      }
      InstanceMetadata said = new InstanceMetadata(instance.metadata());
      boolean isDubbo = DubboMetadata.isDubbo(registration.service(), instance);
      BigDecimal weight = weight(instance, said);
      if (DubboMetadata.isInterface(registration.service())) {
        // Dubbo's clients go by the URL's weight and Nacos's console changes the other.
        weight = weight.multiply(said.dubboWeight());
      }
      Endpoint endpoint =
          new Endpoint(
              new EndpointKey(
                  source, instance.cluster().intern(), hostPort(address, instance.port())),
              address,
              ports(instance, said),
              weight,
              instance.healthy() ? Health.HEALTHY : Health.UNHEALTHY,
              instance.enabled() && !(isDubbo && DubboWords.areOfOneTakenOut(instance.metadata())),
              said.locality(zone(instance)),
              said.labels(
                  key ->
                      key.startsWith(CONTROL_DATA) || (isDubbo && DubboWords.isControlData(key))),
              said.furtherAddresses(address));
      said.problems().forEach(problem -> malformed(instance, problem));
      return Optional.of(endpoint);
    }

    Optional<Endpoint> malformed(RegisteredInstance instance, String problem) {
      findings.add(
          new Finding(
              FindingCode.MALFORMED_ENTRY,
              "instance " + instance.ip() + ":" + instance.port() + " of " + registration.service(),
              source + ": " + portion.name(),
              null,
              problem));
      return Optional.empty();
    }

    void protectThreshold() {
      findings.add(
          new Finding(
              FindingCode.PROTECT_THRESHOLD,
              "service " + registration.service(),
              source + ": " + portion.name(),
              null,
              "so few instances are healthy that Nacos reports all of them as healthy; those last"
                  + " known as unhealthy are still treated so"));
    }

    private static BigDecimal weight(RegisteredInstance instance, InstanceMetadata said) {
      double weight = instance.weight();
      if (Double.isFinite(weight) && weight >= 0) {
        // The decimal that was written: 0.1 and not the binary fraction nearest to it.
        return BigDecimal.valueOf(weight);
      }
      said.ignored("`weight` must be 0 or more, found '" + weight + "'", "with 1");
      return BigDecimal.ONE;
    }

    private SortedMap<String, Integer> ports(RegisteredInstance instance, InstanceMetadata said) {
      SortedMap<String, Integer> ports = mainPorts(instance, said);
      said.addFurtherPorts(ports);
      return ports;
    }

    private SortedMap<String, Integer> mainPorts(
        RegisteredInstance instance, InstanceMetadata said) {
      String listed = instance.metadata(DubboWords.ENDPOINTS);
      if (!listed.isEmpty()) {
        try {
          List<ProtocolPort> ports = DubboMetadata.endpoints(listed);
          if (!ports.isEmpty()) {
            return InstancePorts.ofApplication(instance, ports);
          }
        } catch (IllegalArgumentException e) {
          said.ignored(
              "metadata `" + DubboWords.ENDPOINTS + "` " + e.getMessage(), "with its main port");
        }
      }
      return InstancePorts.of(registration.service(), instance, said);
    }
  }

  /** What tells one instance of a cluster from another. */
  static String hostPort(String address, int port) {
    return (address.indexOf(':') < 0 ? address : "[" + address + "]") + ":" + port;
  }

  /**
   * Nacos has no zones. Its clients prefer instances of their own cluster, which is therefore the
   * zone where the metadata names none.
   */
  private static String zone(RegisteredInstance instance) {
    return instance.cluster().equals(USUAL_CLUSTER) ? "" : instance.cluster();
  }
}
