package dev.skiffmesh.server.cli;

import dev.skiffmesh.api.status.Finding;
import dev.skiffmesh.translator.Translator;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Checks documents without a server. */
@Command(
    name = "validate",
    description =
        "Checks policies and services in files, by the same functions as the server: each document by"
            + " itself.",
    mixinStandardHelpOptions = true,
    footer = {"", "Example:", "  skiff validate -f policies/ -f services/"})
final class ValidateCommand implements Callable<Integer> {

  @Option(
      names = {"-f", "--file"},
      required = true,
      arity = "1..*",
      paramLabel = "PATH",
      description = "Files and folders of YAML.")
  private List<Path> paths = new ArrayList<>();

  @Override
  public Integer call() {
    OfflineMesh mesh = OfflineMesh.read(new Translator("skiff-system"), paths);
    for (Finding finding : mesh.findings()) {
      System.out.println(OfflineMesh.line(finding));
    }
    if (mesh.findings().isEmpty()) {
      System.err.println(mesh.documents() + " documents, all valid");
      return Skiff.OK;
    }
    System.err.println(mesh.documents() + " documents, " + mesh.findings().size() + " findings");
    return Skiff.FINDING;
  }
}
