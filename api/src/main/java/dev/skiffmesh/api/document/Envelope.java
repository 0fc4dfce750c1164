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

  private static final String VERSION = "apiVersion";

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

  /** What a kind asks of its specs beyond their schema. */
  @FunctionalInterface
  public interface Rules<S> {
    /** Adds what {@code spec} breaks, with paths from the document's root. */
    void check(S spec, Violations violations);
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
    return decode(root, specType, (spec, violations) -> {});
  }

  /**
   * The same, with the rules of the kind. They are also asked about what can be read of a spec that
   * its schema refuses, so that a document's writer sees everything at once; what they say of
   * things in which something was refused is left out, since it may be due to that lack.
   */
  public static <S> Decoded<Envelope<S>> decode(RawNode root, Class<S> specType, Rules<S> rules) {
    Violations found = new Violations();
    RecordDecoder decoder = new RecordDecoder(found);
    RawNode envelope =
        kept(root, name -> !name.equals(STATUS), name -> !KUBERNETES_METADATA.contains(name));
    Whole whole = decoder.read(envelope, Whole.class, "");
    List<Violation> foreign = foreignVersion(root, found);
    if (!foreign.isEmpty()) {
      return new Decoded.Rejected<>(foreign);
    }
    Optional<RawNode> written = spec(root);
    S spec = written.isEmpty() ? null : decoder.read(written.get(), specType, SPEC);
    if (spec != null && !found.isFull()) {
      Violations broken = new Violations();
      rules.check(spec, broken);
      found.addAll(broken, decoder.refused());
    }
    if (whole == null || spec == null || !found.isEmpty()) {
      return new Decoded.Rejected<>(found.inOrder());
    }
    Metadata metadata = whole.metadata;
    return new Decoded.Ok<>(
        new Envelope<>(
            new DocumentKey(whole.kind, metadata.namespace, metadata.name),
            metadata.labels,
            metadata.annotations,
            spec));
  }

  /** Of a spec that says nothing its absence is said. */
  private static Optional<RawNode> spec(RawNode root) {
    return root instanceof Mapping mapping
        ? mapping
            .get(SPEC)
            .filter(node -> !(node instanceof Scalar(_, var type, _) && type == ScalarType.NULL))
        : Optional.empty();
  }

  private static List<Violation> foreignVersion(RawNode root, Violations found) {
    return root instanceof Mapping mapping && mapping.get(VERSION).isPresent()
        ? found.inOrder().stream().filter(one -> one.field().equals(VERSION)).toList()
        : List.of();
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
