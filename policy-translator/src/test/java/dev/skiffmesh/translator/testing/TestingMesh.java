package dev.skiffmesh.translator.testing;

import dev.skiffmesh.api.document.Decoded;
import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.document.Envelope;
import dev.skiffmesh.api.document.RawDocument;
import dev.skiffmesh.api.document.Violation;
import dev.skiffmesh.api.model.Dialect;
import dev.skiffmesh.api.model.EndpointSet;
import dev.skiffmesh.api.model.Locality;
import dev.skiffmesh.api.model.Protocol;
import dev.skiffmesh.api.model.ProxyIdentity;
import dev.skiffmesh.api.model.ProxyIdentity.ProxyPort;
import dev.skiffmesh.api.model.Service;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.model.Workload;
import dev.skiffmesh.api.model.World;
import dev.skiffmesh.api.policy.Policy;
import dev.skiffmesh.api.schema.Default;
import dev.skiffmesh.api.status.Finding;
import dev.skiffmesh.registry.core.DocumentReader;
import dev.skiffmesh.registry.core.ServiceDocuments;
import dev.skiffmesh.registry.core.ServiceDocuments.Registered;
import dev.skiffmesh.translator.Translation;
import dev.skiffmesh.translator.Translator;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.pcollections.TreePMap;

/**
 * A mesh read from one YAML text: services, policies, and {@code kind: Proxy} for who looks at it.
 *
 * @param translator that read it
 * @param world services, endpoints and those policies that are valid
 * @param violations of the policies that are not
 * @param proxies who looks; {@code trading/gateway} on Envoy 1.40 if the text names nobody
 */
public record TestingMesh(
    Translator translator,
    World world,
    SortedMap<DocumentKey, List<String>> violations,
    List<ProxyIdentity> proxies) {

  private static final DocumentReader READER = new DocumentReader();

  /** Which xDS a proxy of a test understands. */
  public enum Spoken {
    /** Envoy 1.40 over delta xDS. */
    ENVOY,
    /** Envoy 1.40 over state-of-the-world xDS. */
    ENVOY_SOTW,
    /** Envoy 1.34 over delta xDS. */
    ENVOY_OLD,
    /** grpc-java. */
    GRPC
  }

  /**
   * A {@code kind: Proxy} document's spec; its metadata names the workload's service.
   *
   * @param ports service port's name to the registered port number; the application is one above
   */
  public record ProxySpec(
      @Default("Envoy") Spoken dialect,
      SortedMap<String, String> labels,
      SortedMap<String, Integer> ports) {}

  /** Reads a text with all kinds. */
  public static TestingMesh read(String scope, String text) {
    return read(new Translator("skiff-system"), scope, text);
  }

  /** Reads a text; services, proxies and YAML must be right, policies may be anything. */
  public static TestingMesh read(Translator translator, String scope, String text) {
    DocumentReader.Content content = READER.read("test", scope, text);
    if (!content.findings().isEmpty()) {
      throw new IllegalArgumentException("The text must be readable, found " + content.findings());
    }
    World world = World.EMPTY;
    SortedMap<DocumentKey, List<String>> violations = new TreeMap<>();
    List<ProxyIdentity> proxies = new ArrayList<>();
    for (RawDocument document : content.documents()) {
      switch (document.key().kind()) {
        case ServiceDocuments.KIND ->
            world = with(world, right(ServiceDocuments.decode(document), document));
        case "Proxy" ->
            proxies.add(proxy(right(Envelope.decode(document.root(), ProxySpec.class), document)));
        default -> {
          switch (translator.decode(document, 1)) {
            case Decoded.Ok<Policy<?>>(Policy<?> policy) -> world = with(world, policy);
            case Decoded.Rejected<Policy<?>>(List<Violation> wrong) ->
                violations.put(document.key(), wrong.stream().map(v -> say(document, v)).toList());
          }
        }
      }
    }
    if (proxies.isEmpty()) {
      proxies.add(
          proxy(
              "trading", "gateway", new ProxySpec(Spoken.ENVOY, new TreeMap<>(), new TreeMap<>())));
    }
    return new TestingMesh(translator, world, violations, proxies);
  }

  /** The first document of a text. */
  public static RawDocument document(String text) {
    return READER.read("test", "input.yaml", text).documents().getFirst();
  }

  /** What the first proxy gets. */
  public Translation translation() {
    return translation(proxies.getFirst());
  }

  /** What one of the proxies gets. */
  public Translation translation(ProxyIdentity proxy) {
    return translator.translate(translator.view(translator.evaluate(world), proxy));
  }

  /** The same world with another policy. */
  public static World with(World world, Policy<?> policy) {
    return new World(
        world.services(), world.endpoints(), world.policies().plus(policy.key(), policy));
  }

  /** The same world with another service, without endpoints. */
  public static World with(World world, Service service) {
    return new World(
        world.services().plus(service.id(), service), world.endpoints(), world.policies());
  }

  private static World with(World world, Registered registered) {
    Service service = registered.service();
    TreePMap<ServiceId, EndpointSet> endpoints =
        world.endpoints().plus(service.id(), registered.endpoints());
    return new World(world.services().plus(service.id(), service), endpoints, world.policies());
  }

  private static <T> T right(Decoded<T> decoded, RawDocument document) {
    return switch (decoded) {
      case Decoded.Ok<T>(T value) -> value;
      case Decoded.Rejected<T>(List<Violation> violations) ->
          throw new IllegalArgumentException(
              violations.stream().map(v -> say(document, v)).toList().toString());
    };
  }

  /** As the command line says it. */
  private static String say(RawDocument document, Violation violation) {
    Finding finding = Finding.of(document, violation);
    return finding.where().orElse("") + ": `" + finding.field() + "` " + finding.message();
  }

  private static ProxyIdentity proxy(Envelope<ProxySpec> envelope) {
    return proxy(envelope.key().namespace(), envelope.key().name(), envelope.spec());
  }

  private static ProxyIdentity proxy(String namespace, String service, ProxySpec spec) {
    boolean grpc = spec.dialect() == Spoken.GRPC;
    List<ProxyPort> ports =
        spec.ports().entrySet().stream()
            .map(
                port ->
                    new ProxyPort(
                        port.getKey(), port.getValue(), port.getValue() + 1, Protocol.HTTP))
            .toList();
    return new ProxyIdentity(
        namespace
            + "/"
            + service
            + "/10.0.0.1:"
            + (ports.isEmpty() ? 0 : ports.getFirst().inbound()),
        new Workload(new ServiceId(namespace, service), spec.labels(), null),
        "10.0.0.1",
        ports,
        grpc ? 0 : 15_001,
        "sidecar",
        Locality.UNKNOWN,
        switch (spec.dialect()) {
          case ENVOY -> new Dialect.Envoy(1, 40, true);
          case ENVOY_SOTW -> new Dialect.Envoy(1, 40, false);
          case ENVOY_OLD -> new Dialect.Envoy(1, 34, true);
          case GRPC -> new Dialect.Grpc("java");
        });
  }
}
