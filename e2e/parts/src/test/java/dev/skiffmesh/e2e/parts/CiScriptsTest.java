package dev.skiffmesh.e2e.parts;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code .ci/run} is put together from. */
class CiScriptsTest {

  @TempDir Path folder;

  private record Ran(int code, String out) {}

  private static Ran run(Map<String, String> environment, String script, String... arguments)
      throws IOException, InterruptedException {
    Path ci = Repository.root().orElseThrow().resolve(".ci");
    List<String> command = new ArrayList<>(List.of(ci.resolve(script).toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putAll(environment);
    Process process = builder.start();
    String out = new String(process.getInputStream().readAllBytes(), UTF_8);
    return new Ran(process.waitFor(), out);
  }

  private void report(String module, String name, String time, String counts) throws IOException {
    Path reports = Files.createDirectories(folder.resolve(module + "/target/surefire-reports"));
    Files.writeString(
        reports.resolve("TEST-" + name + ".xml"),
        """
        <?xml version="1.0" encoding="UTF-8"?>
        <testsuite xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" version="3.0.2" name="%s" time="%s" %s>
          <testcase name="one" classname="%s" time="9999.9"/>
        </testsuite>
        """
            .formatted(name, time, counts, name));
  }

  @Test
  void theSlowestClassesOfAllModulesComeFirst() throws Exception {
    report("api", "a.QuickTest", "0.2", "tests=\"30\" errors=\"0\" skipped=\"0\" failures=\"0\"");
    report(
        "e2e/parts",
        "b.SlowTest",
        "1,234.5",
        "tests=\"2\" errors=\"0\" skipped=\"1\" failures=\"0\"");
    report(
        "e2e/demo", "c.BadTest", "99.9", "tests=\"4\" errors=\"1\" skipped=\"0\" failures=\"2\"");
    report("e2e/demo", "c.OtherTest", "3", "tests=\"1\" errors=\"0\" skipped=\"0\" failures=\"0\"");

    assertThat(run(Map.of(), "slowest", folder.toString(), "3"))
        .isEqualTo(
            new Ran(
                0,
                """
                  1234.5 s     2 tests, 1 skipped  b.SlowTest
                    99.9 s     4 tests, 3 failed  c.BadTest
                     3.0 s     1 tests  c.OtherTest
                  1337.6 s    37 tests in 4 classes
                """));
  }

  @Test
  void noReportsAreSaidToBeNone() throws Exception {
    assertThat(run(Map.of(), "slowest", folder.toString()))
        .isEqualTo(new Ran(0, "no reports of tests below " + folder + "\n"));
  }

  @Test
  void aBareMachineHasNothingThatPartsAreFoundByOrMadeWith() throws Exception {
    Path bin = Files.createDirectories(folder.resolve("bin"));
    List<String> tools =
        List.of("go", "etcd", "consul", "envoy", "redis-server", "python3", "pip3");
    for (String tool : tools) {
      Files.createSymbolicLink(
          bin.resolve(tool), EnvoyBinary.onPath(System.getenv(), "true").orElseThrow());
    }
    Map<String, String> rich =
        Map.of(
            "PATH", bin + ":" + System.getenv("PATH"),
            "CI", "true",
            "SKIFF_ETCD", bin.resolve("etcd").toString(),
            "SKIFF_ENVOY", bin.resolve("envoy").toString(),
            "KUBEBUILDER_ASSETS", bin.toString());
    String look =
        "for tool in "
            + String.join(" ", tools)
            + "; do command -v $tool; done;"
            + " env | grep -E '^(CI|SKIFF_E.*|KUBEBUILDER_ASSETS)=';"
            + " ls -A \"$SKIFF_CACHE\" 2>/dev/null; command -v sed >/dev/null && echo end; exit 7";

    assertThat(run(rich, "bare", "sh", "-c", look)).isEqualTo(new Ran(7, "end\n"));
    assertThat(run(rich, "bare", "--with", "go", "sh", "-c", look).out())
        .matches("/.*/bin/go\nend\n");
  }

  @Test
  void whatABareMachineFetchesMayBeKept() throws Exception {
    String cache = folder.resolve("cache").toString();

    assertThat(run(Map.of(), "bare", "--cache", cache, "sh", "-c", "echo $SKIFF_CACHE").out())
        .isEqualTo(cache + "\n");
    assertThat(run(Map.of(), "bare").code()).isEqualTo(2);
  }
}
