package dev.skiffmesh.registry.core;

import java.util.Map;
import java.util.Set;

/**
 * The words of Dubbo, 2.7 and 3.x, which writes the parameters of a provider's URL or the metadata
 * of an application into whatever registry it is given. Pure.
 */
public final class DubboWords {

  /** The ports of an application's instance, as JSON. */
  public static final String ENDPOINTS = "dubbo.endpoints";

  /** Which set of interfaces an application's instance serves. */
  public static final String REVISION = "dubbo.metadata.revision";

  private static final String DISABLED = "disabled";
  private static final String ENABLED = "enabled";

  /**
   * What describes the process or the interface and no group of instances: as labels they would
   * make every instance different from every other one, and long.
   */
  private static final Set<String> CONTROL_DATA =
      Set.of(
          ENDPOINTS,
          REVISION,
          DISABLED,
          ENABLED,
          "dubbo.metadata.storage-type",
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
          "weight");

  private DubboWords() {}

  /** Tells whether Dubbo wrote the metadata: others may mean anything by its words. */
  public static boolean areIn(Map<String, String> metadata) {
    PortKind spoken = PortKind.of(metadata.getOrDefault("protocol", "").strip());
    return spoken == PortKind.DUBBO
        || metadata.containsKey(ENDPOINTS)
        || metadata.containsKey(REVISION)
        || (metadata.containsKey("dubbo") && metadata.containsKey("side"));
  }

  /** Tells whether the key must not become a label of what Dubbo wrote. */
  public static boolean isControlData(String key) {
    return CONTROL_DATA.contains(key);
  }

  /**
   * Tells whether somebody took the instance out: {@code disabled=true} and {@code enabled=false},
   * which Dubbo's own consumers pass by (apache/dubbo#2724).
   */
  public static boolean areOfOneTakenOut(Map<String, ?> parameters) {
    return says(parameters, DISABLED, "true") || says(parameters, ENABLED, "false");
  }

  private static boolean says(Map<String, ?> parameters, String key, String word) {
    Object value = parameters.get(key);
    return value != null && value.toString().strip().equalsIgnoreCase(word);
  }
}
