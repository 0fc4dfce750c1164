package dev.skiffmesh.translator.policy;

import dev.skiffmesh.api.model.Service;
import dev.skiffmesh.api.model.ServicePort;
import java.util.Optional;

/**
 * What policies are applied to.
 *
 * @param service the service
 * @param port one of its HTTP-family ports
 * @param directory how documents' names become services
 */
public record TargetPort(Service service, ServicePort port, Directory directory) {

  /** Finds services by what documents call them. */
  @FunctionalInterface
  public interface Directory {
    /**
     * The service of that name or alias in that namespace.
     *
     * @param name in any case
     */
    Optional<Service> find(String namespace, String name);
  }
}
