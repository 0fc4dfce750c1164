package dev.skiffmesh.e2e.parts;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A server whose module's script {@code build} finds it, or builds it once. Thread-safe. */
final class GoProgram {

  private final String module;
  private final String variable;
  private final Consumer<Map<String, String>> environment;
  private @Nullable Path known;

  /**
   * One that is not looked for yet.
   *
   * @param module its folder below {@code e2e}, called as the program
   * @param variable of the environment, with what to set it to
   */
  GoProgram(String module, String variable) {
    this(module, variable, _ -> {});
  }

  /** The same, looked for and built in another environment. */
  GoProgram(String module, String variable, Consumer<Map<String, String>> environment) {
    this.module = module;
    this.variable = variable;
    this.environment = environment;
  }

  /**
   * Where it is; takes some minutes if it must be built.
   *
   * @throws PartMissingException if there is none on this machine and none can be built
   */
  synchronized Path path() {
    if (known == null) {
      Path script =
          Repository.root()
              .orElseThrow(() -> new PartMissingException("This is not a checkout of Skiff"))
              .resolve("e2e")
              .resolve(module)
              .resolve("build");
      try {
        ProcessBuilder builder =
            new ProcessBuilder(script.toString()).redirectError(ProcessBuilder.Redirect.INHERIT);
        environment.accept(builder.environment());
        Process build = builder.start();
        String path =
            new String(build.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        if (build.waitFor() != 0) {
          throw new PartMissingException(
              "There is no %s and none can be built; set %s, or put Go 1.24 or newer on PATH"
                  .formatted(module, variable));
        }
        known = Path.of(path);
      } catch (IOException e) {
        throw new PartMissingException("A " + module + " cannot be built: " + e.getMessage());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new PartMissingException("The build of a " + module + " was interrupted");
      }
    }
    return known;
  }
}
