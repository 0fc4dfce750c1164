package dev.skiffmesh.registry.nacos;

import com.alibaba.nacos.common.utils.JacksonUtils;
import dev.skiffmesh.registry.core.PortKind;
import dev.skiffmesh.registry.nacos.Registration.RegisteredInstance;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What Dubbo writes into Nacos, 2.7 and 3.x. Pure.
 *
 * <p>Registered by interface, a service is {@code providers:<interface>:<version>:<group>} and the
 * parameters of the provider's URL are the instance's metadata. Registered by application, a
 * service is the application, its instances say in {@code dubbo.endpoints} which ports they have,
 * and in {@code dubbo.metadata.revision} which set of interfaces they serve.
 */
final class DubboMetadata {

  /** What the name of a service registered by interface begins with. */
  static final String PROVIDERS = "providers:";

  static final String ENDPOINTS = "dubbo.endpoints";
  static final String REVISION = "dubbo.metadata.revision";
  static final String STORAGE = "dubbo.metadata.storage-type";

  /** The revision of an application that exports nothing yet. */
  private static final String NO_REVISION = "0";

  private static final String REMOTE = "remote";
  private static final String WEIGHT = "weight";

  /** Dubbo's weight where none is given; the one of Nacos is 1. */
  private static final BigDecimal USUAL_WEIGHT = BigDecimal.valueOf(100);

  /**
   * What describes the process or the interface and no group of instances: as labels they would
   * make every instance different from every other one, and long.
   */
  private static final Set<String> CONTROL_DATA =
      Set.of(
          ENDPOINTS,
          REVISION,
          STORAGE,
          "dubbo.metadata-service.url-params",
          "dubbo.metadata-service.urls",
          "meta-v",
          "anyhost",
          "background",
          "bind.ip",
          "bind.port",
          "category",
          "deprecated",
          "dubbo",
          "dynamic",
          "executor-management-mode",
          "file-cache",
          "generic",
          "ipv6",
          "methods",
          "path",
          "pid",
          "prefer.serialization",
          "qos.enable",
          "qos.port",
          "revision",
          "service-name-mapping",
          "side",
          "timestamp",
          "warmup",
          WEIGHT);

  private DubboMetadata() {}

  /** Tells whether the service is one interface, as 2.7 and 3.x register it. */
  static boolean isInterface(String service) {
    return service.startsWith(PROVIDERS);
  }

  /** Tells whether the key must not become a label of a Dubbo instance. */
  static boolean isControlData(String key) {
    return CONTROL_DATA.contains(key);
  }

  /** Tells whether the instance was registered by a Dubbo application. */
  static boolean isApplication(RegisteredInstance instance) {
    return !instance.metadata(ENDPOINTS).isEmpty() || !instance.metadata(REVISION).isEmpty();
  }

  /**
   * The revision whose interfaces stand in Nacos's configurations; empty where only the instance
   * itself could tell them. Nobody asks it: a control plane does not call applications.
   */
  static Optional<String> revision(RegisteredInstance instance) {
    String revision = instance.metadata(REVISION);
    return REMOTE.equalsIgnoreCase(instance.metadata(STORAGE))
            && !revision.isEmpty()
            && !revision.equals(NO_REVISION)
        ? Optional.of(revision)
        : Optional.empty();
  }

  /**
   * The share of calls that Dubbo's own parameter gives, in Nacos's unit: 100 of Dubbo's are 1.
   *
   * @throws IllegalArgumentException if it is no whole number of 0 or more
   */
  static BigDecimal weight(Map<String, String> parameters) {
    String text = parameters.getOrDefault(WEIGHT, "").strip();
    if (text.isEmpty()) {
      return BigDecimal.ONE;
    }
    if (!text.matches("\\d{1,9}")) {
      throw new IllegalArgumentException(
          "must be a whole number of 0 or more, found '" + text + "'");
    }
    return new BigDecimal(text).divide(USUAL_WEIGHT);
  }

  /**
   * The ports of an instance registered by application.
   *
   * @throws IllegalArgumentException if the text is not a list of ports with protocols
   */
  static List<ProtocolPort> endpoints(String json) {
    List<ProtocolPort> ports = new ArrayList<>();
    if (!(parsed(json) instanceof List<?> items)) {
      throw new IllegalArgumentException("must be a list, found '" + json + "'");
    }
    for (Object item : items) {
      if (!(item instanceof Map<?, ?> fields)
          || !(fields.get("port") instanceof Number port)
          || !(fields.get("protocol") instanceof String protocol)
          || port.intValue() < 1
          || port.intValue() > PortKind.HIGHEST) {
        throw new IllegalArgumentException(
            "must hold ports from 1 to 65535 with their protocols, found '" + json + "'");
      }
      ports.add(new ProtocolPort(protocol, port.intValue()));
    }
    return ports;
  }

  /**
   * The interfaces of one revision, in the order of their names.
   *
   * @param json what a configuration with the application as data id and the revision as group
   *     holds
   * @throws IllegalArgumentException if the text is no such description
   */
  static List<Exported> interfaces(String json) {
    if (!(parsed(json) instanceof Map<?, ?> revision)
        || !(revision.get("services") instanceof Map<?, ?> services)) {
      throw new IllegalArgumentException("must have `services`");
    }
    List<Exported> exported = new ArrayList<>();
    for (Object value : services.values()) {
      if (value instanceof Map<?, ?> service
          && service.get("name") instanceof String name
          && !name.isBlank()) {
        exported.add(exported(service, name));
      }
    }
    exported.sort(Comparator.comparing(Exported::toString));
    return exported;
  }

  private static Exported exported(Map<?, ?> service, String name) {
    BigDecimal weight = BigDecimal.ONE;
    if (service.get("params") instanceof Map<?, ?> params
        && params.get(WEIGHT) instanceof String text
        && text.matches("\\d{1,9}")) {
      weight = weight(Map.of(WEIGHT, text));
    }
    String version = text(service.get("version"));
    return new Exported(
        name,
        version.equals("0.0.0") ? "" : version,
        text(service.get("group")),
        text(service.get("protocol")),
        service.get("port") instanceof Number port ? port.intValue() : 0,
        weight);
  }

  private static String text(@Nullable Object value) {
    return value instanceof String text ? text.strip() : "";
  }

  private static @Nullable Object parsed(String json) {
    try {
      return JacksonUtils.toObj(json, Object.class);
    } catch (RuntimeException notJson) {
      throw new IllegalArgumentException("must be JSON, found '" + shortened(json) + "'", notJson);
    }
  }

  private static String shortened(String text) {
    int longest = 60;
    return text.length() <= longest ? text : text.substring(0, longest) + "…";
  }

  /** A port and the word for what is spoken there. */
  record ProtocolPort(String protocol, int port) {}

  /**
   * An interface that an application serves by one protocol.
   *
   * @param version empty if it has none
   * @param group Dubbo's, not Nacos's; empty if it has none
   * @param port 0 if it is not said
   * @param weight in Nacos's unit
   */
  record Exported(
      String name, String version, String group, String protocol, int port, BigDecimal weight) {

    /** What the interface is called when it is registered by itself. */
    String service() {
      return PROVIDERS + name + ":" + version + ":" + group;
    }
  }
}
