package dev.skiffmesh.server.cli;

import dev.skiffmesh.api.model.EndpointSet;
import dev.skiffmesh.api.model.World;
import dev.skiffmesh.api.status.Finding;
import dev.skiffmesh.server.admin.ApiForm;
import dev.skiffmesh.translator.Evaluation;
import dev.skiffmesh.translator.PolicyEffect;
import dev.skiffmesh.translator.Translation;
import dev.skiffmesh.translator.Translator;
import dev.skiffmesh.translator.resource.Resource;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What a proxy would be sent, without a server. */
@Command(
    name = "translate",
    description = "Shows what a proxy would be sent for documents in files, without a server.",
    footer = {
      "",
      "Findings go to stderr; ends with 1 if there is an error or a warning.",
      "",
      "Examples:",
      "  skiff translate -f examples/demo --proxy trading/gateway -o json",
      "  skiff translate -f examples/demo --proxy trading/order/127.0.0.1:9001",
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

  @Mixin HelpOption help = new HelpOption();
  @Mixin private Output output = new Output();

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
      description =
          "NAMESPACE/SERVICE for the proxy of its first endpoint, or"
              + " NAMESPACE/SERVICE/ADDRESS:PORT.")
  private String proxy = "";

  @Option(
      names = "--dialect",
      paramLabel = "DIALECT",
      defaultValue = "envoy",
      description = "envoy (1.40), envoy-sotw or grpc (default: ${DEFAULT-VALUE}).")
  private String dialect = "";

  @Option(
      names = "--to",
      paramLabel = "VIEW",
      defaultValue = "xds",
      description = "model, xds or status (default: ${DEFAULT-VALUE}).")
  private Target target = Target.XDS;

  @Override
  public Integer call() {
    Translator translator = new Translator(OfflineMesh.ROOT_NAMESPACE);
    ProxyName name = ProxyName.parse(proxy, dialect);
    OfflineMesh mesh = OfflineMesh.read(translator, paths);
    World world = mesh.world();
    name.doubts(world).forEach(output::say);
    Evaluation evaluation = translator.evaluate(world);
    Translation translation =
        translator.translate(translator.view(evaluation, name.identity(world)));
    List<Finding> findings = new ArrayList<>(mesh.findings());
    findings.addAll(evaluation.findings());
    findings.addAll(translation.findings());
    switch (target) {
      case MODEL -> ModelView.print(world, output);
      case XDS -> resources(resources(translator, world, translation));
      case STATUS -> status(evaluation, translation);
    }
    findings.stream().distinct().forEach(finding -> output.say(OfflineMesh.line(finding)));
    return OfflineMesh.exitCode(findings);
  }

  private static List<Resource> resources(
      Translator translator, World world, Translation translation) {
    List<Resource> resources = new ArrayList<>();
    translation.resources().byKind().forEach((_, named) -> resources.addAll(named.values()));
    for (String name : translation.resources().assignmentNames()) {
      resources.add(
          translator.assignment(
              name,
              translator
                  .assignmentService(name)
                  .map(world::endpointsOf)
                  .orElse(EndpointSet.EMPTY)));
    }
    return resources;
  }

  private void resources(List<Resource> resources) {
    Table table = ProxyCommand.resources();
    for (Resource resource : resources) {
      table.row(
          resource.kind().shortName(),
          resource.name(),
          resource.provenance().policies().stream()
              .map(Object::toString)
              .collect(Collectors.joining(", ")),
          resource.version());
    }
    output.print(ApiForm.resources(resources), table, "Nothing.");
  }

  private void status(Evaluation evaluation, Translation translation) {
    Table table = Table.of("KIND", "NAME", "ACCEPTED", "ON THIS PROXY");
    List<Object> items = new ArrayList<>();
    evaluation
        .acceptances()
        .forEach(
            (key, acceptance) -> {
              PolicyEffect effect = translation.effects().get(key);
              String reason = ApiForm.word(acceptance.reason());
              String outcome = effect == null ? "NotTargeted" : ApiForm.word(effect.outcome());
              String message = message(acceptance.message(), effect);
              Map<String, Object> item = new LinkedHashMap<>();
              item.put("kind", key.kind());
              item.put("namespace", key.namespace());
              item.put("name", key.name());
              item.put("accepted", acceptance.accepted());
              item.put("reason", reason);
              item.put("outcome", outcome);
              item.put("message", message);
              items.add(item);
              table.noted(
                  message,
                  key.kind(),
                  key.namespace() + "/" + key.name(),
                  acceptance.accepted() ? "True" : reason,
                  outcome);
            });
    output.print(Map.of("items", items), table, "No policies.");
  }

  private static String message(String acceptance, @Nullable PolicyEffect effect) {
    return effect == null || effect.message().isEmpty()
        ? acceptance
        : acceptance.isEmpty() ? effect.message() : acceptance + "; " + effect.message();
  }
}
