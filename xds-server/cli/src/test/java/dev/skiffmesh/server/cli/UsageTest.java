package dev.skiffmesh.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.server.testing.GeneratedPage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

/** What is said to whoever asks for help, or mistypes. */
final class UsageTest {

  static Stream<CommandLine> commands() {
    return all(Skiff.commandLine()).stream()
        .filter(command -> !command.getCommandName().equals("help"));
  }

  private static List<CommandLine> all(CommandLine command) {
    List<CommandLine> commands = new ArrayList<>(List.of(command));
    command.getSubcommands().values().forEach(sub -> commands.addAll(all(sub)));
    return commands;
  }

  @ParameterizedTest
  @MethodSource("commands")
  void every_command_has_help_with_an_example(CommandLine command) {
    assertThat(command.getUsageMessage(Ansi.OFF))
        .contains("-h, --help")
        .containsPattern("Examples?:\n  (source <\\()?skiff ");
    assertThat(command.getUsageMessage(Ansi.OFF).lines())
        .allMatch(line -> line.length() <= Table.WIDTH);
    assertThat(command.getCommandSpec().args())
        .allMatch(argument -> argument.description().length > 0);
  }

  @Test
  void the_page_is_what_the_commands_say() throws IOException {
    StringBuilder page = new StringBuilder();
    commands()
        .forEach(
            command ->
                page.append("## ")
                    .append(command.getCommandSpec().qualifiedName())
                    .append("\n\n```text\n")
                    .append(command.getUsageMessage(Ansi.OFF).stripTrailing())
                    .append("\n```\n\n"));
    GeneratedPage.check("cli.md", page.toString());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          serv                       | Did you mean: skiff serve?
          proxy stauts               | Did you mean: proxy status?
          get polices                | must be 'services', 'endpoints', 'proxies', 'policies', 'findings', 'scope', 'history' or 'registries', found 'polices'; did you mean 'policies'?
          get                        | Missing required parameter: 'WHAT'
          get history order          | A NAME cannot stand with history, found 'order'
          get services -o xml        | must be 'table', 'wide', 'json' or 'yaml', found 'xml'
          get services --sever x     | Possible solutions: --server
          get services --server ://  | `--server` must be a URL such as http://127.0.0.1:18080, found '://'
          proxy                      | Usage: skiff proxy
          validate                   | Missing required option: '--file=PATH'
          validate -f /nowhere       | `-f` must be a file or a folder, found nothing at '/nowhere'
          translate -f x --proxy a/b/c/d | `--proxy` must be NAMESPACE/SERVICE or NAMESPACE/SERVICE/ADDRESS:PORT, found 'a/b/c/d'
          translate -f x --proxy A_B | `--proxy` must be NAMESPACE/SERVICE
          translate -f x --proxy a --dialect go | `--dialect` must be 'envoy', 'envoy-sotw' or 'grpc', found 'go'
          serve --config /nowhere    | `--config` must be a file, found nothing at '/nowhere'
          serve --config /           | `--config` must be a file
          bootstrap --service A_B    | 'A_B'
          """)
  void wrong_usage_is_2_and_a_sentence_on_stderr(String arguments, String message) {
    Run run = Run.of(arguments.split(" "));

    assertThat(run.err()).contains(message).doesNotContain("Exception", "\tat ");
    assertThat(run.out()).isEmpty();
    assertThat(run.code()).isEqualTo(Skiff.USAGE);
  }

  /** In the code of the program and in the script that starts it. */
  @Test
  void every_environment_variable_that_is_read_is_in_the_help() throws IOException {
    Pattern read =
        Pattern.compile(
            "getenv\\(\\)?(?:\\.\\w+)?\\(?\"([A-Z_]+)\"|\\$\\{(SKIFF_[A-Z_]+|JAVA_HOME)\\b");
    Set<String> variables = new TreeSet<>();
    List<Path> roots =
        Stream.of("skiff", "api", "registry-sync", "policy-translator", "xds-server")
            .map(GeneratedPage.root()::resolve)
            .toList();
    for (Path root : roots) {
      try (Stream<Path> files = Files.walk(root)) {
        for (Path file : files.filter(UsageTest::isProgram).toList()) {
          Matcher found = read.matcher(Files.readString(file));
          while (found.find()) {
            variables.add(found.group(1) == null ? found.group(2) : found.group(1));
          }
        }
      }
    }
    assertThat(variables)
        .contains("SKIFF_LOG", "HOSTNAME", "SKIFF_CACHE")
        .allSatisfy(
            name ->
                assertThat(Skiff.commandLine().getUsageMessage(Ansi.OFF))
                    .containsPattern("(?m)^  " + name + " "));
  }

  private static boolean isProgram(Path file) {
    String name = file.toString();
    return Files.isRegularFile(file)
        && !name.contains("/target/")
        && (name.endsWith("/skiff") || name.contains("/src/main/"))
        && !name.endsWith(".html");
  }

  @Test
  void without_a_command_there_is_help_and_2() {
    assertThat(Run.of()).satisfies(run -> assertThat(run.err()).contains("Usage: skiff"));
    assertThat(Run.of().code()).isEqualTo(Skiff.USAGE);
  }

  @Test
  void the_version_is_the_builds() {
    assertThat(Run.of("--version").out()).matches("(?s)skiff [0-9]+\\.[0-9]+\\.[0-9]+.*\njava .*");
  }

  @Test
  void no_server_is_3_with_the_address_and_what_to_try() {
    // Port 1 is tcpmux, which nobody has spoken since the eighties.
    Run run = Run.of("get", "services", "--server", "127.0.0.1:1");

    assertThat(run.code()).isEqualTo(Skiff.UNREACHABLE);
    assertThat(run.err().lines())
        .containsExactly(
            "No control plane answers at 127.0.0.1:1; start one with `skiff serve`, or name another"
                + " with `--server URL`");
  }

  @Test
  void a_bootstrap_is_data_on_stdout() {
    Run run =
        Run.of("bootstrap", "--service", "order", "--namespace", "trading", "--app-port", "8081");

    assertThat(run.err()).isEmpty();
    assertThat(run.out()).contains("id: \"trading/order/127.0.0.1:15006\"");
    assertThat(run.code()).isEqualTo(Skiff.OK);
  }

  @Test
  void completion_is_a_script_that_knows_the_commands() {
    assertThat(Run.of("completion").out()).startsWith("#!").contains("proxy", "--print-config");
  }
}
