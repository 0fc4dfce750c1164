package dev.skiffmesh.server.admin;

import dev.skiffmesh.api.model.World;
import dev.skiffmesh.api.status.Finding;
import dev.skiffmesh.translator.resource.Resource;
import java.util.List;

/**
 * Things in the form in which the admin API shows them, for commands that work without a server.
 * What is returned is for a JSON mapper to write. Pure.
 */
public final class ApiForm {

  private ApiForm() {}

  /** As {@code /api/v1/services} answers. */
  public static Object services(World world) {
    return ApiItems.services(world);
  }

  /** As {@code /api/v1/endpoints} answers. */
  public static Object endpoints(World world) {
    return new Responses.Items<>(EndpointItems.of(world));
  }

  /** As {@code /api/v1/findings} answers. */
  public static Object findings(List<Finding> findings) {
    return ApiItems.findings(findings);
  }

  /** As {@code /api/v1/proxies/{id}/config} answers. */
  public static Object resources(List<Resource> resources) {
    return new Responses.Items<>(
        resources.stream().map(one -> ApiItems.resource(one, null)).toList());
  }

  /** An enum's constant as documents and answers write it: {@code RejectedByProxy}. */
  public static String word(Enum<?> constant) {
    return ApiItems.word(constant);
  }
}
