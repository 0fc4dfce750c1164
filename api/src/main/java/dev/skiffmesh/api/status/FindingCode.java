package dev.skiffmesh.api.status;

/**
 * The catalogue of findings. A number is never used again for something else; each has a section in
 * {@code docs/findings.md}, which a test holds to this list.
 */
public enum FindingCode {
  /** A text is not YAML. */
  UNREADABLE_TEXT(1001, Severity.ERROR, Turn.USER),
  /** A document lacks its kind, its name or a known apiVersion. */
  NO_ENVELOPE(1002, Severity.ERROR, Turn.USER),
  /** No policy kind has this name. */
  UNKNOWN_KIND(1003, Severity.ERROR, Turn.USER),
  /** A document breaks its kind's rules. */
  INVALID_DOCUMENT(1004, Severity.ERROR, Turn.USER),
  /** One kind, namespace and name stands in two places; one of them counts. */
  DUPLICATE_DOCUMENT(1005, Severity.WARNING, Turn.USER),
  /** A file or folder cannot be read. */
  UNREADABLE_FILE(1006, Severity.ERROR, Turn.USER),

  /** A policy names a target that does not exist. */
  TARGET_NOT_FOUND(1101, Severity.WARNING, Turn.USER),
  /** A policy reaches into a namespace that has not granted it. */
  NOT_PERMITTED(1102, Severity.ERROR, Turn.USER),
  /** A policy contradicts another one. */
  CONFLICTED(1103, Severity.ERROR, Turn.USER),
  /** A route names a destination that does not exist; the route is left out. */
  DANGLING_DESTINATION(1104, Severity.WARNING, Turn.USER),
  /** A data plane lacks what a policy asks for. */
  NOT_IN_DIALECT(1105, Severity.WARNING, Turn.USER),
  /** A policy's time is over. */
  EXPIRED(1106, Severity.INFO, Turn.USER),
  /** A route sends calls to labels that no instance of the service has. */
  LABELS_OF_NOBODY(1107, Severity.WARNING, Turn.USER),

  /** A registry cannot be reached; what it said last stays. */
  SOURCE_LOST(1201, Severity.ERROR, Turn.REGISTRY),
  /** An entry of a registry makes no sense and is left out. */
  MALFORMED_ENTRY(1202, Severity.WARNING, Turn.REGISTRY),
  /** A registry's protect threshold makes it report all instances as healthy. */
  PROTECT_THRESHOLD(1203, Severity.WARNING, Turn.REGISTRY),
  /** Two services of a namespace answer to one host name or address; it goes to neither. */
  HOST_CLASH(1204, Severity.WARNING, Turn.USER),
  /** One service is registered in two registries. */
  MERGED_SERVICE(1205, Severity.INFO, Turn.USER),
  /** What is served comes from the state folder; the source has not answered yet. */
  SERVED_STALE(1207, Severity.WARNING, Turn.REGISTRY),
  /** A source has not answered for a while, so that what its policies harm has ended. */
  SOURCE_SILENT(1208, Severity.WARNING, Turn.REGISTRY),
  /** A registry lists much less than before and is doubted; what was known stays for a while. */
  SHRINKING_HELD(1209, Severity.WARNING, Turn.REGISTRY),
  /** A service is registered in a way that a mesh cannot call. */
  NOT_CALLABLE(1210, Severity.INFO, Turn.USER),
  /** A registry does not let Skiff read something that it needs. */
  NOT_READABLE(1211, Severity.ERROR, Turn.REGISTRY),
  /**
   * A Kubernetes cluster does not know a policy kind: its custom resource definition is missing.
   */
  DEFINITION_MISSING(1212, Severity.WARNING, Turn.USER),
  /** A store does not let Skiff write the status of policies. */
  STATUS_NOT_KEPT(1213, Severity.WARNING, Turn.REGISTRY),
  /** One address and port of a service is registered twice; the more usable entry counts. */
  ADDRESS_TWICE(1214, Severity.WARNING, Turn.REGISTRY),
  /** Services of several namespaces have one short name; each is meant by its own namespace. */
  NAMESAKES(1215, Severity.INFO, Turn.USER),
  /** Nothing is known of what a source holds: it has not answered, and nothing was kept of it. */
  NOTHING_KNOWN(1220, Severity.ERROR, Turn.REGISTRY),

  /** A proxy rejected a resource. */
  REJECTED_BY_PROXY(1301, Severity.ERROR, Turn.SKIFF),
  /** Two live streams say that they are the same proxy; the newest counts. */
  DUPLICATE_PROXY(1302, Severity.WARNING, Turn.PROXY),
  /** A proxy's node metadata is not what Skiff's bootstrap writes. */
  UNKNOWN_IDENTITY(1303, Severity.WARNING, Turn.PROXY),
  /** Streams are turned away because a limit of the xDS port is reached. */
  LIMIT_REACHED(1304, Severity.WARNING, Turn.PROXY),
  /** More is used than is remembered of workloads. */
  SCOPE_BOUND(1320, Severity.WARNING, Turn.PROXY),
  /** A proxy says that it is in a namespace in which no registry has a service. */
  UNKNOWN_NAMESPACE(1321, Severity.WARNING, Turn.PROXY),
  /** A proxy belongs to a service that no registry knows. */
  UNREGISTERED(1322, Severity.INFO, Turn.PROXY),

  /** A resource failed Skiff's own last check and was not published. */
  GATE_REFUSED(1401, Severity.ERROR, Turn.SKIFF),
  /** Skiff failed on its own data; what is served stays as it was. */
  TRANSLATION_FAILED(1403, Severity.ERROR, Turn.SKIFF),
  /** A part of Skiff that must come back has not done so for too long. */
  STANDS_STILL(1404, Severity.ERROR, Turn.SKIFF),
  /** The wall clock was set while Skiff ran; no policy ended or went on because of it. */
  CLOCK_SET(1405, Severity.WARNING, Turn.USER),
  /** The state folder cannot be read or written. */
  STATE_FOLDER(1402, Severity.ERROR, Turn.USER),
  /** The process has nearly no file handles left. */
  FILE_HANDLES(1410, Severity.ERROR, Turn.USER);

  private final int number;
  private final Severity severity;
  private final Turn turn;

  FindingCode(int number, Severity severity, Turn turn) {
    this.number = number;
    this.severity = severity;
    this.turn = turn;
  }

  /** For example {@code SKF1004}. */
  public String id() {
    return "SKF" + number;
  }

  /** How bad it is. */
  public Severity severity() {
    return severity;
  }

  /** Who can do something about it. */
  public Turn turn() {
    return turn;
  }

  /** How bad a finding is. */
  public enum Severity {
    /** Something is not in force. */
    ERROR,
    /** Something is in force differently than its writer may think. */
    WARNING,
    /** Good to know. */
    INFO
  }

  /** Who can do something about a finding. */
  public enum Turn {
    /** Who wrote the document or the configuration. */
    USER,
    /** Who runs the registry. */
    REGISTRY,
    /** Who runs the data plane. */
    PROXY,
    /** Skiff's authors. */
    SKIFF
  }
}
