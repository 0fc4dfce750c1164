package dev.skiffmesh.server.cli;

import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;

/** A completion script. */
@Command(
    name = "completion",
    description = "Prints a completion script for bash and zsh.",
    mixinStandardHelpOptions = true,
    footer = {"", "Example:", "  source <(skiff completion)"})
final class CompletionCommand implements Callable<Integer> {
  @Override
  public Integer call() {
    System.out.print(AutoComplete.bash("skiff", Skiff.commandLine()));
    return Skiff.OK;
  }
}
