package dev.skiffmesh.translator.envoy;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Duration;
import com.google.protobuf.Message;
import com.google.re2j.Pattern;
import io.envoyproxy.pgv.validate.Validate;
import io.envoyproxy.pgv.validate.Validate.FieldRules;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The rules of single values: numbers, texts, enums, durations. Pure. */
final class PgvValues {

  private static final Map<String, Pattern> PATTERNS = new ConcurrentHashMap<>();
  private static final BigDecimal BILLION = BigDecimal.valueOf(1_000_000_000L);

  /** RFC 9110 as protoc-gen-validate reads it. */
  private static final String HEADER_NAME = "^:?[0-9a-zA-Z!#$%&'*+-.^_|~\\x60]+$";

  private static final String HEADER_VALUE = "^[^\\x00-\\x08\\x0A-\\x1F\\x7F]*$";
  private static final String LOOSE_HEADER = "^[^\\x00\\x0A\\x0D]*$";

  private PgvValues() {}

  /** The broken rule of a value that is no message. */
  static Optional<String> scalar(Object value, FieldRules rules) {
    return switch (rules.getTypeCase()) {
      case FLOAT -> number(value, rules.getFloat());
      case DOUBLE -> number(value, rules.getDouble());
      case INT32 -> number(value, rules.getInt32());
      case INT64 -> number(value, rules.getInt64());
      case UINT32 -> number(Integer.toUnsignedLong((Integer) value), rules.getUint32());
      case UINT64 -> number(new BigDecimal(Long.toUnsignedString((Long) value)), rules.getUint64());
      case SINT32 -> number(value, rules.getSint32());
      case SINT64 -> number(value, rules.getSint64());
      case FIXED32 -> number(Integer.toUnsignedLong((Integer) value), rules.getFixed32());
      case FIXED64 ->
          number(new BigDecimal(Long.toUnsignedString((Long) value)), rules.getFixed64());
      case SFIXED32 -> number(value, rules.getSfixed32());
      case SFIXED64 -> number(value, rules.getSfixed64());
      case BOOL ->
          rules.getBool().hasConst() && !value.equals(rules.getBool().getConst())
              ? Optional.of("must be " + rules.getBool().getConst())
              : Optional.empty();
      case STRING -> text((String) value, rules.getString());
      case BYTES -> bytes((ByteString) value, rules.getBytes());
      case ENUM -> word((EnumValueDescriptor) value, rules.getEnum());
      case REPEATED, MAP, ANY, DURATION, TIMESTAMP, TYPE_NOT_SET -> Optional.empty();
    };
  }

  /** The broken rule of a duration, of an Any, or of a wrapper around a single value. */
  static Optional<String> message(Message message, FieldRules rules) {
    return switch (rules.getTypeCase()) {
      case DURATION -> duration((Duration) message, rules.getDuration());
      case ANY ->
          !rules.getAny().getInList().isEmpty()
                  && !rules.getAny().getInList().contains(((Any) message).getTypeUrl())
              ? Optional.of("must be one of " + rules.getAny().getInList())
              : Optional.empty();
      case REPEATED, MAP, TIMESTAMP, TYPE_NOT_SET -> Optional.empty();
      case FLOAT,
          DOUBLE,
          INT32,
          INT64,
          UINT32,
          UINT64,
          SINT32,
          SINT64,
          FIXED32,
          FIXED64,
          SFIXED32,
          SFIXED64,
          BOOL,
          STRING,
          BYTES,
          ENUM -> {
        // A google.protobuf wrapper: its only field is the value.
        FieldDescriptor wrapped = message.getDescriptorForType().findFieldByName("value");
        yield wrapped == null ? Optional.empty() : scalar(message.getField(wrapped), rules);
      }
    };
  }

  /** All number rules have the same fields, so that one reading by name serves all of them. */
  private static Optional<String> number(Object value, Message rules) {
    return bounds(new BigDecimal(value.toString()), rules, false);
  }

  private static Optional<String> duration(Duration value, Validate.DurationRules rules) {
    return bounds(seconds(value), rules, true);
  }

  private static BigDecimal seconds(Duration duration) {
    return BigDecimal.valueOf(duration.getSeconds())
        .add(BigDecimal.valueOf(duration.getNanos()).divide(BILLION));
  }

  private static Optional<String> bounds(BigDecimal value, Message rules, boolean durations) {
    if (!durations && isSet(rules, "ignore_empty") && value.signum() == 0) {
      return Optional.empty();
    }
    for (Map.Entry<FieldDescriptor, Object> rule : rules.getAllFields().entrySet()) {
      String name = rule.getKey().getName();
      boolean kept =
          switch (name) {
            case "const" -> compare(value, rule) == 0;
            case "lt" -> compare(value, rule) < 0 || isOutsideAllowed(rules, value);
            case "lte" -> compare(value, rule) <= 0 || isOutsideAllowed(rules, value);
            case "gt" -> compare(value, rule) > 0 || isOutsideAllowed(rules, value);
            case "gte" -> compare(value, rule) >= 0 || isOutsideAllowed(rules, value);
            case "in" -> contains(value, rule);
            case "not_in" -> !contains(value, rule);
            default -> true;
          };
      if (!kept) {
        return Optional.of("must be " + name + " " + rule.getValue() + ", found " + value);
      }
    }
    return Optional.empty();
  }

  /** With a greatest below the least, the rule means "outside of". */
  private static boolean isOutsideAllowed(Message rules, BigDecimal value) {
    Optional<BigDecimal> low = bound(rules, "gt").or(() -> bound(rules, "gte"));
    Optional<BigDecimal> high = bound(rules, "lt").or(() -> bound(rules, "lte"));
    return low.isPresent()
        && high.isPresent()
        && high.get().compareTo(low.get()) < 0
        && (value.compareTo(low.get()) > 0 || value.compareTo(high.get()) < 0);
  }

  private static Optional<BigDecimal> bound(Message rules, String name) {
    FieldDescriptor field = rules.getDescriptorForType().findFieldByName(name);
    return field != null && rules.hasField(field)
        ? Optional.of(decimal(rules.getField(field), field))
        : Optional.empty();
  }

  private static boolean isSet(Message rules, String name) {
    FieldDescriptor field = rules.getDescriptorForType().findFieldByName(name);
    return field != null && Boolean.TRUE.equals(rules.getField(field));
  }

  private static int compare(BigDecimal value, Map.Entry<FieldDescriptor, Object> rule) {
    return value.compareTo(decimal(rule.getValue(), rule.getKey()));
  }

  private static boolean contains(BigDecimal value, Map.Entry<FieldDescriptor, Object> rule) {
    return ((List<?>) rule.getValue())
        .stream().anyMatch(item -> value.compareTo(decimal(item, rule.getKey())) == 0);
  }

  private static BigDecimal decimal(Object value, FieldDescriptor field) {
    if (value instanceof Duration duration) {
      return seconds(duration);
    }
    return switch (field.getType()) {
      case UINT32, FIXED32 -> BigDecimal.valueOf(Integer.toUnsignedLong((Integer) value));
      case UINT64, FIXED64 -> new BigDecimal(Long.toUnsignedString((Long) value));
      default -> new BigDecimal(value.toString());
    };
  }

  private static Optional<String> text(String value, Validate.StringRules rules) {
    if (rules.getIgnoreEmpty() && value.isEmpty()) {
      return Optional.empty();
    }
    int length = value.codePointCount(0, value.length());
    int bytes = value.getBytes(StandardCharsets.UTF_8).length;
    if ((rules.hasConst() && !value.equals(rules.getConst()))
        || (rules.hasLen() && length != rules.getLen())
        || (rules.hasMinLen() && length < rules.getMinLen())
        || (rules.hasMaxLen() && length > rules.getMaxLen())
        || (rules.hasMinBytes() && bytes < rules.getMinBytes())
        || (rules.hasMaxBytes() && bytes > rules.getMaxBytes())) {
      return Optional.of("must have the right length or value, found '" + value + "'");
    }
    if ((rules.hasPrefix() && !value.startsWith(rules.getPrefix()))
        || (rules.hasSuffix() && !value.endsWith(rules.getSuffix()))
        || (rules.hasContains() && !value.contains(rules.getContains()))
        || (rules.hasNotContains() && value.contains(rules.getNotContains()))
        || (!rules.getInList().isEmpty() && !rules.getInList().contains(value))
        || rules.getNotInList().contains(value)) {
      return Optional.of("must be an allowed text, found '" + value + "'");
    }
    if (rules.hasPattern() && !matches(rules.getPattern(), value)) {
      return Optional.of("must match " + rules.getPattern() + ", found '" + value + "'");
    }
    return wellKnown(value, rules);
  }

  private static Optional<String> wellKnown(String value, Validate.StringRules rules) {
    return switch (rules.getWellKnownRegex()) {
      case HTTP_HEADER_NAME ->
          header("name", rules.getStrict() ? HEADER_NAME : LOOSE_HEADER, value);
      case HTTP_HEADER_VALUE ->
          header("value", rules.getStrict() ? HEADER_VALUE : LOOSE_HEADER, value);
      case UNKNOWN -> Optional.empty();
    };
  }

  private static Optional<String> header(String what, String pattern, String value) {
    return isPlain(value) || matches(pattern, value)
        ? Optional.empty()
        : Optional.of("must be a header " + what + ", found '" + value + "'");
  }

  /** Letters, digits and hyphens are all right everywhere, and nearly all that there is. */
  private static boolean isPlain(String value) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c != '-' && (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z')) {
        return false;
      }
    }
    return !value.isEmpty();
  }

  private static boolean matches(String pattern, String value) {
    return PATTERNS.computeIfAbsent(pattern, Pattern::compile).matcher(value).find();
  }

  private static Optional<String> bytes(ByteString value, Validate.BytesRules rules) {
    return (rules.hasMinLen() && value.size() < rules.getMinLen())
            || (rules.hasMaxLen() && value.size() > rules.getMaxLen())
        ? Optional.of("must have the right length, found " + value.size())
        : Optional.empty();
  }

  private static Optional<String> word(EnumValueDescriptor value, Validate.EnumRules rules) {
    boolean unknown = value.getIndex() < 0;
    return (rules.getDefinedOnly() && unknown)
            || (rules.hasConst() && value.getNumber() != rules.getConst())
            || (!rules.getInList().isEmpty() && !rules.getInList().contains(value.getNumber()))
            || rules.getNotInList().contains(value.getNumber())
        ? Optional.of("must be an allowed word, found " + value.getName())
        : Optional.empty();
  }
}
