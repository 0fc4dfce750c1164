package dev.skiffmesh.registry.core;

import dev.skiffmesh.api.status.Finding;
import dev.skiffmesh.api.status.FindingCode;
import java.util.List;
import java.util.stream.Collectors;

/** Names of a registry that would come to one in the mesh, and are told apart. */
public final class NameClash {

  private NameClash() {}

  /**
   * What is said of it.
   *
   * @param subject the registry's names
   * @param location where people find them
   * @param what they would have in common, as in "name in the mesh"
   * @param common that name
   * @param called what each is called instead, in the order of {@code subject}
   */
  public static Finding finding(
      String subject, String location, String what, String common, List<String> called) {
    return new Finding(
        FindingCode.HOST_CLASH,
        subject,
        location,
        null,
        "must not come to one %s, found '%s' for all of them; they are called %s"
            .formatted(
                what,
                common,
                called.stream().map(name -> "'" + name + "'").collect(Collectors.joining(", "))));
  }
}
