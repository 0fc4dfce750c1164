package dev.skiffmesh.registry.core;

import dev.skiffmesh.api.model.Immutable;
import dev.skiffmesh.api.model.Locality;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * What an instance says of itself beside its address and port, in the words of client libraries:
 * Spring Cloud, Dubbo, gRPC's starters. A word means the same in whatever registry it stands, which
 * is why it is read here and nowhere else.
 *
 * <p>Nothing of it is needed to call the instance. What cannot be used is left out and said in
 * {@link #problems()}; the instance counts without it. Confined to one thread.
 */
public final class InstanceMetadata {

  private static final String WEIGHT = "weight";

  /** Dubbo's weight where none is given; everybody else's is 1. */
  private static final BigDecimal DUBBO_WEIGHT = BigDecimal.valueOf(100);

  /**
   * The IPv6 address of an instance that is registered with its IPv4 one: Spring Cloud Alibaba's
   * word (its pull request 2628), and Dubbo's.
   */
  private static final List<String> SECOND_ADDRESS = List.of("IPv6", "ipv6");

  /** As ports: nothing listens, as in {@code management.server.port=-1}. Nothing to report. */
  private static final Set<String> NO_PORT = Set.of("0", "-1");

  private final SortedMap<String, String> metadata;
  private final List<String> problems = new ArrayList<>();

  /** Of what was registered, without null keys and values. */
  public InstanceMetadata(SortedMap<String, String> metadata) {
    this.metadata = Immutable.sortedMap(metadata);
  }

  /** The value of a key without blanks around it, or the empty string. */
  public String value(String key) {
    return metadata.getOrDefault(key, "").strip();
  }

  /** What was left out so far and why, as parts of sentences about the instance. */
  public List<String> problems() {
    return List.copyOf(problems);
  }

  /**
   * Something is left out.
   *
   * @param problem what must be true and what was found
   * @param consequence what the instance counts with, or without
   */
  public void ignored(String problem, String consequence) {
    problems.add(problem + "; the instance counts " + consequence);
  }

  /** What the main port speaks: {@code protocol}, and {@code secure} for HTTP. */
  public PortKind mainKind() {
    return mainKind(PortKind.HTTP);
  }

  /**
   * The same.
   *
   * @param usual where no protocol is said
   */
  public PortKind mainKind(PortKind usual) {
    String word = value("protocol");
    PortKind kind = word.isEmpty() ? usual : PortKind.of(word);
    if (!word.isEmpty() && PortKind.known(word).isEmpty()) {
      ignored(
          "metadata `protocol` must be one that Skiff knows ("
              + PortKind.words()
              + "), found '"
              + EntryValues.shown(word)
              + "'",
          "with bytes (tcp) at that port");
    }
    boolean isSecure = value("secure").equalsIgnoreCase("true");
    return isSecure && kind == PortKind.HTTP ? PortKind.HTTPS : kind;
  }

  /**
   * Adds the ports that the instance names beside its main ones, as far as they differ from those
   * and nothing else has their name.
   *
   * @param ports numbers by {@link PortKind#portName()}
   */
  public void addFurtherPorts(SortedMap<String, Integer> ports) {
    for (Map.Entry<String, PortKind> further : PortKind.FURTHER.entrySet()) {
      String text = value(further.getKey());
      if (!text.isEmpty() && !NO_PORT.contains(text)) {
        try {
          int port = EntryValues.port("metadata `" + further.getKey() + "`", text);
          if (!ports.containsValue(port)) {
            ports.putIfAbsent(further.getValue().portName(), port);
          }
        } catch (MalformedEntryException malformed) {
          ignored(malformed.problem(), "without it");
        }
      }
    }
  }

  /**
   * The share of calls that {@code weight} gives.
   *
   * @param usual where there is none, or none that can be used
   */
  public BigDecimal weight(BigDecimal usual) {
    String text = value(WEIGHT);
    if (text.isEmpty()) {
      return usual;
    }
    try {
      return EntryValues.weight(text);
    } catch (MalformedEntryException malformed) {
      ignored(malformed.problem(), "without it");
      return usual;
    }
  }

  /** The same in Dubbo's unit: 100 of Dubbo's are 1. */
  public BigDecimal dubboWeight() {
    return value(WEIGHT).isEmpty() ? BigDecimal.ONE : weight(DUBBO_WEIGHT).divide(DUBBO_WEIGHT);
  }

  /**
   * Where the instance runs.
   *
   * @param zone where the metadata has none, or empty
   */
  public Locality locality(String zone) {
    String own = value("zone").isEmpty() ? zone : value("zone");
    Locality locality =
        new Locality(value("region").intern(), own.intern(), value("subzone").intern());
    return locality.equals(Locality.UNKNOWN) ? Locality.UNKNOWN : locality;
  }

  /**
   * The instance's address of the other family; none where there is none that others can call. One
   * that is the machine's own alone (link-local) is what clients write where they have no other.
   *
   * @param address the one under which it is registered
   */
  public List<String> furtherAddresses(String address) {
    for (String key : SECOND_ADDRESS) {
      String text = value(key);
      if (text.isEmpty() || address.indexOf(':') >= 0) {
        continue;
      }
      Optional<InetAddress> second = IpAddresses.spelled(text);
      if (second.isPresent()) {
        return IpAddresses.isForOthers(second.get())
            ? List.of(second.get().getHostAddress())
            : List.of();
      }
      if (!IpAddresses.isLinkLocal(text)) {
        ignored(
            "metadata `" + key + "` must be an IP address, found '" + EntryValues.shown(text) + "'",
            "without it");
      }
    }
    return List.of();
  }

  /**
   * The labels: what is registered and says something of a group of instances. Interned, since the
   * same few stand at hundreds of thousands of instances.
   *
   * @param isControlData tells which further keys are none
   */
  public SortedMap<String, String> labels(Predicate<String> isControlData) {
    SortedMap<String, String> labels = new TreeMap<>();
    metadata.forEach(
        (key, value) -> {
          if (!SECOND_ADDRESS.contains(key) && !isControlData.test(key)) {
            labels.put(key.intern(), value.intern());
          }
        });
    return labels;
  }
}
