package dev.skiffmesh.server.status;

import dev.skiffmesh.api.status.Finding;
import dev.skiffmesh.server.delivery.StreamId;
import dev.skiffmesh.server.delivery.StreamInspector;
import dev.skiffmesh.server.delivery.StreamStanding;
import dev.skiffmesh.translator.policy.trafficroute.LabelsOfNobody;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Makes reports, one at a time, on any thread. Reads nothing but what it is given and what the
 * engine shows of its streams; what a stream's answers come to is kept while neither changes.
 */
public final class ReportAssembler {

  private final StreamInspector inspector;
  private final StandMemory memory = new StandMemory();
  private final ScopeReports scopes = new ScopeReports();
  private final LabelsOfNobody labels = new LabelsOfNobody();

  /** Nothing is known from earlier reports. */
  public ReportAssembler(StreamInspector inspector) {
    this.inspector = inspector;
  }

  /** The report of {@code input}; not to be called before the one before has returned. */
  public MeshReport assemble(ReportInput input) {
    SortedMap<StreamId, StreamStanding> standings = new TreeMap<>();
    for (ReportInput.Stream stream : input.streams()) {
      inspector.inspect(stream.id()).ifPresent(standing -> standings.put(stream.id(), standing));
    }
    memory.begin(input.streams());
    List<Finding> besides = new ArrayList<>(inspector.findings());
    besides.addAll(labels.of(input.world()));
    return new MomentReport(input, standings, new PolicyStatuses(input, standings, memory), besides)
        .assemble(scopes.of(input));
  }
}
