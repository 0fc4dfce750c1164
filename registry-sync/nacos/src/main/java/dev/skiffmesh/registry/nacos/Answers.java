package dev.skiffmesh.registry.nacos;

import com.alibaba.nacos.api.common.Constants;
import com.alibaba.nacos.api.naming.pojo.Instance;
import com.alibaba.nacos.api.naming.pojo.ServiceInfo;
import dev.skiffmesh.registry.nacos.Registration.RegisteredInstance;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Reads what Nacos's messages say of services. Pure. */
final class Answers {

  private static final String SEPARATOR = Constants.SERVICE_INFO_SPLITER;

  private Answers() {}

  /** What a push says; empty if it says nothing of any service. */
  static Optional<Registration> pushed(@Nullable ServiceInfo info) {
    if (info == null || !info.isValid() || info.getName() == null) {
      return Optional.empty();
    }
    String group = info.getGroupName() == null ? groupIn(info.getName()) : info.getGroupName();
    return Optional.of(registration(group, withoutGroup(info.getName(), group), info));
  }

  /** What an answer says of the service that was asked for. */
  static Registration registration(String group, String service, ServiceInfo info) {
    return new Registration(
        group,
        service,
        info.getHosts().stream().filter(Objects::nonNull).map(Answers::instance).toList(),
        info.isReachProtectionThreshold(),
        info.getLastRefTime());
  }

  /**
   * A service's name alone. Servers write {@code group@@name} in some versions and {@code name} in
   * others, and a name may hold {@code @@} itself.
   */
  static String withoutGroup(String name, String group) {
    String prefix = group + SEPARATOR;
    return name.startsWith(prefix) ? name.substring(prefix.length()) : name;
  }

  private static RegisteredInstance instance(Instance instance) {
    SortedMap<String, String> metadata = new TreeMap<>();
    if (instance.getMetadata() != null) {
      // It comes from anybody's JSON, in which a value may be null.
      instance
          .getMetadata()
          .forEach(
              (key, value) -> {
                if (key != null && value != null) {
                  metadata.put(key, value);
                }
              });
    }
    return new RegisteredInstance(
        Objects.requireNonNullElse(instance.getIp(), ""),
        instance.getPort(),
        instance.getWeight(),
        instance.isHealthy(),
        instance.isEnabled(),
        Objects.requireNonNullElse(instance.getClusterName(), ""),
        metadata);
  }

  private static String groupIn(String name) {
    int separator = name.indexOf(SEPARATOR);
    return separator < 0 ? NacosSettings.DEFAULT_GROUP : name.substring(0, separator);
  }
}
