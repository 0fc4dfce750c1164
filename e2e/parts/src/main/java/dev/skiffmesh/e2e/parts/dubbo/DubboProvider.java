package dev.skiffmesh.e2e.parts.dubbo;

import dev.skiffmesh.e2e.parts.JavaProgram;
import dev.skiffmesh.e2e.parts.PartMissingException;
import dev.skiffmesh.e2e.parts.ServerPart;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A real provider of Dubbo that registers in Nacos under {@link #ADDRESS}. It serves the interface
 * {@link #QUOTE}, and {@link #DEPTH} beside it as its newer revision. When it is closed, it
 * deregisters.
 */
public final class DubboProvider extends ServerPart {

  /** What every provider serves. */
  public static final String QUOTE = "dev.skiffmesh.e2e.dubboprovider.Quote";

  /** What a newer one serves too. */
  public static final String DEPTH = "dev.skiffmesh.e2e.dubboprovider.Depth";

  /** Under which it registers: Dubbo refuses to register a loopback address. Nobody is there. */
  public static final String ADDRESS = "10.77.0.1";

  /** The lines of Dubbo that providers run; each has a Maven module with its classpath. */
  public enum Line {
    /** 2.7.23, which registers by interface. */
    V2("e2e/dubbo-provider-2"),
    /** 3.3.6, which registers by interface, by application, or both. */
    V3("e2e/dubbo-provider-3");

    private final String module;

    Line(String module) {
      this.module = module;
    }

    String classpath() {
      return new JavaProgram("A Dubbo provider", module, 30).classpath();
    }
  }

  private static final String MAIN = "dev.skiffmesh.e2e.dubboprovider.DubboProviderLauncher";

  /** About 4 s are usual. */
  private static final Duration START_BOUND = Duration.ofSeconds(100);

  private final String classpath;
  private final String nacos;
  private final SortedMap<String, String> settings;

  private DubboProvider(String classpath, String nacos, Map<String, String> settings) {
    super("dubbo", START_BOUND);
    this.classpath = classpath;
    this.nacos = nacos;
    this.settings = new TreeMap<>(settings);
  }

  /**
   * Starts a provider of Dubbo 3 and waits until it has registered.
   *
   * @param nacos the server's {@code HOST:PORT}
   * @param namespace of Nacos, its id
   * @param settings the launcher's properties without {@code provider.}: {@code application},
   *     {@code mode}, {@code storage}, {@code version}, {@code group}, {@code weight}, {@code tag},
   *     {@code dubbo} and {@code tri} (ports), {@code newer}
   * @throws PartMissingException if its jars are not on this machine
   */
  public static DubboProvider start(String nacos, String namespace, Map<String, String> settings) {
    return start(Line.V3, nacos, namespace, settings);
  }

  /**
   * Starts a provider of either line and waits until it has registered; 2.7 knows of the settings
   * {@code application}, {@code version}, {@code group}, {@code weight}, {@code tag} and {@code
   * dubbo}, and needs all of them.
   *
   * @throws PartMissingException if its jars are not on this machine
   */
  public static DubboProvider start(
      Line line, String nacos, String namespace, Map<String, String> settings) {
    return started(
        new DubboProvider(line.classpath(), nacos + "?namespace=" + namespace, settings));
  }

  @Override
  protected ProcessBuilder command() {
    List<String> options =
        new ArrayList<>(
            List.of(
                "-Xmx128m",
                "-DJM.SNAPSHOT.PATH=" + home(),
                // Its service loader looks at the first fastjson, which is not there, on newer
                // JDKs.
                "-Ddubbo.json-framework.prefer=fastjson2",
                // 2.7 defines the classes of its proxies by reflection.
                "--add-opens=java.base/java.lang=ALL-UNNAMED",
                "-Dprovider.server=" + nacos));
    settings.forEach((key, value) -> options.add("-Dprovider." + key + "=" + value));
    ProcessBuilder builder =
        new ProcessBuilder(JavaProgram.command(home(), options, classpath, MAIN));
    builder.environment().put("DUBBO_IP_TO_REGISTRY", ADDRESS);
    return builder;
  }

  @Override
  protected boolean answers() {
    return logs().contains("READY");
  }
}
