package dev.skiffmesh.api.document;

import dev.skiffmesh.api.document.RawNode.Entry;
import dev.skiffmesh.api.document.RawNode.Mapping;
import dev.skiffmesh.api.document.RawNode.Scalar;
import dev.skiffmesh.api.document.RawNode.ScalarType;
import dev.skiffmesh.api.schema.Default;
import dev.skiffmesh.api.schema.Matches;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * A document of a known kind that was understood: what stands around its {@code spec}, and the
 * spec.
 *
 * @param key kind, namespace and name
 * @param labels of the metadata
 * @param annotations of the metadata
 * @param spec of the kind's own type
 */
public record Envelope<S>(
    DocumentKey key,
    SortedMap<String, String> labels,
    SortedMap<String, String> annotations,
    S spec) {

  private static final String SPEC = "spec";

  /** Written by Skiff itself where a source keeps it; never read. */
  private static final String STATUS = "status";

  /**
   * What the Kubernetes API server adds to {@code metadata}; a document that was fetched from there
   * may carry it, and it is not read.
   */
  private static final Set<String> KUBERNETES_METADATA =
      Set.of(
          "creationTimestamp",
          "deletionGracePeriodSeconds",
          "deletionTimestamp",
          "finalizers",
          "generation",
          "managedFields",
          "ownerReferences",
          "resourceVersion",
          "selfLink",
          "uid");

  /** Copies labels and annotations. */
  public Envelope {
    labels = Collections.unmodifiableSortedMap(new TreeMap<>(labels));
    annotations = Collections.unmodifiableSortedMap(new TreeMap<>(annotations));
  }

  /**
   * Reads kind, namespace and name and nothing else, which tells which document this is even if all
   * the rest of it is wrong; never throws.
   */
  public static Decoded<DocumentKey> key(RawNode root) {
    RawNode identity =
        kept(root, Set.of("kind", "metadata")::contains, Set.of("name", "namespace")::contains);
    return switch (RecordDecoder.decode(identity, Identity.class, "")) {
      case Decoded.Ok<Identity>(Identity found) ->
          new Decoded.Ok<>(
              new DocumentKey(found.kind, found.metadata.namespace, found.metadata.name));
      case Decoded.Rejected<Identity>(List<Violation> violations) ->
          new Decoded.Rejected<>(violations);
    };
  }

  /**
   * Reads a whole document; never throws. All that is wrong with the envelope and with the spec is
   * reported together. Unknown fields are refused; {@code status} is ignored. Of a document of
   * another {@code apiVersion} only that is said: the rest of it follows rules that are not known
   * here.
   *
   * @param specType a record, see {@link RecordDecoder}
   */
  public static <S> Decoded<Envelope<S>> decode(RawNode root, Class<S> specType) {
    return decode(root, node -> RecordDecoder.decode(node, specType, SPEC));
  }

  /**
   * The same, but passes a spec whose fields can be read and merely lack one another or should not
   * stand together; for whoever looks for what else is wrong with it.
   */
  public static <S> Decoded<Envelope<S>> decodeReadable(RawNode root, Class<S> specType) {
    return decode(root, node -> RecordDecoder.decodeReadable(node, specType, SPEC));
  }

  private static <S> Decoded<Envelope<S>> decode(
      RawNode root, Function<RawNode, Decoded<S>> specDecoder) {
    RawNode written =
        kept(root, name -> !name.equals(STATUS), name -> !KUBERNETES_METADATA.contains(name));
    Decoded<Whole> envelope = RecordDecoder.decode(written, Whole.class, "");
    Optional<Decoded<S>> spec =
        root instanceof Mapping mapping
            ? mapping
                .get(SPEC)
                .filter(
                    node -> !(node instanceof Scalar(_, var type, _) && type == ScalarType.NULL))
                .map(specDecoder)
            : Optional.empty();
    if (envelope instanceof Decoded.Ok<Whole>(Whole whole)
        && spec.isPresent()
        && spec.get() instanceof Decoded.Ok<S>(S value)) {
      Metadata metadata = whole.metadata;
      return new Decoded.Ok<>(
          new Envelope<>(
              new DocumentKey(whole.kind, metadata.namespace, metadata.name),
              metadata.labels,
              metadata.annotations,
              value));
    }
    List<Violation> violations = new ArrayList<>(violations(envelope));
    spec.ifPresent(decoded -> violations.addAll(violations(decoded)));
    violations.sort(Violation.BY_POSITION);
    List<Violation> foreign =
        violations.stream().filter(violation -> violation.field().equals("apiVersion")).toList();
    if (!foreign.isEmpty()
        && root instanceof Mapping mapping
        && mapping.get("apiVersion").isPresent()) {
      return new Decoded.Rejected<>(foreign);
    }
    return new Decoded.Rejected<>(violations);
  }

  private static List<Violation> violations(Decoded<?> decoded) {
    return switch (decoded) {
      case Decoded.Ok<?> _ -> List.of();
      case Decoded.Rejected<?>(List<Violation> violations) -> violations;
    };
  }

  private static RawNode kept(
      RawNode root, Predicate<String> fields, Predicate<String> metadataFields) {
    if (!(root instanceof Mapping mapping)) {
      return root;
    }
    List<Entry> entries = new ArrayList<>();
    for (Entry entry : mapping.entries()) {
      if (!fields.test(entry.key())) {
        continue;
      }
      entries.add(
          entry.key().equals("metadata")
              ? new Entry(
                  entry.key(), entry.position(), kept(entry.value(), metadataFields, name -> true))
              : entry);
    }
    return new Mapping(entries, mapping.position());
  }

  private record Identity(
      @Matches(value = NameForm.KIND, meaning = NameForm.KIND_MEANING) String kind,
      Named metadata) {}

  private record Named(
      @Matches(value = NameForm.NAME, meaning = NameForm.NAME_MEANING) String name,
      @Default("default") @Matches(value = NameForm.LABEL, meaning = NameForm.LABEL_MEANING)
          String namespace) {}

  private record Whole(
      @Matches(value = NameForm.API_VERSION, meaning = "'" + RawDocument.API_VERSION + "'")
          String apiVersion,
      @Matches(value = NameForm.KIND, meaning = NameForm.KIND_MEANING) String kind,
      Metadata metadata,
      RawNode spec) {}

  private record Metadata(
      @Matches(value = NameForm.NAME, meaning = NameForm.NAME_MEANING) String name,
      @Default("default") @Matches(value = NameForm.LABEL, meaning = NameForm.LABEL_MEANING)
          String namespace,
      SortedMap<String, String> labels,
      SortedMap<String, String> annotations) {}
}
