package dev.skiffmesh.translator.place;

import dev.skiffmesh.api.model.Endpoint;
import dev.skiffmesh.api.model.EndpointSet;
import dev.skiffmesh.api.model.EndpointUse;
import dev.skiffmesh.api.model.Immutable;
import dev.skiffmesh.api.model.ServiceId;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The name of a cluster: which instances of a service, on which port, for which callers. The text
 * form is injective, so that an assignment is a pure function of its name and of endpoints:
 *
 * <pre>order.trading|http|lane=gray,version=v2|+rest|~1f0c9a2b</pre>
 *
 * @param service whose instances
 * @param port the service port's name
 * @param labels which instances; empty for all
 * @param orRest whether the rest of the service takes over while no instance with the labels is
 *     usable
 * @param variant tells apart what differs between callers; empty where nothing does
 */
public record ClusterName(
    ServiceId service,
    String port,
    SortedMap<String, String> labels,
    boolean orRest,
    String variant)
    implements Comparable<ClusterName> {

  private static final String REST = "+rest";
  private static final char VARIANT = '~';

  /** Copies the labels; without labels there is no rest to fall back to. */
  public ClusterName {
    labels = Immutable.sortedMap(labels);
    orRest = orRest && !labels.isEmpty();
  }

  /** All instances of a service. */
  public static ClusterName whole(ServiceId service, String port) {
    return new ClusterName(service, port, new TreeMap<>(), false, "");
  }

  /** The same instances for callers of that variant. */
  public ClusterName withVariant(String newVariant) {
    return new ClusterName(service, port, labels, orRest, newVariant);
  }

  /** The cluster's name. */
  public String text() {
    return variant.isEmpty() ? assignmentName() : assignmentName() + "|" + VARIANT + variant;
  }

  /** The assignment's name, which is the same for all callers. */
  public String assignmentName() {
    StringBuilder text = new StringBuilder(service.host()).append('|').append(encode(port));
    if (!labels.isEmpty()) {
      text.append('|')
          .append(
              labels.entrySet().stream()
                  .map(label -> encode(label.getKey()) + "=" + encode(label.getValue()))
                  .collect(Collectors.joining(",")));
    }
    if (orRest) {
      text.append('|').append(REST);
    }
    return text.toString();
  }

  /** Reads {@link #text()}; empty for what is no cluster name of Skiff's. */
  public static Optional<ClusterName> parse(String text) {
    String[] parts = text.split("\\|", -1);
    String[] host = parts[0].split("\\.", -1);
    if (parts.length < 2
        || host.length != 2
        || !ServiceId.isLabel(host[0])
        || !ServiceId.isLabel(host[1])) {
      return Optional.empty();
    }
    SortedMap<String, String> labels = new TreeMap<>();
    boolean orRest = false;
    String variant = "";
    for (int i = 2; i < parts.length; i++) {
      String part = parts[i];
      if (part.equals(REST)) {
        orRest = true;
      } else if (!part.isEmpty() && part.charAt(0) == VARIANT) {
        variant = part.substring(1);
      } else if (!readLabels(part, labels)) {
        return Optional.empty();
      }
    }
    Optional<String> port = decode(parts[1]);
    if (port.isEmpty()) {
      return Optional.empty();
    }
    ClusterName name =
        new ClusterName(new ServiceId(host[1], host[0]), port.get(), labels, orRest, variant);
    // Only the one canonical form is a name: two texts for one cluster would be two clusters.
    return name.text().equals(text) ? Optional.of(name) : Optional.empty();
  }

  private static boolean readLabels(String part, Map<String, String> into) {
    for (String label : part.split(",", -1)) {
      int equals = label.indexOf('=');
      if (equals < 0) {
        return false;
      }
      Optional<String> key = decode(label.substring(0, equals));
      Optional<String> value = decode(label.substring(equals + 1));
      if (key.isEmpty() || value.isEmpty()) {
        return false;
      }
      into.put(key.get(), value.get());
    }
    return true;
  }

  private static String encode(String text) {
    StringBuilder encoded = new StringBuilder();
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (b & 0xff);
      if ((c >= 'a' && c <= 'z')
          || (c >= 'A' && c <= 'Z')
          || (c >= '0' && c <= '9')
          || "-._/:".indexOf(c) >= 0) {
        encoded.append(c);
      } else {
        encoded.append('%').append(String.format("%02X", (int) c));
      }
    }
    return encoded.toString();
  }

  private static Optional<String> decode(String text) {
    try {
      return Optional.of(URLDecoder.decode(text, StandardCharsets.UTF_8));
    } catch (IllegalArgumentException malformed) {
      return Optional.empty();
    }
  }

  @Override
  public int compareTo(ClusterName other) {
    return text().compareTo(other.text());
  }

  @Override
  public String toString() {
    return text();
  }

  /**
   * Tells whether an instance is of the label set; an empty value asks for one without the label.
   */
  public boolean hasLabels(Endpoint endpoint) {
    return labels.entrySet().stream()
        .allMatch(
            label -> label.getValue().equals(endpoint.labels().getOrDefault(label.getKey(), "")));
  }

  /** How many instances take the calls to the cluster. */
  public int instances(EndpointSet endpoints) {
    List<Endpoint> served = EndpointUse.at(port, endpoints.endpoints());
    List<Endpoint> chosen = served.stream().filter(this::hasLabels).toList();
    return EndpointUse.takingCalls(orRest && chosen.isEmpty() ? served : chosen).size();
  }
}
