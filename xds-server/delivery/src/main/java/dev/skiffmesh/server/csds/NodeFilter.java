package dev.skiffmesh.server.csds;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.type.matcher.v3.DoubleMatcher;
import io.envoyproxy.envoy.type.matcher.v3.NodeMatcher;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import io.envoyproxy.envoy.type.matcher.v3.StructMatcher;
import io.envoyproxy.envoy.type.matcher.v3.ValueMatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;

/**
 * Which nodes are asked for, compiled from a request's {@code node_matchers}: one of them must
 * match ({@code csds.proto}), and of one matcher its id and all of its metadata. Every form of
 * {@code envoy.type.matcher.v3} is understood but {@code custom}, which names an extension that
 * only an Envoy has. Pure.
 *
 * <p>Patterns are RE2 as in Envoy: they take linear time, whatever a caller writes.
 */
final class NodeFilter {

  private NodeFilter() {}

  /**
   * A test for nodes; none of {@code matchers} means every node.
   *
   * @throws IllegalArgumentException with the field and what it must be, if one cannot be used
   */
  static Predicate<Node> of(List<NodeMatcher> matchers) {
    List<Predicate<Node>> any = new ArrayList<>();
    for (int i = 0; i < matchers.size(); i++) {
      any.add(node(matchers.get(i), "node_matchers[" + i + "]"));
    }
    return any.isEmpty() ? node -> true : node -> any.stream().anyMatch(one -> one.test(node));
  }

  private static Predicate<Node> node(NodeMatcher matcher, String path) {
    List<Predicate<Node>> all = new ArrayList<>();
    if (matcher.hasNodeId()) {
      Predicate<String> id = string(matcher.getNodeId(), path + ".node_id");
      all.add(node -> id.test(node.getId()));
    }
    for (int i = 0; i < matcher.getNodeMetadatasCount(); i++) {
      Predicate<Struct> metadata =
          struct(matcher.getNodeMetadatas(i), path + ".node_metadatas[" + i + "]");
      all.add(node -> metadata.test(node.getMetadata()));
    }
    return node -> all.stream().allMatch(one -> one.test(node));
  }

  private static Predicate<String> string(StringMatcher matcher, String path) {
    boolean fold = matcher.getIgnoreCase();
    return switch (matcher.getMatchPatternCase()) {
      case EXACT -> {
        String exact = folded(matcher.getExact(), fold);
        yield text -> folded(text, fold).equals(exact);
      }
      case PREFIX -> {
        String prefix = folded(filled(matcher.getPrefix(), path + ".prefix"), fold);
        yield text -> folded(text, fold).startsWith(prefix);
      }
      case SUFFIX -> {
        String suffix = folded(filled(matcher.getSuffix(), path + ".suffix"), fold);
        yield text -> folded(text, fold).endsWith(suffix);
      }
      case CONTAINS -> {
        String part = folded(filled(matcher.getContains(), path + ".contains"), fold);
        yield text -> folded(text, fold).contains(part);
      }
      // The proto says that it takes no notice of `ignore_case`.
      case SAFE_REGEX -> pattern(matcher.getSafeRegex().getRegex(), path + ".safe_regex.regex");
      case CUSTOM -> throw refused(path + ".custom", "is not supported; use another pattern");
      case MATCHPATTERN_NOT_SET -> throw refused(path, "must have a pattern, found none");
    };
  }

  private static String folded(String text, boolean fold) {
    return fold ? text.toLowerCase(Locale.ROOT) : text;
  }

  private static String filled(String text, String path) {
    if (text.isEmpty()) {
      throw refused(path, "must not be empty");
    }
    return text;
  }

  private static Predicate<String> pattern(String regex, String path) {
    try {
      Pattern pattern = Pattern.compile(regex);
      return pattern::matches;
    } catch (PatternSyntaxException e) {
      throw refused(path, "must be a pattern of RE2, found '" + regex + "': " + e.getDescription());
    }
  }

  private static Predicate<Struct> struct(StructMatcher matcher, String path) {
    List<String> keys = new ArrayList<>();
    for (int i = 0; i < matcher.getPathCount(); i++) {
      keys.add(filled(matcher.getPath(i).getKey(), path + ".path[" + i + "].key"));
    }
    if (keys.isEmpty()) {
      throw refused(path + ".path", "must have a segment, found none");
    }
    Predicate<Value> value = value(matcher.getValue(), path + ".value");
    return metadata -> value.test(at(metadata, keys));
  }

  /** What stands at the end of a path; a value without a kind if nothing does. */
  private static Value at(Struct metadata, List<String> keys) {
    Value found = Value.newBuilder().setStructValue(metadata).build();
    for (String key : keys) {
      found = found.getStructValue().getFieldsOrDefault(key, Value.getDefaultInstance());
    }
    return found;
  }

  private static Predicate<Value> value(ValueMatcher matcher, String path) {
    return switch (matcher.getMatchPatternCase()) {
      case NULL_MATCH -> Value::hasNullValue;
      case DOUBLE_MATCH -> number(matcher.getDoubleMatch(), path + ".double_match");
      case STRING_MATCH -> {
        Predicate<String> string = string(matcher.getStringMatch(), path + ".string_match");
        yield value -> value.hasStringValue() && string.test(value.getStringValue());
      }
      case BOOL_MATCH ->
          value -> value.hasBoolValue() && value.getBoolValue() == matcher.getBoolMatch();
      case PRESENT_MATCH -> value -> present(value, matcher.getPresentMatch());
      case LIST_MATCH -> {
        Predicate<Value> one =
            value(matcher.getListMatch().getOneOf(), path + ".list_match.one_of");
        yield value -> value.getListValue().getValuesList().stream().anyMatch(one);
      }
      case OR_MATCH -> {
        List<Predicate<Value>> any = new ArrayList<>();
        for (int i = 0; i < matcher.getOrMatch().getValueMatchersCount(); i++) {
          any.add(
              value(
                  matcher.getOrMatch().getValueMatchers(i),
                  path + ".or_match.value_matchers[" + i + "]"));
        }
        yield value -> any.stream().anyMatch(one -> one.test(value));
      }
      case MATCHPATTERN_NOT_SET -> throw refused(path, "must have a pattern, found none");
    };
  }

  private static Predicate<Value> number(DoubleMatcher matcher, String path) {
    return switch (matcher.getMatchPatternCase()) {
      case EXACT -> value -> value.hasNumberValue() && value.getNumberValue() == matcher.getExact();
      // The end is outside (`type/v3/range.proto`).
      case RANGE ->
          value ->
              value.hasNumberValue()
                  && value.getNumberValue() >= matcher.getRange().getStart()
                  && value.getNumberValue() < matcher.getRange().getEnd();
      case MATCHPATTERN_NOT_SET -> throw refused(path, "must have a pattern, found none");
    };
  }

  /** What is no primitive never matches, whichever answer is wanted ({@code value.proto}). */
  private static boolean present(Value value, boolean wanted) {
    return switch (value.getKindCase()) {
      case NULL_VALUE, NUMBER_VALUE, STRING_VALUE, BOOL_VALUE -> wanted;
      case KIND_NOT_SET -> !wanted;
      case STRUCT_VALUE, LIST_VALUE -> false;
    };
  }

  private static IllegalArgumentException refused(String field, String must) {
    return new IllegalArgumentException("`" + field + "` " + must);
  }
}
