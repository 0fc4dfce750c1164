package dev.skiffmesh.registry.nacos;

import com.alibaba.nacos.common.utils.JacksonUtils;
import dev.skiffmesh.registry.core.DubboWords;
import dev.skiffmesh.registry.core.InstanceMetadata;
import dev.skiffmesh.registry.core.PortKind;
import dev.skiffmesh.registry.nacos.Registration.RegisteredInstance;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
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

  private static final String STORAGE = "dubbo.metadata.storage-type";

  /** The revision of an application that exports nothing yet. */
  private static final String NO_REVISION = "0";

  private static final String REMOTE = "remote";

  private DubboMetadata() {}

  /** Tells whether the service is one interface, as 2.7 and 3.x register it. */
  static boolean isInterface(String service) {
    return service.startsWith(PROVIDERS);
  }

  /** Tells whether Dubbo wrote the instance. */
  static boolean isDubbo(String service, RegisteredInstance instance) {
    return isInterface(service) || DubboWords.areIn(instance.metadata());
  }

  /**
   * The revision whose interfaces stand in Nacos's configurations; empty where only the instance
   * itself could tell them. Nobody asks it: a control plane does not call applications.
   */
  static Optional<String> revision(RegisteredInstance instance) {
    String revision = instance.metadata(DubboWords.REVISION);
    return REMOTE.equalsIgnoreCase(instance.metadata(STORAGE))
            && !revision.isEmpty()
            && !revision.equals(NO_REVISION)
        ? Optional.of(revision)
        : Optional.empty();
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
    Map<?, ?> params = service.get("params") instanceof Map<?, ?> given ? given : Map.of();
    SortedMap<String, String> parameters = new TreeMap<>();
    params.forEach((key, value) -> parameters.put(String.valueOf(key), String.valueOf(value)));
    String version = text(service.get("version"));
    return new Exported(
        name,
        version.equals("0.0.0") ? "" : version,
        text(service.get("group")),
        text(service.get("protocol")),
        service.get("port") instanceof Number port ? port.intValue() : 0,
        // A weight that cannot be used is none: the description is one for all instances.
        new InstanceMetadata(parameters).dubboWeight(),
        !DubboWords.areOfOneTakenOut(parameters));
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
   * @param enabled false if its provider is taken out
   */
  record Exported(
      String name,
      String version,
      String group,
      String protocol,
      int port,
      BigDecimal weight,
      boolean enabled) {

    /** What the interface is called when it is registered by itself. */
    String service() {
      return PROVIDERS + name + ":" + version + ":" + group;
    }
  }
}
