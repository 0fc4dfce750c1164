package dev.skiffmesh.registry.nacos;

import dev.skiffmesh.registry.nacos.Registration.RegisteredInstance;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Registrations in the few words that a test needs. */
final class Instances {

  static final NacosPortion PORTION = new NacosPortion("public", "DEFAULT_GROUP", "default");

  private Instances() {}

  /** A healthy instance of weight 1 at {@code ip:port}, with metadata {@code key=value}. */
  static RegisteredInstance instance(String ip, int port, String... metadata) {
    Map<String, String> map = new TreeMap<>();
    for (String entry : metadata) {
      int equals = entry.indexOf('=');
      map.put(entry.substring(0, equals), entry.substring(equals + 1));
    }
    return new RegisteredInstance(ip, port, 1.0, true, true, "DEFAULT", new TreeMap<>(map));
  }

  static RegisteredInstance weighted(RegisteredInstance instance, double weight) {
    return new RegisteredInstance(
        instance.ip(),
        instance.port(),
        weight,
        instance.healthy(),
        instance.enabled(),
        instance.cluster(),
        instance.metadata());
  }

  static RegisteredInstance healthy(RegisteredInstance instance, boolean healthy) {
    return new RegisteredInstance(
        instance.ip(),
        instance.port(),
        instance.weight(),
        healthy,
        instance.enabled(),
        instance.cluster(),
        instance.metadata());
  }

  static RegisteredInstance enabled(RegisteredInstance instance, boolean enabled) {
    return new RegisteredInstance(
        instance.ip(),
        instance.port(),
        instance.weight(),
        instance.healthy(),
        enabled,
        instance.cluster(),
        instance.metadata());
  }

  static RegisteredInstance inCluster(RegisteredInstance instance, String cluster) {
    return new RegisteredInstance(
        instance.ip(),
        instance.port(),
        instance.weight(),
        instance.healthy(),
        instance.enabled(),
        cluster,
        instance.metadata());
  }

  static Registration registration(
      String service, long serverTime, RegisteredInstance... instances) {
    return new Registration(PORTION.group(), service, Arrays.asList(instances), false, serverTime);
  }

  static Registration guarded(Registration registration) {
    return new Registration(
        registration.group(),
        registration.service(),
        List.copyOf(registration.instances()),
        true,
        registration.serverTime());
  }
}
