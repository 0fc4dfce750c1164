package dev.skiffmesh.registry.core;

import dev.skiffmesh.api.document.Decoded;
import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.document.Envelope;
import dev.skiffmesh.api.document.Origin;
import dev.skiffmesh.api.document.Position;
import dev.skiffmesh.api.document.RawDocument;
import dev.skiffmesh.api.document.RawNode;
import dev.skiffmesh.api.document.RawNode.Mapping;
import dev.skiffmesh.api.document.RawNode.Scalar;
import dev.skiffmesh.api.document.Violation;
import dev.skiffmesh.api.status.Finding;
import dev.skiffmesh.api.status.FindingCode;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads YAML text into documents. Thread-safe; never throws, whatever the text.
 *
 * <p>YAML 1.2 with its core schema: {@code on}, {@code yes} and {@code no} are texts. Anchors and
 * aliases work within bounds; tags other than YAML's own are refused. What a document means, or
 * whether one of its fields stands twice, is not looked into here.
 */
public final class DocumentReader {

  private final YamlLimits limits;

  /** A reader with {@link YamlLimits#DEFAULT}. */
  public DocumentReader() {
    this(YamlLimits.DEFAULT);
  }

  /** A reader that refuses texts beyond the limits. */
  public DocumentReader(YamlLimits limits) {
    this.limits = limits;
  }

  /**
   * What a text holds.
   *
   * @param documents that have a kind and a name, in their order; several may have one key
   * @param findings what is wrong with the rest
   * @param isWhole false if there is something in the text of which nobody can tell which document
   *     it is: the text is not YAML at all (then there are no documents), or a document lacks its
   *     kind or name. Whoever knows earlier documents of this text keeps them then.
   */
  public record Content(List<RawDocument> documents, List<Finding> findings, boolean isWhole) {
    /** Copies what it is given. */
    public Content {
      documents = List.copyOf(documents);
      findings = List.copyOf(findings);
    }
  }

  /**
   * Reads one text.
   *
   * @param source the source's configured name
   * @param portion the file's path, the etcd key, ... as findings show it
   */
  public Content read(String source, String portion, String text) {
    try {
      return documents(source, portion, YamlTrees.read(text, limits));
    } catch (YamlTrees.UnreadableException unreadable) {
      Origin origin = new Origin(source, portion, unreadable.position());
      return new Content(
          List.of(),
          List.of(
              new Finding(
                  FindingCode.UNREADABLE_TEXT,
                  portion,
                  origin.toString(),
                  null,
                  unreadable.problem())),
          false);
    }
  }

  /**
   * Reads a text that is one tree and no document with an envelope: a configuration file. An empty
   * text is a tree without fields.
   */
  public Decoded<RawNode> readTree(String text) {
    try {
      List<YamlTrees.Tree> trees = YamlTrees.read(text, limits);
      if (trees.size() > 1) {
        return new Decoded.Rejected<>(
            List.of(
                new Violation(
                    "",
                    trees.get(1).root().position(),
                    "must be one YAML document, found several")));
      }
      return new Decoded.Ok<>(
          trees.isEmpty() ? new Mapping(List.of(), new Position(1, 1)) : trees.getFirst().root());
    } catch (YamlTrees.UnreadableException unreadable) {
      return new Decoded.Rejected<>(
          List.of(new Violation("", unreadable.position(), unreadable.problem())));
    }
  }

  private static Content documents(String source, String portion, List<YamlTrees.Tree> trees) {
    List<RawDocument> documents = new ArrayList<>();
    FewFindings findings = new FewFindings(portion);
    for (YamlTrees.Tree tree : trees) {
      Origin origin = new Origin(source, portion, tree.root().position());
      if (isList(tree.root())) {
        findings.add(
            new Finding(
                FindingCode.NO_ENVELOPE,
                portion,
                origin.toString(),
                "kind",
                "must not be a list of documents; write each of its `items` as a document of its"
                    + " own, with a line '---' between them"));
        continue;
      }
      switch (Envelope.key(tree.root())) {
        case Decoded.Ok<DocumentKey>(DocumentKey key) when tree.root() instanceof Mapping root ->
            documents.add(new RawDocument(key, root, origin, tree.text()));
        case Decoded.Ok<DocumentKey> _ -> {}
        case Decoded.Rejected<DocumentKey>(List<Violation> violations) ->
            violations.forEach(violation -> findings.add(noEnvelope(origin, violation)));
      }
    }
    return new Content(documents, findings.list(), findings.isEmpty());
  }

  /** What {@code kubectl get -o yaml} prints of several objects, and of none. */
  private static boolean isList(RawNode root) {
    return root instanceof Mapping mapping
        && mapping.get("items").isPresent()
        && mapping.get("kind").orElse(root) instanceof Scalar kind
        && kind.text().endsWith("List");
  }

  private static Finding noEnvelope(Origin origin, Violation violation) {
    boolean atRoot = violation.field().isEmpty();
    return new Finding(
        FindingCode.NO_ENVELOPE,
        origin.portion(),
        origin.at(violation.position()),
        atRoot ? null : violation.field(),
        atRoot
            ? "a document must have `apiVersion`, `kind`, `metadata` and `spec`: "
                + violation.message()
            : violation.message());
  }
}
