package dev.skiffmesh.server.control;

import dev.skiffmesh.api.document.Decoded;
import dev.skiffmesh.api.document.RawDocument;
import dev.skiffmesh.api.model.EndpointSet;
import dev.skiffmesh.api.model.ProxyIdentity;
import dev.skiffmesh.api.model.Service;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.model.World;
import dev.skiffmesh.api.policy.Policy;
import dev.skiffmesh.translator.Evaluation;
import dev.skiffmesh.translator.ProxyView;
import dev.skiffmesh.translator.Sizing;
import dev.skiffmesh.translator.Translation;
import dev.skiffmesh.translator.Translator;
import dev.skiffmesh.translator.resource.Resource;
import java.util.Optional;
import java.util.SortedSet;

/**
 * What the control loop asks of the pure core; the methods are those of {@link Translator}. Pure
 * and thread-safe.
 */
public interface Translations {

  /** See {@link Translator#decode}. */
  Decoded<Policy<?>> decode(RawDocument document, long generation);

  /** See {@link Translator#evaluate}. */
  Evaluation evaluate(World world);

  /** See {@link Translator#sizing}. */
  Sizing sizing(Evaluation evaluation, ServiceId service, EndpointSet now);

  /** See {@link Translator#view}. */
  ProxyView view(Evaluation evaluation, ProxyIdentity identity, SortedSet<ServiceId> learned);

  /** See {@link Translator#translate}. */
  Translation translate(ProxyView view);

  /** See {@link Translator#assignmentService}. */
  Optional<ServiceId> assignmentService(String assignmentName);

  /** See {@link Translator#isAssigned}. */
  boolean isAssigned(String assignmentName, Service service);

  /** See {@link Translator#assignment}. */
  Resource assignment(String assignmentName, EndpointSet endpoints);

  /** The real ones. */
  static Translations by(Translator translator) {
    return new ByTranslator(translator);
  }

  /** Passes everything on. */
  record ByTranslator(Translator translator) implements Translations {
    @Override
    public Decoded<Policy<?>> decode(RawDocument document, long generation) {
      return translator.decode(document, generation);
    }

    @Override
    public Evaluation evaluate(World world) {
      return translator.evaluate(world);
    }

    @Override
    public Sizing sizing(Evaluation evaluation, ServiceId service, EndpointSet now) {
      return translator.sizing(evaluation, service, now);
    }

    @Override
    public ProxyView view(
        Evaluation evaluation, ProxyIdentity identity, SortedSet<ServiceId> learned) {
      return translator.view(evaluation, identity, learned);
    }

    @Override
    public Translation translate(ProxyView view) {
      return translator.translate(view);
    }

    @Override
    public Optional<ServiceId> assignmentService(String assignmentName) {
      return translator.assignmentService(assignmentName);
    }

    @Override
    public boolean isAssigned(String assignmentName, Service service) {
      return translator.isAssigned(assignmentName, service);
    }

    @Override
    public Resource assignment(String assignmentName, EndpointSet endpoints) {
      return translator.assignment(assignmentName, endpoints);
    }
  }
}
