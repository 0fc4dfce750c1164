package dev.skiffmesh.translator;

import dev.skiffmesh.api.document.Decoded;
import dev.skiffmesh.api.document.RawDocument;
import dev.skiffmesh.api.model.EndpointSet;
import dev.skiffmesh.api.model.ProxyIdentity;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.model.World;
import dev.skiffmesh.api.policy.Policy;
import dev.skiffmesh.translator.resource.Resource;
import java.util.Optional;

/** The pure core's face: everything that the server and the command line ask of it. */
@SuppressWarnings("DoNotCallSuggester")
public final class Translator {

  private final String rootNamespace;

  /**
   * A translator.
   *
   * @param rootNamespace only policies from here may target the whole mesh
   */
  public Translator(String rootNamespace) {
    this.rootNamespace = rootNamespace;
  }

  /**
   * Understands one policy document by itself; never throws, whatever the document says.
   *
   * @param generation to be carried by the policy
   */
  public Decoded<Policy<?>> decode(RawDocument document, long generation) {
    throw new UnsupportedOperationException(rootNamespace);
  }

  /** Understands all policies and services together. Endpoints play no part. */
  public Evaluation evaluate(World world) {
    throw new UnsupportedOperationException();
  }

  /** What {@code identity} may see and needs. */
  public ProxyView view(Evaluation evaluation, ProxyIdentity identity) {
    return new ProxyView(identity, evaluation);
  }

  /** A proxy's resources. Equal views give equal translations. */
  public Translation translate(ProxyView view) {
    throw new UnsupportedOperationException();
  }

  /**
   * The service whose endpoints an assignment is made of; empty for a name that no cluster of Skiff
   * has, which is answered with an assignment without endpoints.
   */
  public Optional<ServiceId> assignmentService(String assignmentName) {
    throw new UnsupportedOperationException();
  }

  /**
   * The assignment (EDS resource) of that name: a pure function of the name and the endpoints of
   * its service, the same for all proxies.
   */
  public Resource assignment(String assignmentName, EndpointSet endpoints) {
    throw new UnsupportedOperationException();
  }
}
