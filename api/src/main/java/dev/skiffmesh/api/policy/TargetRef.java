package dev.skiffmesh.api.policy;

import dev.skiffmesh.api.schema.Description;
import dev.skiffmesh.api.schema.MaxLength;
import dev.skiffmesh.api.schema.OnlyWith;
import dev.skiffmesh.api.schema.Range;
import dev.skiffmesh.api.schema.RequiredWith;
import org.jspecify.annotations.Nullable;

/**
 * What a policy is about.
 *
 * @param kind how wide it reaches
 * @param name the service's name or one of its aliases; null for Mesh and for the policy's own
 *     namespace
 * @param namespace null for the policy's own
 * @param port a service port's number, with Service only; null for all
 */
@Description("What the policy is about.")
public record TargetRef(
    @Description("Service, Namespace or Mesh.") Kind kind,
    @Description("A service's name or alias; a namespace's name, the policy's own if absent.")
        @MaxLength(253)
        @RequiredWith(field = "kind", words = "Service")
        @OnlyWith(
            field = "kind",
            words = {"Service", "Namespace"})
        @Nullable String name,
    @Description("The service's namespace; the policy's own if absent.")
        @MaxLength(63)
        @OnlyWith(field = "kind", words = "Service")
        @Nullable String namespace,
    @Description("One port of the service; all if absent.")
        @Range(min = "1", max = "65535")
        @OnlyWith(field = "kind", words = "Service")
        @Nullable Integer port) {

  /** How wide a target reaches; later ones are less specific. */
  public enum Kind {
    /** One service, or one port of it. */
    SERVICE,
    /** All services of a namespace. */
    NAMESPACE,
    /** All services; only from the root namespace. */
    MESH
  }
}
