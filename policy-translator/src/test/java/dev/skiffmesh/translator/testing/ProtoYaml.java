package dev.skiffmesh.translator.testing;

import com.google.protobuf.Any;
import com.google.protobuf.BoolValue;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Duration;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.UInt32Value;
import com.google.protobuf.UnknownFieldSet;
import com.google.protobuf.util.Durations;
import dev.skiffmesh.translator.resource.Resource;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.envoyproxy.envoy.extensions.filters.http.header_mutation.v3.HeaderMutation;
import io.envoyproxy.envoy.extensions.filters.http.on_demand.v3.OnDemand;
import io.envoyproxy.envoy.extensions.filters.http.router.v3.Router;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy;
import io.envoyproxy.envoy.extensions.http.header_formatters.preserve_case.v3.PreserveCaseFormatterConfig;
import io.envoyproxy.envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate;
import io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions;
import io.envoyproxy.envoy.service.runtime.v3.Runtime;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Envoy's messages as YAML for people: fields in the order of their numbers. Unlike protobuf's JSON
 * it shows fields that the protos at hand do not know ({@code unknown_5}).
 */
public final class ProtoYaml {

  private static final Map<String, Message> TYPES =
      List.<Message>of(
              Cluster.getDefaultInstance(),
              ClusterLoadAssignment.getDefaultInstance(),
              Listener.getDefaultInstance(),
              RouteConfiguration.getDefaultInstance(),
              VirtualHost.getDefaultInstance(),
              Runtime.getDefaultInstance(),
              HeaderMutation.getDefaultInstance(),
              OnDemand.getDefaultInstance(),
              io.envoyproxy.envoy.extensions.http.early_header_mutation.header_mutation.v3
                  .HeaderMutation.getDefaultInstance(),
              Router.getDefaultInstance(),
              HttpConnectionManager.getDefaultInstance(),
              TcpProxy.getDefaultInstance(),
              PreserveCaseFormatterConfig.getDefaultInstance(),
              PreviousHostsPredicate.getDefaultInstance(),
              HttpProtocolOptions.getDefaultInstance())
          .stream()
          .collect(
              Collectors.toMap(
                  message -> message.getDescriptorForType().getFullName(), message -> message));

  private final StringBuilder text = new StringBuilder();

  private ProtoYaml() {}

  /** A resource's content. */
  public static String print(Resource resource) {
    try {
      return print(unpack(Any.parseFrom(resource.any())));
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException(resource + " must be an Any", e);
    }
  }

  /** A message. */
  public static String print(Message message) {
    ProtoYaml yaml = new ProtoYaml();
    yaml.fields(message, "");
    return yaml.text.toString();
  }

  /** What is packed, for types that Skiff packs. */
  public static Message unpack(Any any) throws InvalidProtocolBufferException {
    String type = any.getTypeUrl().substring(any.getTypeUrl().lastIndexOf('/') + 1);
    Message known = TYPES.get(type);
    if (known == null) {
      throw new IllegalStateException("ProtoYaml must know " + type);
    }
    return known.getParserForType().parseFrom(any.getValue());
  }

  private void fields(Message message, String indent) {
    message.getAllFields().forEach((field, value) -> field(field, value, indent));
    message.getUnknownFields().asMap().forEach((number, field) -> unknown(number, field, indent));
  }

  private void unknown(int number, UnknownFieldSet.Field field, String indent) {
    for (ByteString bytes : field.getLengthDelimitedList()) {
      text.append(indent).append("unknown_").append(number).append(": 0x");
      bytes.forEach(b -> text.append("%02x".formatted(b)));
      text.append('\n');
    }
    for (long varint : field.getVarintList()) {
      text.append(indent).append("unknown_").append(number).append(": ").append(varint);
      text.append('\n');
    }
  }

  private void field(FieldDescriptor field, Object value, String indent) {
    text.append(indent).append(field.getName()).append(":");
    if (field.isMapField()) {
      text.append('\n');
      map(field, (List<?>) value, indent + "  ");
    } else if (field.isRepeated()) {
      text.append('\n');
      for (Object item : (List<?>) value) {
        text.append(indent).append("  -");
        value(item, indent + "    ", true);
      }
    } else {
      value(value, indent + "  ", false);
    }
  }

  private void map(FieldDescriptor field, List<?> entries, String indent) {
    FieldDescriptor key = field.getMessageType().findFieldByName("key");
    FieldDescriptor value = field.getMessageType().findFieldByName("value");
    Map<String, Object> sorted = new TreeMap<>();
    for (Object entry : entries) {
      sorted.put(
          String.valueOf(((Message) entry).getField(key)), ((Message) entry).getField(value));
    }
    sorted.forEach(
        (name, content) -> {
          text.append(indent).append(quoted(name)).append(":");
          value(content, indent + "  ", false);
        });
  }

  private void value(Object value, String indent, boolean item) {
    if (!(value instanceof Message message)) {
      text.append(' ').append(scalar(value)).append('\n');
      return;
    }
    switch (message) {
      case UInt32Value number -> line(Integer.toUnsignedString(number.getValue()));
      case BoolValue truth -> line(String.valueOf(truth.getValue()));
      case Duration duration -> line(Durations.toString(duration));
      case Any any -> any(any, indent);
      default -> nested(message, indent, item);
    }
  }

  private void any(Any any, String indent) {
    try {
      Message content = unpack(any);
      text.append('\n').append(indent).append("\"@type\": ").append(any.getTypeUrl()).append('\n');
      fields(content, indent);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("An Any must hold what it says", e);
    }
  }

  private void nested(Message message, String indent, boolean item) {
    ProtoYaml inner = new ProtoYaml();
    inner.fields(message, indent);
    if (inner.text.isEmpty()) {
      line("{}");
    } else if (item) {
      text.append(' ').append(inner.text.substring(indent.length()));
    } else {
      text.append('\n').append(inner.text);
    }
  }

  private void line(String value) {
    text.append(' ').append(value).append('\n');
  }

  private static String scalar(Object value) {
    return switch (value) {
      case EnumValueDescriptor constant -> constant.getName();
      case ByteString bytes -> quoted(bytes.toStringUtf8());
      case String string -> quoted(string);
      default -> value.toString();
    };
  }

  private static String quoted(String value) {
    return value.matches("[A-Za-z/][A-Za-z0-9._/-]*") && !value.matches("true|false|null")
        ? value
        : '"' + value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"';
  }
}
