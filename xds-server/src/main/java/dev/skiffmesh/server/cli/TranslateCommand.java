package dev.skiffmesh.server.cli;

import dev.skiffmesh.api.model.Dialect;
import dev.skiffmesh.api.model.Endpoint;
import dev.skiffmesh.api.model.EndpointSet;
import dev.skiffmesh.api.model.Immutable;
import dev.skiffmesh.api.model.Locality;
import dev.skiffmesh.api.model.ProxyIdentity;
import dev.skiffmesh.api.model.Service;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.model.ServicePort;
import dev.skiffmesh.api.model.Workload;
import dev.skiffmesh.api.model.World;
import dev.skiffmesh.api.status.Finding;
import dev.skiffmesh.server.admin.ResourcePrinter;
import dev.skiffmesh.translator.Evaluation;
import dev.skiffmesh.translator.Translation;
import dev.skiffmesh.translator.Translator;
import dev.skiffmesh.translator.resource.Resource;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;

/** What a proxy would be sent, without a server. */
@Command(
    name = "translate",
    description = "Shows what a proxy would be sent for documents in files.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Examples:",
      "  skiff translate -f examples/demo --proxy trading/gateway",
      "  skiff translate -f examples/demo --proxy trading/gateway --to status"
    })
final class TranslateCommand implements Callable<Integer> {

  /** What is shown. */
  enum Target {
    /** Services and policies as they were understood. */
    MODEL,
    /** Envoy's resources. */
    XDS,
    /** What would be said of each policy. */
    STATUS
  }

  @Option(
      names = {"-f", "--file"},
      required = true,
      arity = "1..*",
      paramLabel = "PATH",
      description = "Files and folders of YAML.")
  private List<Path> paths = new ArrayList<>();

  @Option(
      names = "--proxy",
      required = true,
      paramLabel = "NAME",
      description = "The service beside the proxy: NAMESPACE/SERVICE, or SERVICE in 'default'.")
  private String proxy = "";

  @Option(
      names = "--dialect",
      paramLabel = "DIALECT",
      defaultValue = "envoy",
      description = "envoy (1.40, default), envoy-sotw or grpc.")
  private String dialect = "";

  @Option(
      names = "--to",
      paramLabel = "FORM",
      defaultValue = "XDS",
      description = "model, xds (default) or status.")
  private Target target = Target.XDS;

  @Override
  public Integer call() {
    Translator translator = new Translator("skiff-system");
    OfflineMesh mesh = OfflineMesh.read(translator, paths);
    World world = mesh.world();
    Evaluation evaluation = translator.evaluate(world);
    Translation translation = translator.translate(translator.view(evaluation, identity(world)));
    List<Finding> findings = new ArrayList<>(mesh.findings());
    findings.addAll(evaluation.findings());
    findings.addAll(translation.findings());
    Object shown =
        switch (target) {
          case MODEL -> model(world);
          case XDS -> resources(translator, world, translation);
          case STATUS -> status(evaluation, translation);
        };
    System.out.println(
        JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(shown));
    findings.forEach(finding -> System.err.println(OfflineMesh.line(finding)));
    return findings.isEmpty() ? Skiff.OK : Skiff.FINDING;
  }

  private ProxyIdentity identity(World world) {
    ServiceId id;
    try {
      id = proxy.contains("/") ? ServiceId.parse(proxy) : new ServiceId("default", proxy);
    } catch (IllegalArgumentException e) {
      throw new CommandFailure(
          Skiff.USAGE, "`--proxy` must be NAMESPACE/SERVICE: " + e.getMessage());
    }
    Service service = world.services().get(id);
    EndpointSet endpoints = world.endpointsOf(id);
    Endpoint first = endpoints.endpoints().isEmpty() ? null : endpoints.endpoints().getFirst();
    List<ProxyIdentity.ProxyPort> ports = new ArrayList<>();
    if (service != null && first != null) {
      for (ServicePort port : service.ports()) {
        Integer number = first.ports().get(port.name());
        if (number != null) {
          ports.add(new ProxyIdentity.ProxyPort(port.name(), number, number, port.protocol()));
        }
      }
    }
    String address = first == null ? "127.0.0.1" : first.address();
    return new ProxyIdentity(
        id + "/" + address,
        new Workload(id, Immutable.sortedMap(first == null ? Map.of() : first.labels()), null),
        address,
        ports,
        15_001,
        "sidecar",
        first == null ? Locality.UNKNOWN : first.locality(),
        dialect());
  }

  private Dialect dialect() {
    return switch (dialect.toLowerCase(Locale.ROOT)) {
      case "envoy" -> new Dialect.Envoy(1, 40, true);
      case "envoy-sotw" -> new Dialect.Envoy(1, 40, false);
      case "grpc" -> new Dialect.Grpc("java");
      default ->
          throw new CommandFailure(
              Skiff.USAGE,
              "`--dialect` must be 'envoy', 'envoy-sotw' or 'grpc', found '" + dialect + "'");
    };
  }

  private static Object model(World world) {
    Map<String, Object> services = new LinkedHashMap<>();
    world
        .services()
        .forEach(
            (id, service) -> {
              Map<String, Object> shown = new LinkedHashMap<>();
              shown.put("aliases", service.aliases());
              shown.put("ports", service.ports().stream().map(Object::toString).toList());
              shown.put(
                  "endpoints",
                  world.endpointsOf(id).endpoints().stream().map(Object::toString).toList());
              services.put(id.toString(), shown);
            });
    Map<String, Object> policies = new LinkedHashMap<>();
    world
        .policies()
        .forEach((key, policy) -> policies.put(key.toString(), policy.spec().toString()));
    Map<String, Object> model = new LinkedHashMap<>();
    model.put("services", services);
    model.put("policies", policies);
    return model;
  }

  private static Object resources(Translator translator, World world, Translation translation) {
    Map<String, List<Object>> shown = new LinkedHashMap<>();
    translation
        .resources()
        .byKind()
        .forEach((kind, resources) -> resources.values().forEach(resource -> add(shown, resource)));
    for (String name : translation.resources().assignmentNames()) {
      EndpointSet endpoints =
          translator.assignmentService(name).map(world::endpointsOf).orElse(EndpointSet.EMPTY);
      add(shown, translator.assignment(name, endpoints));
    }
    return shown;
  }

  private static void add(Map<String, List<Object>> shown, Resource resource) {
    shown
        .computeIfAbsent(resource.kind().shortName(), kind -> new ArrayList<>())
        .add(ResourcePrinter.tree(resource));
  }

  private static Object status(Evaluation evaluation, Translation translation) {
    Map<String, Object> shown = new LinkedHashMap<>();
    evaluation
        .acceptances()
        .forEach(
            (key, acceptance) -> {
              Map<String, Object> one = new LinkedHashMap<>();
              one.put("accepted", acceptance.accepted());
              one.put("reason", acceptance.reason().toString());
              one.put("message", acceptance.message());
              var effect = translation.effects().get(key);
              one.put("effect", effect == null ? "no target here" : effect.outcome().toString());
              one.put("effectMessage", effect == null ? "" : effect.message());
              shown.put(key.toString(), one);
            });
    return shown;
  }
}
