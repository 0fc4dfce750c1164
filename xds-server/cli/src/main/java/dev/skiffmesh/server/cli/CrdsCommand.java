package dev.skiffmesh.server.cli;

import dev.skiffmesh.translator.policy.PolicyKind;
import dev.skiffmesh.translator.policy.PolicyKinds;
import dev.skiffmesh.translator.reference.CustomResources;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** What Kubernetes must be told of the policy kinds. */
@Command(
    name = "crds",
    description = "Prints the Kubernetes custom resource definitions of all policy kinds.",
    footer = {"", "Example:", "  skiff crds | kubectl apply --server-side -f -"})
final class CrdsCommand implements Callable<Integer> {

  @Mixin HelpOption help = new HelpOption();

  @Spec private CommandSpec command = CommandSpec.create();

  @Override
  public Integer call() {
    PrintWriter out = command.commandLine().getOut();
    out.print(
        PolicyKinds.ALL.stream()
            .map(PolicyKind::descriptor)
            .map(CustomResources::yaml)
            .collect(Collectors.joining("---\n")));
    out.flush();
    return Skiff.OK;
  }
}
