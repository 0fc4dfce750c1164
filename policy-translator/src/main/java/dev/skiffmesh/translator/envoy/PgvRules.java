package dev.skiffmesh.translator.envoy;

import com.google.protobuf.Any;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.OneofDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import dev.skiffmesh.translator.wire.PackedTypes;
import io.envoyproxy.pgv.validate.Validate;
import io.envoyproxy.pgv.validate.Validate.FieldRules;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The validation rules that Envoy's protos carry in their options (protoc-gen-validate), read from
 * the descriptors: Envoy runs the same rules on every resource and rejects the whole response for
 * one that breaks them. What is packed is looked into, too. Thread-safe.
 */
final class PgvRules {

  private final Map<Descriptor, Plan> plans = new ConcurrentHashMap<>();

  /** The first rule that is broken, with the field's path; empty if none is. */
  Optional<String> firstBroken(Message message) {
    return check(message);
  }

  /** What is to be looked at in messages of one type. */
  private record Plan(List<Field> fields, List<OneofDescriptor> requiredOneofs) {}

  /**
   * A field with its rules, which are read once: every resource of every service passes here.
   *
   * @param mustBeThere whether a message without it breaks a rule
   */
  private record Field(FieldDescriptor descriptor, FieldRules rules, boolean mustBeThere) {

    static Field of(FieldDescriptor field) {
      FieldRules rules = field.getOptions().getExtension(Validate.rules);
      return new Field(field, rules, isRequired(rules) && field.getContainingOneof() == null);
    }

    private static boolean isRequired(FieldRules rules) {
      return rules.getMessage().getRequired()
          || rules.getDuration().getRequired()
          || rules.getAny().getRequired()
          || rules.getTimestamp().getRequired();
    }
  }

  // A path is put together on the way back from a broken rule, and for no other field.

  private Optional<String> check(Message message) {
    if (message instanceof Any any) {
      return packed(any);
    }
    Plan plan = plans.computeIfAbsent(message.getDescriptorForType(), PgvRules::plan);
    for (OneofDescriptor oneof : plan.requiredOneofs) {
      if (!message.hasOneof(oneof)) {
        return Optional.of(oneof.getName() + " must have one of its fields");
      }
    }
    for (Field field : plan.fields) {
      Optional<String> broken = field(message, field);
      if (broken.isPresent()) {
        return broken.map(rest -> field.descriptor.getName() + rest);
      }
    }
    return Optional.empty();
  }

  private static Plan plan(Descriptor type) {
    List<Field> fields = new ArrayList<>();
    for (FieldDescriptor field : type.getFields()) {
      if (field.getOptions().hasExtension(Validate.rules)
          || field.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
        fields.add(Field.of(field));
      }
    }
    List<OneofDescriptor> oneofs = new ArrayList<>();
    for (OneofDescriptor oneof : type.getRealOneofs()) {
      if (oneof.getOptions().getExtension(Validate.required)) {
        oneofs.add(oneof);
      }
    }
    return new Plan(List.copyOf(fields), List.copyOf(oneofs));
  }

  private Optional<String> packed(Any any) {
    Optional<Message> known = PackedTypes.ofUrl(any.getTypeUrl());
    if (known.isEmpty()) {
      return Optional.empty();
    }
    try {
      return check(known.get().getParserForType().parseFrom(any.getValue()));
    } catch (InvalidProtocolBufferException e) {
      return Optional.of(" is no " + any.getTypeUrl());
    }
  }

  /** What is broken in a field, as it follows upon the field's name. */
  private Optional<String> field(Message message, Field field) {
    FieldDescriptor descriptor = field.descriptor;
    if (descriptor.isMapField()) {
      return map(message, descriptor, field.rules.getMap());
    }
    if (descriptor.isRepeated()) {
      return repeated(message, descriptor, field.rules.getRepeated());
    }
    if (descriptor.hasPresence() && !message.hasField(descriptor)) {
      return field.mustBeThere ? Optional.of(" must be there") : Optional.empty();
    }
    return value(message.getField(descriptor), field.rules);
  }

  private Optional<String> repeated(
      Message message, FieldDescriptor field, Validate.RepeatedRules rules) {
    List<?> items = (List<?>) message.getField(field);
    if (items.isEmpty() && rules.getIgnoreEmpty()) {
      return Optional.empty();
    }
    if (rules.hasMinItems() && items.size() < rules.getMinItems()) {
      return Optional.of(" must have at least " + rules.getMinItems() + " items");
    }
    if (rules.hasMaxItems() && items.size() > rules.getMaxItems()) {
      return Optional.of(" must have at most " + rules.getMaxItems() + " items");
    }
    if (rules.getUnique() && items.stream().distinct().count() != items.size()) {
      return Optional.of(" must have no item twice");
    }
    return each(items, rules.getItems());
  }

  private Optional<String> map(Message message, FieldDescriptor field, Validate.MapRules rules) {
    List<?> entries = (List<?>) message.getField(field);
    if (rules.hasMinPairs() && entries.size() < rules.getMinPairs()) {
      return Optional.of(" must have at least " + rules.getMinPairs() + " entries");
    }
    if (rules.hasMaxPairs() && entries.size() > rules.getMaxPairs()) {
      return Optional.of(" must have at most " + rules.getMaxPairs() + " entries");
    }
    if (entries.isEmpty()) {
      return Optional.empty();
    }
    FieldDescriptor key = field.getMessageType().findFieldByName("key");
    FieldDescriptor value = field.getMessageType().findFieldByName("value");
    List<Object> keys = new ArrayList<>();
    List<Object> values = new ArrayList<>();
    for (Object entry : entries) {
      keys.add(((Message) entry).getField(key));
      values.add(((Message) entry).getField(value));
    }
    return each(keys, rules.getKeys()).or(() -> each(values, rules.getValues()));
  }

  private Optional<String> each(List<?> values, FieldRules rules) {
    for (int i = 0; i < values.size(); i++) {
      Optional<String> broken = value(values.get(i), rules);
      if (broken.isPresent()) {
        return Optional.of("[" + i + "]" + broken.get());
      }
    }
    return Optional.empty();
  }

  private Optional<String> value(Object value, FieldRules rules) {
    if (value instanceof Message message) {
      if (rules.getMessage().getSkip()) {
        return Optional.empty();
      }
      Optional<String> broken = PgvValues.message(message, rules);
      return broken.isPresent()
          ? broken.map(reason -> " " + reason)
          : check(message).map(rest -> "." + rest);
    }
    return PgvValues.scalar(value, rules).map(reason -> " " + reason);
  }
}
