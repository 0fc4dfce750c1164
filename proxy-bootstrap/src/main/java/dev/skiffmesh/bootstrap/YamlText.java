package dev.skiffmesh.bootstrap;

import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.representer.StandardRepresenter;

/**
 * Trees as YAML that every reader understands alike.
 *
 * <p>Readers of YAML 1.1 (yaml-cpp in Envoy, Go's in Kubernetes) take a bare {@code yes}, {@code
 * 1.0} or {@code 0x1F} for something else than a string, while YAML 1.2 would leave the first bare.
 * So every string that is not plainly a word is quoted.
 */
public final class YamlText {

  /** A duration such as {@code 0.500s} is safe as well, but begins with a digit. */
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z_][-A-Za-z0-9_./]*|\\d+(\\.\\d+)?s");

  private static final Pattern OTHER_MEANING =
      Pattern.compile("(?i)y|yes|n|no|on|off|true|false|null|nan|inf");

  private YamlText() {}

  /**
   * One document in block style.
   *
   * @param tree maps (in the order in which they are written), lists, strings, numbers, truths and
   *     nulls
   */
  public static String of(Object tree) {
    DumpSettings settings =
        DumpSettings.builder()
            .setDefaultFlowStyle(FlowStyle.BLOCK)
            .setIndicatorIndent(2)
            .setIndentWithIndicator(true)
            .setWidth(Integer.MAX_VALUE)
            .build();
    return new Dump(settings, new QuotingRepresenter(settings)).dumpToString(tree);
  }

  private static final class QuotingRepresenter extends StandardRepresenter {

    QuotingRepresenter(DumpSettings settings) {
      super(settings);
      representers.put(String.class, text -> scalar((String) text));
    }

    private Node scalar(String text) {
      boolean bare = PLAIN.matcher(text).matches() && !OTHER_MEANING.matcher(text).matches();
      return representScalar(Tag.STR, text, bare ? ScalarStyle.PLAIN : ScalarStyle.DOUBLE_QUOTED);
    }
  }
}
