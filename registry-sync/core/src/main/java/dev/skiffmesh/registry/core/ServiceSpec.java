package dev.skiffmesh.registry.core;

import dev.skiffmesh.api.document.NameForm;
import dev.skiffmesh.api.model.Health;
import dev.skiffmesh.api.model.Protocol;
import dev.skiffmesh.api.schema.AtMostOneOf;
import dev.skiffmesh.api.schema.Default;
import dev.skiffmesh.api.schema.Description;
import dev.skiffmesh.api.schema.ExactlyOneOf;
import dev.skiffmesh.api.schema.Matches;
import dev.skiffmesh.api.schema.MaxItems;
import dev.skiffmesh.api.schema.MaxLength;
import dev.skiffmesh.api.schema.MinItems;
import dev.skiffmesh.api.schema.Range;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The {@code spec} of a {@code kind: Service} document.
 *
 * @param aliases what else the service is called
 * @param ports as callers name them
 * @param externalName null if it has instances
 * @param endpoints its instances
 */
@Description("A service and its instances, for those who keep them in documents.")
@AtMostOneOf({"externalName", "endpoints"})
public record ServiceSpec(
    @Description("What else the service is called, as its old callers spell it.")
        @MaxItems(64)
        @MaxLength(253)
        List<String> aliases,
    @Description("The service's ports, as callers name them.") @MinItems(1) @MaxItems(64)
        List<PortSpec> ports,
    @Description("A DNS name outside of the mesh that callers resolve, instead of endpoints.")
        @MaxLength(253)
        @Matches(value = NameForm.NAME, meaning = NameForm.NAME_MEANING)
        @Nullable String externalName,
    @Description("The service's instances.") @MaxItems(10_000) List<EndpointSpec> endpoints) {

  /**
   * One port of the service.
   *
   * @param name null for the protocol's word
   */
  @Description("One port of the service.")
  public record PortSpec(
      @Description("Unique within the service; the protocol's word if absent.")
          @Matches(value = NameForm.LABEL, meaning = NameForm.LABEL_MEANING)
          @Nullable String name,
      @Description("The number that callers use.") @Range(min = "1", max = "65535") int port,
      @Description("What is spoken there.") @Default("http") Protocol protocol) {

    String knownName() {
      return name == null ? protocol.wireName() : name;
    }
  }

  /**
   * One instance.
   *
   * @param port null if {@code ports} says more
   * @param weight decimals allowed; 0 drains
   */
  @Description("One instance of the service.")
  @ExactlyOneOf({"port", "ports"})
  public record EndpointSpec(
      @Description("An IP address.") @MaxLength(45) String address,
      @Description("Its other IP addresses, called in this order if the first does not answer.")
          @MaxItems(4)
          @MaxLength(45)
          List<String> additionalAddresses,
      @Description("The instance's own port, if the service has one port.")
          @Range(min = "1", max = "65535")
          @Nullable Integer port,
      @Description("The instance's own port under each name, if the service has several.")
          @MaxItems(64)
          @Range(min = "1", max = "65535")
          Map<String, Integer> ports,
      @Description("Its share of the calls; 0 sends it no new ones.")
          @Range(min = "0", max = "1000000")
          @Default("1")
          BigDecimal weight,
      @Description("What policies can tell it by.") @MaxItems(64) @MaxLength(1024)
          Map<String, String> labels,
      @Description("Where it runs.") @MaxLength(63) @Default("") String region,
      @Description("Where it runs.") @MaxLength(63) @Default("") String zone,
      @Description("Where it runs: a rack or a switch.") @MaxLength(63) @Default("") String subZone,
      @Description("Healthy, Unhealthy or Draining.") @Default("Healthy") Health health,
      @Description("False takes it out, whatever its health.") @Default("true") boolean enabled) {}
}
