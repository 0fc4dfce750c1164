package dev.skiffmesh.server.status;

import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.document.Origin;
import dev.skiffmesh.api.document.Violation;
import dev.skiffmesh.api.status.Finding;
import dev.skiffmesh.api.status.FindingCode;
import dev.skiffmesh.server.delivery.StreamId;
import dev.skiffmesh.server.delivery.StreamStanding;
import dev.skiffmesh.translator.Translation;
import dev.skiffmesh.translator.resource.Resource;
import dev.skiffmesh.translator.resource.ResourceKind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** What is to be said of one moment, put together once. */
final class MomentReport {

  static final Comparator<Finding> BY_WEIGHT =
      Comparator.comparing((Finding finding) -> finding.code().severity())
          .thenComparing(finding -> finding.code().id())
          .thenComparing(Finding::subject)
          .thenComparing(finding -> finding.where().orElse(""))
          .thenComparing(finding -> Optional.ofNullable(finding.field()).orElse(""))
          .thenComparing(Finding::message);

  private final ReportInput input;
  private final SortedMap<StreamId, StreamStanding> standings;
  private final PolicyStatuses statuses;
  private final List<Finding> findings;

  MomentReport(
      ReportInput input,
      SortedMap<StreamId, StreamStanding> standings,
      PolicyStatuses statuses,
      List<Finding> besides) {
    this.input = input;
    this.standings = standings;
    this.statuses = statuses;
    this.findings = new ArrayList<>(input.findings());
    findings.addAll(besides);
  }

  MeshReport assemble(List<ScopeReport> scopes) {
    List<PolicyReport> policies = new ArrayList<>();
    for (LedgerEntry entry : input.entries().values()) {
      policies.add(
          new PolicyReport(
              statuses.of(entry),
              entry.good().map(LedgerEntry.Good::policy).orElse(null),
              entry.refused().orElse(null),
              entry.good().map(LedgerEntry.Good::acceptedAt).orElse(null),
              entry.good().map(LedgerEntry.Good::expiresAt).orElse(null),
              entry.source(),
              entry.newestText()));
      addFindings(entry);
    }
    // Equal views share their translation, and with it what had to be left out.
    Set<Translation> translations = Collections.newSetFromMap(new IdentityHashMap<>());
    SortedMap<String, List<ReportInput.Stream>> byProxy = new TreeMap<>();
    for (ReportInput.Stream stream : input.streams()) {
      byProxy.computeIfAbsent(stream.identity().id(), _ -> new ArrayList<>()).add(stream);
      Translation translation = stream.translation();
      if (translation != null && translations.add(translation)) {
        findings.addAll(translation.findings());
      }
      StreamStanding standing = standings.get(stream.id());
      if (standing != null) {
        standing.rejections().forEach(rejection -> addFinding(stream, rejection));
      }
    }
    return new MeshReport(
        input.revision(),
        input.at(),
        input.readiness(),
        input.world(),
        input.sources(),
        policies,
        byProxy.values().stream().map(this::proxy).toList(),
        scopes,
        findings.stream().distinct().sorted(BY_WEIGHT).toList());
  }

  /** The streams of one proxy; what differs between them is that of the newest. */
  private ProxyReport proxy(List<ReportInput.Stream> streams) {
    List<ReportInput.Stream> newestFirst =
        streams.stream()
            .sorted(Comparator.comparing(ReportInput.Stream::id, Comparator.reverseOrder()))
            .toList();
    ReportInput.Stream newest = newestFirst.getFirst();
    return new ProxyReport(
        newestFirst.stream().map(ReportInput.Stream::id).toList(),
        newest.identity(),
        newest.peer(),
        newestFirst.getLast().since(),
        streams.stream().allMatch(this::isInSync),
        types(newestFirst),
        newest.snapshot(),
        newest.translation() == null ? new TreeMap<>() : newest.translation().effects());
  }

  private boolean isInSync(ReportInput.Stream stream) {
    StreamStanding standing = standings.get(stream.id());
    return stream.current() && standing != null && standing.inSync();
  }

  private List<StreamStanding.TypeCounts> types(List<ReportInput.Stream> streams) {
    SortedMap<ResourceKind, StreamStanding.TypeCounts> types = new TreeMap<>();
    for (ReportInput.Stream stream : streams) {
      StreamStanding standing = standings.get(stream.id());
      if (standing != null) {
        standing
            .types()
            .forEach(one -> types.merge(one.kind(), one, StreamStanding.TypeCounts::with));
      }
    }
    return List.copyOf(types.values());
  }

  private void addFindings(LedgerEntry entry) {
    String subject = entry.key().toString();
    for (Violation violation : entry.violations()) {
      findings.add(
          new Finding(
              violation.field().equals("kind")
                  ? FindingCode.UNKNOWN_KIND
                  : FindingCode.INVALID_DOCUMENT,
              subject,
              entry.origin().at(violation.position()),
              violation.field().isEmpty() ? null : violation.field(),
              violation.message()));
    }
    for (Origin other : entry.overshadowed()) {
      findings.add(
          new Finding(
              FindingCode.DUPLICATE_DOCUMENT,
              subject,
              other.toString(),
              null,
              "A document must stand in one place; the one in '%s' of '%s' counts, this one does not"
                  .formatted(entry.origin(), entry.source())));
    }
    Instant end = entry.good().map(LedgerEntry.Good::expiresAt).orElse(null);
    if (end != null && !input.at().isBefore(end)) {
      findings.add(
          new Finding(
              FindingCode.EXPIRED,
              subject,
              entry.origin().toString(),
              null,
              "Its time was over at %s; an edit starts it again".formatted(end)));
    }
  }

  private void addFinding(ReportInput.Stream stream, StreamStanding.RejectedResource rejection) {
    List<DocumentKey> behind =
        Optional.ofNullable(stream.snapshot())
            .flatMap(snapshot -> snapshot.get(rejection.kind(), rejection.name()))
            .filter(resource -> resource.version().equals(rejection.version()))
            .map(Resource::provenance)
            .map(provenance -> List.copyOf(provenance.policies()))
            .orElse(List.of());
    String what =
        "Proxy '%s' rejected %s '%s': %s"
            .formatted(
                stream.identity().id(), rejection.kind(), rejection.name(), rejection.error());
    if (behind.isEmpty()) {
      findings.add(
          Finding.of(
              FindingCode.REJECTED_BY_PROXY, rejection.kind() + " " + rejection.name(), what));
    }
    for (DocumentKey policy : behind) {
      LedgerEntry entry = input.entries().get(policy);
      findings.add(
          new Finding(
              FindingCode.REJECTED_BY_PROXY,
              policy.toString(),
              entry == null ? null : entry.origin().toString(),
              null,
              what));
    }
  }
}
