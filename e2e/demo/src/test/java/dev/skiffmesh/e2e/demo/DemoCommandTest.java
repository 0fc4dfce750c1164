package dev.skiffmesh.e2e.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skiffmesh.server.cli.Skiff;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

class DemoCommandTest {

  @ParameterizedTest
  @CsvSource({"demo, FILE", "demo --registry file, FILE", "demo --registry nacos --once, NACOS"})
  void theRegistryIsWrittenAsTheHelpSays(String line, DemoCommand.Registry registry) {
    ParseResult parsed = Skiff.commandLine().parseArgs(line.split(" ")).subcommand();

    assertThat(parsed.commandSpec().findOption("--registry").<Object>getValue())
        .isEqualTo(registry);
  }

  @ParameterizedTest
  @ValueSource(strings = {"nacso", "", "etcd"})
  void anotherWordIsRefused(String word) {
    assertThatThrownBy(() -> Skiff.commandLine().parseArgs("demo", "--registry", word))
        .isInstanceOf(ParameterException.class)
        .hasMessageContaining("must be 'file' or 'nacos', found '" + word + "'");
  }
}
