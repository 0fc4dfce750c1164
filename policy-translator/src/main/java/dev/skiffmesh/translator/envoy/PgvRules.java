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
    return check("", message);
  }

  /** What is to be looked at in messages of one type. */
  private record Plan(List<FieldDescriptor> fields, List<OneofDescriptor> requiredOneofs) {}

  private Optional<String> check(String path, Message message) {
    if (message instanceof Any any) {
      return packed(path, any);
    }
    Plan plan = plans.computeIfAbsent(message.getDescriptorForType(), PgvRules::plan);
    for (OneofDescriptor oneof : plan.requiredOneofs) {
      if (!message.hasOneof(oneof)) {
        return Optional.of(path + oneof.getName() + " must have one of its fields");
      }
    }
    for (FieldDescriptor field : plan.fields) {
      Optional<String> broken = field(path, message, field);
      if (broken.isPresent()) {
        return broken;
      }
    }
    return Optional.empty();
  }

  private static Plan plan(Descriptor type) {
    List<FieldDescriptor> fields = new ArrayList<>();
    for (FieldDescriptor field : type.getFields()) {
      if (field.getOptions().hasExtension(Validate.rules)
          || field.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
        fields.add(field);
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

  private Optional<String> packed(String path, Any any) {
    Optional<Message> known = PackedTypes.ofUrl(any.getTypeUrl());
    if (known.isEmpty()) {
      return Optional.empty();
    }
    try {
      return check(path, known.get().getParserForType().parseFrom(any.getValue()));
    } catch (InvalidProtocolBufferException e) {
      return Optional.of(path + " is no " + any.getTypeUrl());
    }
  }

  private Optional<String> field(String path, Message message, FieldDescriptor field) {
    FieldRules rules = field.getOptions().getExtension(Validate.rules);
    String name = path + field.getName();
    if (field.isMapField()) {
      return map(name, message, field, rules.getMap());
    }
    if (field.isRepeated()) {
      return repeated(name, message, field, rules.getRepeated());
    }
    boolean there = !field.hasPresence() || message.hasField(field);
    if (!there) {
      return isRequired(rules) && field.getContainingOneof() == null
          ? Optional.of(name + " must be there")
          : Optional.empty();
    }
    return value(name, message.getField(field), rules);
  }

  private static boolean isRequired(FieldRules rules) {
    return rules.getMessage().getRequired()
        || rules.getDuration().getRequired()
        || rules.getAny().getRequired()
        || rules.getTimestamp().getRequired();
  }

  private Optional<String> repeated(
      String name, Message message, FieldDescriptor field, Validate.RepeatedRules rules) {
    List<?> items = (List<?>) message.getField(field);
    if (items.isEmpty() && rules.getIgnoreEmpty()) {
      return Optional.empty();
    }
    if (rules.hasMinItems() && items.size() < rules.getMinItems()) {
      return Optional.of(name + " must have at least " + rules.getMinItems() + " items");
    }
    if (rules.hasMaxItems() && items.size() > rules.getMaxItems()) {
      return Optional.of(name + " must have at most " + rules.getMaxItems() + " items");
    }
    if (rules.getUnique() && items.stream().distinct().count() != items.size()) {
      return Optional.of(name + " must have no item twice");
    }
    return each(name, items, rules.getItems());
  }

  private Optional<String> map(
      String name, Message message, FieldDescriptor field, Validate.MapRules rules) {
    FieldDescriptor key = field.getMessageType().findFieldByName("key");
    FieldDescriptor value = field.getMessageType().findFieldByName("value");
    List<?> entries = (List<?>) message.getField(field);
    if (rules.hasMinPairs() && entries.size() < rules.getMinPairs()) {
      return Optional.of(name + " must have at least " + rules.getMinPairs() + " entries");
    }
    if (rules.hasMaxPairs() && entries.size() > rules.getMaxPairs()) {
      return Optional.of(name + " must have at most " + rules.getMaxPairs() + " entries");
    }
    List<Object> keys = new ArrayList<>();
    List<Object> values = new ArrayList<>();
    for (Object entry : entries) {
      keys.add(((Message) entry).getField(key));
      values.add(((Message) entry).getField(value));
    }
    return each(name, keys, rules.getKeys()).or(() -> each(name, values, rules.getValues()));
  }

  private Optional<String> each(String name, List<?> values, FieldRules rules) {
    for (int i = 0; i < values.size(); i++) {
      Optional<String> broken = value(name + "[" + i + "]", values.get(i), rules);
      if (broken.isPresent()) {
        return broken;
      }
    }
    return Optional.empty();
  }

  private Optional<String> value(String name, Object value, FieldRules rules) {
    if (value instanceof Message message) {
      if (rules.getMessage().getSkip()) {
        return Optional.empty();
      }
      Optional<String> broken = PgvValues.message(message, rules);
      return broken.isPresent()
          ? broken.map(reason -> name + " " + reason)
          : check(name + ".", message);
    }
    return PgvValues.scalar(value, rules).map(reason -> name + " " + reason);
  }
}
