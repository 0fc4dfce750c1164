package dev.skiffmesh.server.cli;

import dev.skiffmesh.api.document.Decoded;
import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.document.Origin;
import dev.skiffmesh.api.document.RawDocument;
import dev.skiffmesh.api.document.Violation;
import dev.skiffmesh.api.model.EndpointSet;
import dev.skiffmesh.api.model.Service;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.model.World;
import dev.skiffmesh.api.policy.Policy;
import dev.skiffmesh.api.status.Finding;
import dev.skiffmesh.api.status.FindingCode;
import dev.skiffmesh.registry.core.DocumentReader;
import dev.skiffmesh.registry.core.ServiceDocuments;
import dev.skiffmesh.registry.file.FileSource;
import dev.skiffmesh.registry.file.FileSourceSettings;
import dev.skiffmesh.translator.Translator;
import dev.skiffmesh.translator.policy.trafficroute.LabelsOfNobody;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.pcollections.TreePMap;

/** Files understood as the server would, without a server. Confined to one thread. */
final class OfflineMesh {

  /** What a server that was told nothing else takes. */
  static final String ROOT_NAMESPACE = "skiff-system";

  private final Translator translator;
  private final List<Finding> findings = new ArrayList<>();
  private final Map<DocumentKey, Origin> seen = new TreeMap<>();
  private TreePMap<ServiceId, Service> services = TreePMap.empty();
  private TreePMap<ServiceId, EndpointSet> endpoints = TreePMap.empty();
  private TreePMap<DocumentKey, Policy<?>> policies = TreePMap.empty();

  private OfflineMesh(Translator translator) {
    this.translator = translator;
  }

  /** Reads files and folders of them. */
  static OfflineMesh read(Translator translator, List<Path> paths) {
    OfflineMesh mesh = new OfflineMesh(translator);
    for (Path path : paths) {
      if (!Files.exists(path)) {
        throw new CommandFailure(
            Skiff.USAGE, "`-f` must be a file or a folder, found nothing at '" + path + "'");
      }
      SortedMap<String, DocumentReader.Content> contents = contents(path);
      if (contents.isEmpty()) {
        throw new CommandFailure(
            Skiff.USAGE, "`-f` must hold *.yaml or *.yml files, found none in '" + path + "'");
      }
      contents.values().forEach(mesh::take);
    }
    mesh.findings.addAll(new LabelsOfNobody().of(mesh.world()));
    return mesh;
  }

  /** What the documents say together. */
  World world() {
    return new World(services, endpoints, policies);
  }

  /**
   * All that is wrong with single documents, in the order of files and lines, and then what they
   * say of instances that are not there.
   */
  List<Finding> findings() {
    return findings;
  }

  /** How many documents were read. */
  int documents() {
    return seen.size();
  }

  private static SortedMap<String, DocumentReader.Content> contents(Path path) {
    try {
      return FileSource.read(FileSourceSettings.of("files", path));
    } catch (IOException e) {
      throw new CommandFailure(Skiff.USAGE, "`-f` must be readable: " + e.getMessage());
    }
  }

  private void take(DocumentReader.Content content) {
    findings.addAll(content.findings());
    content.documents().forEach(this::understand);
  }

  private void understand(RawDocument document) {
    Origin earlier = seen.putIfAbsent(document.key(), document.origin());
    if (earlier != null) {
      findings.add(
          new Finding(
              FindingCode.DUPLICATE_DOCUMENT,
              document.key().toString(),
              document.origin().toString(),
              "metadata.name",
              "must stand once, found it also at " + earlier));
      return;
    }
    if (document.key().kind().equals(ServiceDocuments.KIND)) {
      switch (ServiceDocuments.decode(document)) {
        case Decoded.Ok<ServiceDocuments.Registered>(ServiceDocuments.Registered registered) -> {
          ServiceId id = registered.service().id();
          services = services.plus(id, registered.service());
          endpoints = endpoints.plus(id, registered.endpoints());
        }
        case Decoded.Rejected<ServiceDocuments.Registered>(List<Violation> violations) ->
            refuse(document, violations);
      }
      return;
    }
    switch (translator.decode(document, 1)) {
      case Decoded.Ok<Policy<?>>(Policy<?> policy) ->
          policies = policies.plus(policy.key(), policy);
      case Decoded.Rejected<Policy<?>>(List<Violation> violations) -> refuse(document, violations);
    }
  }

  private void refuse(RawDocument document, List<Violation> violations) {
    for (Violation violation : violations) {
      Finding finding = Finding.of(document, violation);
      findings.add(
          violation.field().equals("kind")
              ? new Finding(
                  FindingCode.UNKNOWN_KIND,
                  finding.subject(),
                  finding.location(),
                  finding.field(),
                  finding.message())
              : finding);
    }
  }

  /** One finding as a line that editors can jump to. */
  static String line(Finding finding) {
    String field = finding.field();
    return finding.where().orElse(finding.subject())
        + ": "
        + (field == null ? "" : "`" + field + "` ")
        + finding.message()
        + " ["
        + finding.code().id()
        + "]";
  }

  /** Findings that are only good to know are no trouble. */
  static int exitCode(Collection<Finding> findings) {
    return findings.stream().allMatch(one -> one.code().severity() == FindingCode.Severity.INFO)
        ? Skiff.OK
        : Skiff.FINDING;
  }
}
