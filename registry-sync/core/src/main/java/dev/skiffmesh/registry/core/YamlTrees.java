package dev.skiffmesh.registry.core;

import dev.skiffmesh.api.document.Position;
import dev.skiffmesh.api.document.RawNode;
import dev.skiffmesh.api.document.RawNode.Entry;
import dev.skiffmesh.api.document.RawNode.Mapping;
import dev.skiffmesh.api.document.RawNode.Scalar;
import dev.skiffmesh.api.document.RawNode.ScalarType;
import dev.skiffmesh.api.document.RawNode.Sequence;
import java.io.Serial;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.common.Anchor;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.DocumentEndEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingEndEvent;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.events.SequenceEndEvent;
import org.snakeyaml.engine.v2.events.SequenceStartEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;

/**
 * Neutral trees out of YAML's events. It is built on the events, and not on the library's own
 * nodes, because only there the size of what aliases multiply can be bounded before it is built.
 */
final class YamlTrees {

  private static final String CORE_TAG = "tag:yaml.org,2002:";

  /**
   * The library looks at a text through a window that it copies whenever it needs more than is in
   * it, with all of an unfinished value: at its own 1,024 characters, a value of 15 million costs
   * 15,000 copies. A window of this size is copied at most 16 times for the longest text.
   */
  private static final int WIDEST_WINDOW = 1024 * 1024;

  /** Words of the text in a message are worth no more. */
  private static final int LONGEST_PROBLEM = 300;

  private static final char BYTE_ORDER_MARK = '\uFEFF';

  private final Iterator<Event> events;
  private final YamlLimits limits;
  private final Map<Anchor, Anchored> anchors = new HashMap<>();
  private int nodes;
  private int depth;

  /**
   * One document.
   *
   * @param text the document alone
   */
  record Tree(RawNode root, String text) {}

  /** What an anchor stands for, and how many nodes that is. */
  private record Anchored(RawNode node, int size) {}

  /** The text is not read, and why. */
  static final class UnreadableException extends Exception {
    @Serial private static final long serialVersionUID = 1L;

    private final transient Position position;

    UnreadableException(Position position, String problem) {
      super(
          problem.length() > LONGEST_PROBLEM
              ? problem.substring(0, LONGEST_PROBLEM) + "…"
              : problem);
      this.position = position;
    }

    Position position() {
      return position;
    }

    /** What must be true and what was found. */
    String problem() {
      return String.valueOf(getMessage());
    }
  }

  private YamlTrees(Iterator<Event> events, YamlLimits limits) {
    this.events = events;
    this.limits = limits;
  }

  /** All documents of a text; empty ones are left out. */
  static List<Tree> read(String text, YamlLimits limits) throws UnreadableException {
    if (text.length() > limits.characters()) {
      throw new UnreadableException(
          Position.NONE,
          "must have at most " + limits.characters() + " characters, found " + text.length());
    }
    requireNoMarkWithin(text);
    LoadSettings settings =
        LoadSettings.builder()
            .setUseMarks(true)
            .setCodePointLimit(Integer.MAX_VALUE)
            .setBufferSize(Math.clamp(text.length(), 1024, WIDEST_WINDOW))
            .build();
    try {
      return new YamlTrees(new Parse(settings).parseString(text).iterator(), limits)
          .documents(new TextSlices(text));
    } catch (MarkedYamlEngineException broken) {
      throw YamlProblems.of(broken);
    } catch (ReaderException forbidden) {
      throw YamlProblems.of(forbidden, text);
    } catch (RuntimeException unforeseen) {
      // The library has its own defects (a number too large in a %YAML line, for one); a text that
      // meets one is as unreadable as any other.
      throw new UnreadableException(
          Position.NONE, "must be YAML, found " + unforeseen.getMessage());
    }
  }

  /** At the beginning a byte order mark is no part of the text (YAML 1.2, chapter 5.2). */
  private static void requireNoMarkWithin(String text) throws UnreadableException {
    int line = 1;
    for (int at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) {
      line++;
      if (at + 1 < text.length() && text.charAt(at + 1) == BYTE_ORDER_MARK) {
        throw new UnreadableException(
            new Position(line, 1),
            "must not have a byte order mark (U+FEFF) but at its beginning, found one here, as it"
                + " stands where files were joined; remove it");
      }
    }
  }

  private List<Tree> documents(TextSlices slices) throws UnreadableException {
    List<Tree> documents = new ArrayList<>();
    Optional<Tree> open = Optional.empty();
    while (events.hasNext()) {
      Event event = events.next();
      switch (event) {
        case NodeEvent start -> {
          anchors.clear();
          if (documents.size() == limits.documents()) {
            throw new UnreadableException(
                position(start),
                "must have at most "
                    + limits.documents()
                    + " documents, found more; split it into several");
          }
          RawNode root = node(start);
          slices.begin(mark(start).getIndex());
          open = Optional.of(new Tree(root, ""));
        }
        case DocumentEndEvent end -> {
          String text = slices.end(mark(end).getIndex());
          open.filter(tree -> !isNothing(tree.root()))
              .ifPresent(tree -> documents.add(new Tree(tree.root(), text)));
          open = Optional.empty();
        }
        default -> {}
      }
    }
    return documents;
  }

  private static boolean isNothing(RawNode root) {
    return root instanceof Scalar(_, ScalarType type, _) && type == ScalarType.NULL;
  }

  private RawNode node(NodeEvent event) throws UnreadableException {
    Position position = position(event);
    count(1, position);
    int before = nodes;
    RawNode node =
        switch (event) {
          case AliasEvent alias -> alias(alias, position);
          case ScalarEvent scalar -> {
            requireShort(scalar, position);
            yield scalar(scalar, position);
          }
          case SequenceStartEvent start -> {
            requireCoreTag(start.getTag(), position);
            yield new Sequence(items(position), position);
          }
          case MappingStartEvent start -> {
            requireCoreTag(start.getTag(), position);
            yield new Mapping(entries(position), position);
          }
          default -> throw new IllegalStateException("No node begins with " + event);
        };
    int size = nodes - before + 1;
    if (!(event instanceof AliasEvent)) {
      event.getAnchor().ifPresent(anchor -> anchors.put(anchor, new Anchored(node, size)));
    }
    return node;
  }

  private RawNode alias(AliasEvent alias, Position position) throws UnreadableException {
    Anchored target = alias.getAnchor().map(anchors::get).orElse(null);
    if (target == null) {
      throw new UnreadableException(
          position,
          "must not use the alias '*"
              + alias.getAnchor().map(Anchor::getValue).orElse("")
              + "' before its anchor ends, and has no such anchor above");
    }
    count(target.size(), position);
    return target.node();
  }

  private void requireShort(ScalarEvent event, Position position) throws UnreadableException {
    int length = event.getValue().length();
    if (length > limits.scalar()) {
      throw new UnreadableException(
          position,
          "must have values of at most " + limits.scalar() + " characters, found one of " + length);
    }
  }

  private static Scalar scalar(ScalarEvent event, Position position) throws UnreadableException {
    String text = event.getValue();
    String tag = event.getTag().orElse("");
    if (tag.isEmpty() || tag.equals("!")) {
      boolean bare = tag.isEmpty() && event.isPlain();
      return new Scalar(text, bare ? ScalarType.ofPlain(text) : ScalarType.TEXT, position);
    }
    ScalarType type =
        switch (tag) {
          case CORE_TAG + "str" -> ScalarType.TEXT;
          case CORE_TAG + "int" -> ScalarType.INTEGER;
          case CORE_TAG + "float" -> ScalarType.DECIMAL;
          case CORE_TAG + "bool" -> ScalarType.BOOLEAN;
          case CORE_TAG + "null" -> ScalarType.NULL;
          default -> throw foreignTag(tag, position);
        };
    ScalarType plain = ScalarType.ofPlain(text);
    boolean fits =
        type == ScalarType.TEXT
            || type == plain
            || (type == ScalarType.DECIMAL && plain == ScalarType.INTEGER);
    if (!fits) {
      throw new UnreadableException(
          position,
          "must fit its tag '!!" + tag.substring(CORE_TAG.length()) + "', found '" + text + "'");
    }
    return new Scalar(text, type, position);
  }

  private List<RawNode> items(Position position) throws UnreadableException {
    enter(position);
    List<RawNode> items = new ArrayList<>();
    for (Event event = events.next(); !(event instanceof SequenceEndEvent); event = events.next()) {
      items.add(node((NodeEvent) event));
    }
    depth--;
    return items;
  }

  private List<Entry> entries(Position position) throws UnreadableException {
    enter(position);
    List<Entry> entries = new ArrayList<>();
    for (Event event = events.next(); !(event instanceof MappingEndEvent); event = events.next()) {
      RawNode key = node((NodeEvent) event);
      if (!(key instanceof Scalar(String name, ScalarType type, Position place))
          || type == ScalarType.NULL) {
        throw new UnreadableException(
            key.position(), "must have a text as the name of a field, found " + key.describe());
      }
      if (name.length() > limits.name()) {
        throw new UnreadableException(
            place,
            "must have names of fields of at most "
                + limits.name()
                + " characters, found one of "
                + name.length());
      }
      Position at = event instanceof AliasEvent ? position((NodeEvent) event) : place;
      entries.add(new Entry(name, at, node((NodeEvent) events.next())));
    }
    depth--;
    return entries;
  }

  private void enter(Position position) throws UnreadableException {
    if (++depth > limits.depth()) {
      throw new UnreadableException(
          position, "must not nest deeper than " + limits.depth() + " levels");
    }
  }

  private void count(int more, Position position) throws UnreadableException {
    // A long, because two aliases of nearly the limit may pass what an int can hold.
    if ((long) nodes + more > limits.nodes()) {
      throw new UnreadableException(
          position,
          "must have at most "
              + limits.nodes()
              + " values, each alias counted with all that it stands for");
    }
    nodes += more;
  }

  private static void requireCoreTag(Optional<String> tag, Position position)
      throws UnreadableException {
    String name = tag.orElse("");
    if (!name.isEmpty()
        && !name.equals("!")
        && !name.equals(CORE_TAG + "map")
        && !name.equals(CORE_TAG + "seq")) {
      throw foreignTag(name, position);
    }
  }

  private static UnreadableException foreignTag(String tag, Position position) {
    return new UnreadableException(
        position, "must not have a tag of its own, found '" + tag + "'; remove the tag");
  }

  private static Position position(Event event) {
    Mark mark = mark(event);
    return new Position(mark.getLine() + 1, mark.getColumn() + 1);
  }

  private static Mark mark(Event event) {
    return event
        .getStartMark()
        .orElseThrow(() -> new IllegalStateException("Marks are switched on"));
  }
}
