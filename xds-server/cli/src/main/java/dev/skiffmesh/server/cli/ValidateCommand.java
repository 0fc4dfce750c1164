package dev.skiffmesh.server.cli;

import dev.skiffmesh.api.status.Finding;
import dev.skiffmesh.server.admin.ApiForm;
import dev.skiffmesh.translator.Translator;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Checks documents without a server. */
@Command(
    name = "validate",
    description =
        "Checks policies and services in files, by the same functions as the server: each document"
            + " by itself, so that a policy's target may be elsewhere.",
    footer = {
      "",
      "Prints a line for each thing that is wrong, as FILE:LINE, and ends with 1 if there is any.",
      "",
      "Examples:",
      "  skiff validate -f policies/ -f services/",
      "  skiff validate -f order-canary.yaml -o json"
    })
final class ValidateCommand implements Callable<Integer> {

  @Mixin HelpOption help = new HelpOption();
  @Mixin private Output output = new Output();

  @Option(
      names = {"-f", "--file"},
      required = true,
      arity = "1..*",
      paramLabel = "PATH",
      description = "Files and folders of YAML.")
  private List<Path> paths = new ArrayList<>();

  @Override
  public Integer call() {
    OfflineMesh mesh = OfflineMesh.read(new Translator(OfflineMesh.ROOT_NAMESPACE), paths);
    List<Finding> findings = mesh.findings();
    if (output.isData()) {
      output.data(ApiForm.findings(findings));
    } else {
      output.text(
          findings.stream().map(one -> OfflineMesh.line(one) + "\n").collect(Collectors.joining()));
    }
    String documents = mesh.documents() == 1 ? "1 document" : mesh.documents() + " documents";
    output.say(
        findings.isEmpty()
            ? documents + ", all valid"
            : documents + ", " + findings.size() + " to be looked at");
    return OfflineMesh.exitCode(findings);
  }
}
