package dev.skiffmesh.server.cli;

import picocli.CommandLine.Option;

/** {@code --help}, for every command; nobody reads the field but picocli. */
final class HelpOption {

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Shows this help and ends.")
  boolean help;
}
