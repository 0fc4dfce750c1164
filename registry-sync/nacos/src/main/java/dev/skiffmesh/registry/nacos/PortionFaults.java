package dev.skiffmesh.registry.nacos;

import dev.skiffmesh.api.source.Source;
import dev.skiffmesh.api.source.SourceEvent;
import dev.skiffmesh.api.status.Finding;
import dev.skiffmesh.api.status.FindingCode;
import dev.skiffmesh.registry.core.ServiceBook;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What is wrong with one portion, told when it has changed. Not thread-safe. */
final class PortionFaults {

  private final NacosPortion portion;
  private final String source;

  /** Of services of which there is something to report. */
  private final NavigableMap<String, List<Finding>> services = new TreeMap<>();

  private SortedMap<String, String> applications = new TreeMap<>();
  private List<Finding> clashes = List.of();
  private @Nullable String refusal;
  private boolean isStale;

  PortionFaults(NacosPortion portion, String source) {
    this.portion = portion;
    this.source = source;
  }

  /**
   * What a service is now.
   *
   * @param entry null if it is gone
   */
  void of(String service, @Nullable KnownService entry) {
    List<Finding> found = new ArrayList<>();
    if (entry != null) {
      found.addAll(entry.registered().findings());
      String failure = entry.failure();
      if (failure != null) {
        found.add(finding(FindingCode.MALFORMED_ENTRY, "service " + service, failure));
      }
    }
    List<Finding> before =
        found.isEmpty() ? services.remove(service) : services.put(service, found);
    isStale |= !found.equals(before == null ? List.of() : before);
  }

  /** Why the server does not let us list the portion; null if it does. */
  void refuse(@Nullable String reason) {
    isStale |= !Objects.equals(refusal, reason);
    refusal = reason;
  }

  /** As {@link #refuse} was told. */
  @Nullable String refusal() {
    return refusal;
  }

  /** What is wrong with Dubbo's applications, by their names. */
  void applications(SortedMap<String, String> problems) {
    isStale |= !applications.equals(problems);
    applications = new TreeMap<>(problems);
  }

  /** Tells it, if it has changed. */
  void tell(ServiceBook book, Source.Sink sink) {
    List<Finding> now = book.clashes(location());
    isStale |= !now.equals(clashes);
    clashes = now;
    if (isStale) {
      isStale = false;
      sink.accept(new SourceEvent.PortionFindings(portion.name(), refusal != null, findings()));
    }
  }

  private List<Finding> findings() {
    List<Finding> findings = new ArrayList<>();
    if (refusal != null) {
      findings.add(finding(FindingCode.SOURCE_LOST, "portion " + portion.name(), refusal));
    }
    services.values().forEach(findings::addAll);
    applications.forEach(
        (application, reason) ->
            findings.add(
                finding(FindingCode.MALFORMED_ENTRY, "Dubbo application " + application, reason)));
    findings.addAll(clashes);
    return findings;
  }

  private Finding finding(FindingCode code, String subject, String message) {
    return new Finding(code, subject, location(), null, message);
  }

  private String location() {
    return source + ": " + portion.name();
  }
}
