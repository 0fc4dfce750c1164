package dev.skiffmesh.e2e.parts;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A Java program that is a Maven module of its own, so that its jars never meet those of tests.
 *
 * @param name for people
 * @param module its folder below the root
 * @param megabytes that Maven fetches for it, about
 */
public record JavaProgram(String name, String module, int megabytes) {

  /**
   * Its classpath, all of which exists.
   *
   * @throws PartMissingException if something of it is not on this machine
   */
  public String classpath() {
    Path root =
        Repository.root()
            .orElseThrow(
                () ->
                    new PartMissingException(
                        name
                            + " is found through Skiff's source folder: run inside it, or set -D"
                            + Repository.PROPERTY));
    Path target = root.resolve(module).resolve("target");
    Path file = target.resolve("classpath.txt");
    if (!Files.isRegularFile(file)) {
      throw missing();
    }
    String jars = read(file).strip();
    for (String jar : jars.split(File.pathSeparator, -1)) {
      if (!Files.isRegularFile(Path.of(jar))) {
        throw missing();
      }
    }
    return target.resolve("classes") + File.pathSeparator + jars;
  }

  /**
   * What runs such a program: the serial collector and the first compiler halve its start and a
   * third of its memory, and its home and temporary files are in the folder of its owner.
   *
   * @param home where it writes
   * @param options further ones of the JVM
   * @return to which its arguments may be added
   */
  public static List<String> command(
      Path home, List<String> options, String classpath, String mainClass) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xshare:auto",
            "-Duser.home=" + home,
            "-Djava.io.tmpdir=" + home));
    command.addAll(options);
    command.addAll(List.of("-cp", classpath, mainClass));
    return command;
  }

  private PartMissingException missing() {
    return new PartMissingException(
        "%s is not on this machine; get it (about %d MB, from Maven Central) with: mvn -pl %s process-classes"
            .formatted(name, megabytes, module));
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
