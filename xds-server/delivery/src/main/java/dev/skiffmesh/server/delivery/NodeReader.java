package dev.skiffmesh.server.delivery;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.skiffmesh.api.model.Dialect;
import dev.skiffmesh.api.model.Immutable;
import dev.skiffmesh.api.model.Locality;
import dev.skiffmesh.api.model.Protocol;
import dev.skiffmesh.api.model.ProxyIdentity;
import dev.skiffmesh.api.model.ProxyIdentity.ProxyPort;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.model.Workload;
import dev.skiffmesh.api.status.Finding;
import dev.skiffmesh.api.status.FindingCode;
import io.envoyproxy.envoy.config.core.v3.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Understands the {@link Node} that a data plane sends: the metadata {@code skiff: {v, service,
 * namespace, labels, address, ports, egress, engine}} that {@code skiff bootstrap} writes, and what
 * Envoy and gRPC say by themselves. Pure; never throws, whatever a node says. Unknown metadata is
 * tolerated, because bootstraps live longer than control planes.
 */
public final class NodeReader {

  /** The metadata's layout that this class knows. */
  static final int METADATA_VERSION = 1;

  /** Far more than a workload has; each is looked at for each policy. */
  static final int MOST_LABELS = 256;

  /** Of a key or a value; Kubernetes allows 317 and 63. */
  private static final int MOST_OF_LABEL = 512;

  /** Each is a listener of its proxy. */
  static final int MOST_PORTS = 64;

  private static final int MOST_OF_WORD = 128;

  private static final String RUST = "tonic";
  private static final List<String> LANGUAGES =
      List.of("c-core", "dotnet", "go", "java", "node", "rust");
  private static final String FALLBACK = "unknown";
  private static final String SIDECAR = "sidecar";

  private static final Pattern VERSION =
      Pattern.compile("(?<major>[0-9]{1,4})\\.(?<minor>[0-9]{1,4})(?![0-9])");

  private final Node node;
  private final Struct skiff;
  private final List<Finding> findings = new ArrayList<>();

  private NodeReader(Node node) {
    this.node = node;
    this.skiff =
        node.getMetadata().getFieldsOrDefault("skiff", Value.getDefaultInstance()).getStructValue();
  }

  /**
   * Reads a node.
   *
   * @param incremental true if the node came over delta xDS
   */
  public static NodeReading read(Node node, boolean incremental) {
    NodeReader reader = new NodeReader(node);
    ProxyIdentity identity = reader.identity(incremental);
    return new NodeReading(identity, reader.findings);
  }

  /** Tells whether it is an Envoy, whose ways are known, or some other client of the protocol. */
  static boolean isEnvoy(Node node) {
    return node.hasUserAgentBuildVersion()
        || node.getUserAgentName().toLowerCase(Locale.ROOT).startsWith("envoy");
  }

  private ProxyIdentity identity(boolean incremental) {
    if (node.getId().isEmpty()) {
      say("`node.id` must say which proxy this is, found nothing");
    }
    if (skiff.getFieldsCount() == 0) {
      say("`node.metadata.skiff` must be what 'skiff bootstrap' writes, found nothing");
    } else {
      int version = number(skiff, "v");
      if (version != METADATA_VERSION) {
        say("`node.metadata.skiff.v` must be " + METADATA_VERSION + ", found " + version);
      }
    }
    Workload workload = new Workload(service(), labels(), null);
    String engine = text(skiff, "engine");
    return new ProxyIdentity(
        node.getId(),
        workload,
        address(),
        ports(),
        number(skiff, "egress"),
        engine.isEmpty() ? SIDECAR : Bounds.cut(engine, MOST_OF_WORD),
        locality(),
        dialect(incremental));
  }

  private ServiceId service() {
    String namespace = text(skiff, "namespace");
    String name = text(skiff, "service");
    if (ServiceId.isLabel(namespace) && ServiceId.isLabel(name)) {
      return new ServiceId(namespace, name);
    }
    if (skiff.getFieldsCount() > 0) {
      say(
          "`node.metadata.skiff.namespace` and `service` must be DNS labels, found '"
              + Bounds.cut(namespace, MOST_OF_WORD)
              + "' and '"
              + Bounds.cut(name, MOST_OF_WORD)
              + "'");
    }
    return derivedService(namespace, name);
  }

  /** From the node id, which begins with namespace and service, or else from the cluster. */
  private ServiceId derivedService(String namespace, String name) {
    String[] parts = node.getId().split("/", -1);
    if (parts.length >= 2 && ServiceId.isLabel(parts[0]) && ServiceId.isLabel(parts[1])) {
      return new ServiceId(parts[0], parts[1]);
    }
    String cluster = node.getCluster();
    return new ServiceId(
        ServiceId.isLabel(namespace) ? namespace : FALLBACK,
        ServiceId.isLabel(name) ? name : ServiceId.isLabel(cluster) ? cluster : FALLBACK);
  }

  private SortedMap<String, String> labels() {
    SortedMap<String, String> labels = new TreeMap<>();
    int left = 0;
    // In order, so that every replica leaves out the same ones.
    for (Map.Entry<String, Value> each :
        new TreeMap<>(field(skiff, "labels").getStructValue().getFieldsMap()).entrySet()) {
      String text = asText(each.getValue());
      if (labels.size() < MOST_LABELS
          && each.getKey().length() <= MOST_OF_LABEL
          && text.length() <= MOST_OF_LABEL) {
        labels.put(each.getKey(), text);
      } else {
        left++;
      }
    }
    if (left > 0) {
      say(
          "`node.metadata.skiff.labels` must be at most %d labels of at most %d characters; %d are left out"
              .formatted(MOST_LABELS, MOST_OF_LABEL, left));
    }
    return Immutable.sortedMap(labels);
  }

  private String address() {
    String address = text(skiff, "address");
    if (!address.isEmpty()) {
      return Bounds.cut(address, MOST_OF_WORD);
    }
    // <namespace>/<service>/<address>:<inbound port>; an IPv6 address may stand in brackets.
    String[] parts = node.getId().split("/", 3);
    int colon = parts.length == 3 ? parts[2].lastIndexOf(':') : -1;
    return colon <= 0 ? "" : parts[2].substring(0, colon).replace("[", "").replace("]", "");
  }

  private List<ProxyPort> ports() {
    List<ProxyPort> ports = new ArrayList<>();
    int index = 0;
    List<Value> all = field(skiff, "ports").getListValue().getValuesList();
    if (all.size() > MOST_PORTS) {
      say(
          "`node.metadata.skiff.ports` must be at most %d, found %d; the others are left out"
              .formatted(MOST_PORTS, all.size()));
    }
    for (Value entry : Bounds.first(all, MOST_PORTS)) {
      ProxyPort port = port(entry.getStructValue(), index++);
      if (port != null) {
        ports.add(port);
      }
    }
    return ports;
  }

  private @Nullable ProxyPort port(Struct entry, int index) {
    int inbound = number(entry, "inbound");
    int app = number(entry, "app");
    if (!isPort(inbound) || !isPort(app)) {
      say(
          "`node.metadata.skiff.ports["
              + index
              + "]` must have `inbound` and `app` from 1 to 65535, found "
              + inbound
              + " and "
              + app
              + "; the port is left out");
      return null;
    }
    String word = text(entry, "protocol");
    Protocol protocol = Protocol.fromWireName(word).orElse(null);
    if (protocol == null) {
      // Bytes that nobody looks into are passed on whatever they are.
      say(
          "`node.metadata.skiff.ports["
              + index
              + "].protocol` must be http, http2, grpc, tcp or dubbo, found '"
              + Bounds.cut(word, MOST_OF_WORD)
              + "'; tcp is assumed");
      protocol = Protocol.TCP;
    }
    String name = Bounds.cut(text(entry, "name"), MOST_OF_WORD);
    return new ProxyPort(name.isEmpty() ? protocol.wireName() : name, inbound, app, protocol);
  }

  private static boolean isPort(int number) {
    return number >= 1 && number <= 65_535;
  }

  private Locality locality() {
    return new Locality(
        node.getLocality().getRegion(),
        node.getLocality().getZone(),
        node.getLocality().getSubZone());
  }

  private Dialect dialect(boolean incremental) {
    String agent = node.getUserAgentName().toLowerCase(Locale.ROOT);
    if (agent.startsWith("grpc") || agent.startsWith(RUST)) {
      return new Dialect.Grpc(language(agent));
    }
    if (node.hasUserAgentBuildVersion() && node.getUserAgentBuildVersion().hasVersion()) {
      var version = node.getUserAgentBuildVersion().getVersion();
      return new Dialect.Envoy(version.getMajorNumber(), version.getMinorNumber(), incremental);
    }
    // A proxy that is not Envoy itself may say its Envoy's version as text (node.proto).
    Matcher text = VERSION.matcher(node.getUserAgentVersion());
    if (agent.startsWith("envoy") && text.lookingAt()) {
      return new Dialect.Envoy(
          Integer.parseInt(text.group("major")),
          Integer.parseInt(text.group("minor")),
          incremental);
    }
    say(
        "`node.user_agent_build_version` must name Envoy's version, found nothing; the least is"
            + " assumed");
    return new Dialect.Envoy(1, 0, incremental);
  }

  /**
   * Each library has an agent of its own: "gRPC Java", "gRPC Go", "gRPC Node Pure JS", "gRPC C-core
   * linux" (with Python, Ruby, PHP, C++ and the old .NET on top of it, which it does not tell
   * apart), "grpc-dotnet" and, for Rust, "tonic-xds".
   */
  private static String language(String agent) {
    if (agent.startsWith(RUST)) {
      return "rust";
    }
    return LANGUAGES.stream()
        .filter(language -> agent.startsWith(language, "grpc ".length()))
        .findFirst()
        .orElse(FALLBACK);
  }

  private static Value field(Struct struct, String name) {
    return struct.getFieldsOrDefault(name, Value.getDefaultInstance());
  }

  private static String text(Struct struct, String name) {
    return asText(field(struct, name));
  }

  /** A whole number without a fraction, since a JSON writer may turn a label's text into one. */
  private static String asText(Value value) {
    return switch (value.getKindCase()) {
      case STRING_VALUE -> value.getStringValue();
      case BOOL_VALUE -> String.valueOf(value.getBoolValue());
      case NUMBER_VALUE -> {
        double number = value.getNumberValue();
        yield number == Math.rint(number) ? String.valueOf((long) number) : String.valueOf(number);
      }
      case NULL_VALUE, STRUCT_VALUE, LIST_VALUE, KIND_NOT_SET -> "";
    };
  }

  /** Zero for what is not a number. */
  private static int number(Struct struct, String name) {
    Value value = field(struct, name);
    if (value.hasStringValue()) {
      String digits = value.getStringValue();
      return digits.matches("[0-9]{1,9}") ? Integer.parseInt(digits) : 0;
    }
    return (int) value.getNumberValue();
  }

  private void say(String message) {
    findings.add(Finding.of(FindingCode.UNKNOWN_IDENTITY, "proxy " + node.getId(), message));
  }
}
