package dev.skiffmesh.translator.testing;

import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.model.ProxyIdentity;
import dev.skiffmesh.api.status.Finding;
import dev.skiffmesh.translator.Acceptance;
import dev.skiffmesh.translator.Evaluation;
import dev.skiffmesh.translator.PolicyEffect;
import dev.skiffmesh.translator.Translation;
import dev.skiffmesh.translator.resource.Resource;
import dev.skiffmesh.translator.resource.ResourceKind;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What becomes of a mesh, as the texts that golden cases keep. */
public final class GoldenOutputs {

  private static final Pattern SHOWS = Pattern.compile("\\A# shows: ([a-z, -]+)\n");

  private GoldenOutputs() {}

  /** The outputs that a case's first line asks for. */
  public static SortedSet<String> asked(String input) {
    Matcher shows = SHOWS.matcher(input);
    if (!shows.find()) {
      throw new IllegalArgumentException("The first line must be '# shows: <outputs>'");
    }
    return new TreeSet<>(Arrays.asList(shows.group(1).split(", ", -1)));
  }

  /** File name to content. */
  public static SortedMap<String, String> of(TestingMesh mesh, Set<String> asked) {
    SortedMap<String, String> outputs = new TreeMap<>();
    for (String output : asked) {
      outputs.put(
          output + ".yaml",
          switch (output) {
            case "status" -> status(mesh);
            case "clusters" -> resources(mesh, ResourceKind.CLUSTER);
            case "listeners" -> resources(mesh, ResourceKind.LISTENER);
            case "routes" -> resources(mesh, ResourceKind.ROUTE);
            case "virtual-hosts" -> resources(mesh, ResourceKind.VIRTUAL_HOST);
            case "assignments" -> assignments(mesh);
            default -> throw new IllegalArgumentException("There is no output '" + output + "'");
          });
    }
    return outputs;
  }

  private static String status(TestingMesh mesh) {
    Evaluation evaluation = mesh.translator().evaluate(mesh.world());
    StringBuilder text = new StringBuilder("policies:\n");
    SortedSet<DocumentKey> policies = new TreeSet<>(mesh.violations().keySet());
    policies.addAll(mesh.world().policies().keySet());
    for (DocumentKey policy : policies) {
      text.append("  ").append(policy).append(":\n");
      Acceptance acceptance = evaluation.acceptances().get(policy);
      List<String> violations = mesh.violations().get(policy);
      if (violations != null) {
        text.append("    accepted: INVALID\n");
        violations.forEach(v -> text.append("      - ").append(v).append('\n'));
      } else if (acceptance != null) {
        text.append("    accepted: ").append(said(acceptance.reason(), acceptance.message()));
      }
      for (ProxyIdentity proxy : mesh.proxies()) {
        PolicyEffect effect = mesh.translation(proxy).effects().get(policy);
        if (effect != null) {
          text.append("    ").append(name(proxy)).append(": ");
          text.append(said(effect.outcome(), effect.message()));
        }
      }
    }
    Set<Finding> findings = new LinkedHashSet<>(evaluation.findings());
    mesh.proxies().forEach(proxy -> findings.addAll(mesh.translation(proxy).findings()));
    text.append("findings:").append(findings.isEmpty() ? " []\n" : "\n");
    findings.forEach(finding -> text.append("  - ").append(finding).append('\n'));
    return text.toString();
  }

  private static String said(Enum<?> word, String message) {
    return word + (message.isEmpty() ? "" : " (" + message + ")") + "\n";
  }

  private static String resources(TestingMesh mesh, ResourceKind kind) {
    StringBuilder text = new StringBuilder();
    for (ProxyIdentity proxy : mesh.proxies()) {
      Translation translation = mesh.translation(proxy);
      for (Resource resource : translation.resources().of(kind).values()) {
        text.append("--- # for ").append(name(proxy));
        if (!resource.provenance().policies().isEmpty()) {
          text.append(", shaped by ").append(resource.provenance().policies());
        }
        text.append('\n').append(ProtoYaml.print(resource));
      }
    }
    return text.toString();
  }

  private static String assignments(TestingMesh mesh) {
    SortedSet<String> names = new TreeSet<>();
    mesh.proxies()
        .forEach(proxy -> names.addAll(mesh.translation(proxy).resources().assignmentNames()));
    StringBuilder text = new StringBuilder();
    for (String name : names) {
      mesh.translator()
          .assignmentService(name)
          .map(service -> mesh.translator().assignment(name, mesh.world().endpointsOf(service)))
          .ifPresent(resource -> text.append("---\n").append(ProtoYaml.print(resource)));
    }
    return text.toString();
  }

  private static String name(ProxyIdentity proxy) {
    return proxy.workload().service() + " (" + proxy.dialect() + ")";
  }
}
