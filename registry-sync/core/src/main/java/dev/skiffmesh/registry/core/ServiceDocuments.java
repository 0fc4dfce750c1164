package dev.skiffmesh.registry.core;

import dev.skiffmesh.api.document.Decoded;
import dev.skiffmesh.api.document.Envelope;
import dev.skiffmesh.api.document.NameForm;
import dev.skiffmesh.api.document.RawDocument;
import dev.skiffmesh.api.document.RawNode;
import dev.skiffmesh.api.document.Violation;
import dev.skiffmesh.api.document.Violations;
import dev.skiffmesh.api.model.Endpoint;
import dev.skiffmesh.api.model.EndpointKey;
import dev.skiffmesh.api.model.EndpointSet;
import dev.skiffmesh.api.model.Immutable;
import dev.skiffmesh.api.model.Locality;
import dev.skiffmesh.api.model.Service;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.model.ServicePort;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * {@code kind: Service} documents: what a registry of documents (files, etcd) says of services.
 * Pure and thread-safe.
 */
public final class ServiceDocuments {

  /** The documents' kind. */
  public static final String KIND = "Service";

  private ServiceDocuments() {}

  /**
   * A service with its endpoints, as one document gives them.
   *
   * @param endpoints keyed by {@code address:port}
   */
  public record Registered(Service service, EndpointSet endpoints) {}

  /**
   * Understands one document; never throws. All that is wrong with it is reported at once.
   *
   * @param document of kind {@link #KIND}
   */
  public static Decoded<Registered> decode(RawDocument document) {
    Envelope.Rules<ServiceSpec> rules =
        (spec, violations) ->
            new Rules(document.root(), document.key().name(), spec, violations).check();
    return switch (Envelope.decode(document.root(), ServiceSpec.class, rules)) {
      case Decoded.Rejected<Envelope<ServiceSpec>>(List<Violation> violations) ->
          new Decoded.Rejected<>(violations);
      case Decoded.Ok<Envelope<ServiceSpec>>(Envelope<ServiceSpec> envelope) ->
          new Decoded.Ok<>(registered(envelope, document.origin().source()));
    };
  }

  private static Registered registered(Envelope<ServiceSpec> envelope, String registry) {
    ServiceSpec spec = envelope.spec();
    List<ServicePort> ports =
        spec.ports().stream()
            .map(port -> new ServicePort(port.knownName(), port.port(), port.protocol()))
            .toList();
    Service service =
        new Service(
            new ServiceId(envelope.key().namespace(), envelope.key().name()),
            Immutable.sortedSet(spec.aliases()),
            ports,
            Immutable.sortedSet(List.of()),
            List.of(registry),
            spec.externalName());
    List<Endpoint> endpoints =
        spec.endpoints().stream().map(endpoint -> endpoint(endpoint, ports, registry)).toList();
    return new Registered(service, new EndpointSet(endpoints));
  }

  private static Endpoint endpoint(
      ServiceSpec.EndpointSpec endpoint, List<ServicePort> ports, String registry) {
    SortedMap<String, Integer> numbers = numbers(endpoint, ports.getFirst().name());
    return new Endpoint(
        new EndpointKey(registry, "", endpoint.address() + ":" + identifying(numbers, ports)),
        endpoint.address(),
        numbers,
        endpoint.weight(),
        endpoint.health(),
        endpoint.enabled(),
        new Locality(endpoint.region(), endpoint.zone(), endpoint.subZone()),
        Immutable.sortedMap(endpoint.labels()),
        endpoint.additionalAddresses());
  }

  private static SortedMap<String, Integer> numbers(
      ServiceSpec.EndpointSpec endpoint, String onlyPort) {
    SortedMap<String, Integer> numbers = new TreeMap<>(endpoint.ports());
    if (endpoint.port() != null) {
      numbers.put(onlyPort, endpoint.port());
    }
    return numbers;
  }

  /** The number under the service's first port that the instance serves. */
  private static int identifying(SortedMap<String, Integer> numbers, List<ServicePort> ports) {
    for (ServicePort port : ports) {
      Integer number = numbers.get(port.name());
      if (number != null) {
        return number;
      }
    }
    return 0;
  }

  /** What the fields must keep to together. */
  private record Rules(RawNode root, String name, ServiceSpec spec, Violations violations) {

    void check() {
      if (!ServiceId.isLabel(name)) {
        refuse(
            "metadata.name",
            () ->
                "must be "
                    + NameForm.LABEL_MEANING
                    + ", since it is a host name, found the text '"
                    + name
                    + "'; what else the service is called goes into `spec.aliases`");
      }
      differ("name", ServiceSpec.PortSpec::knownName);
      differ("port", ServiceSpec.PortSpec::port);
      List<String> names = spec.ports().stream().map(ServiceSpec.PortSpec::knownName).toList();
      Map<String, Integer> places = new HashMap<>();
      for (int i = 0; i < spec.endpoints().size(); i++) {
        endpoint(i, names);
        ServiceSpec.EndpointSpec endpoint = spec.endpoints().get(i);
        places(places, i, endpoint.address());
        for (String further : endpoint.additionalAddresses()) {
          places(places, i, further);
        }
      }
    }

    private void places(Map<String, Integer> places, int index, String address) {
      for (Integer number : numbers(spec.endpoints().get(index), "").values()) {
        Integer first = places.putIfAbsent(address + ":" + number, index);
        if (first != null) {
          refuse(
              endpointPath(index),
              () ->
                  "must have an address and port of its own, found "
                      + address
                      + ":"
                      + number
                      + ", which `spec.endpoints["
                      + first
                      + "]` has too");
        }
      }
    }

    private void differ(String field, Function<ServiceSpec.PortSpec, Object> value) {
      Map<Object, Integer> first = new HashMap<>();
      List<ServiceSpec.PortSpec> ports = spec.ports();
      for (int i = 0; i < ports.size(); i++) {
        Object found = value.apply(ports.get(i));
        Integer earlier = first.putIfAbsent(found, i);
        if (earlier != null) {
          refuse(
              "spec.ports[" + i + "]." + field,
              () ->
                  "must differ from the service's other ports, found '"
                      + found
                      + "', which `spec.ports["
                      + earlier
                      + "]` has too");
        }
      }
    }

    private void endpoint(int index, List<String> names) {
      ServiceSpec.EndpointSpec endpoint = spec.endpoints().get(index);
      String path = endpointPath(index);
      literal(path + ".address", endpoint.address());
      for (int i = 0; i < endpoint.additionalAddresses().size(); i++) {
        literal(path + ".additionalAddresses[" + i + "]", endpoint.additionalAddresses().get(i));
      }
      if (endpoint.port() != null && names.size() > 1) {
        refuse(
            path + ".port",
            () ->
                "must be `ports` with a number under each name, since the service has several"
                    + " ports: "
                    + known(names));
      }
      for (String name : endpoint.ports().keySet()) {
        if (!names.contains(name)) {
          refuse(
              path + ".ports." + name,
              () -> "must be one of the service's ports, which are " + known(names));
        }
      }
      if (endpoint.port() == null && endpoint.ports().isEmpty()) {
        refuse(
            path + ".ports", () -> "must have at least one port of the service: " + known(names));
      }
    }

    private static String known(List<String> names) {
      return names.stream().map(name -> "`" + name + "`").collect(Collectors.joining(", "));
    }

    private void literal(String path, String address) {
      if (!IpAddresses.isLiteral(address)) {
        refuse(
            path,
            () ->
                "must be an IP address, since nobody resolves host names here, found the text '"
                    + address
                    + "'");
      }
    }

    private void refuse(String path, Supplier<String> message) {
      violations.add(root, path, message);
    }

    private static String endpointPath(int index) {
      return "spec.endpoints[" + index + "]";
    }
  }
}
