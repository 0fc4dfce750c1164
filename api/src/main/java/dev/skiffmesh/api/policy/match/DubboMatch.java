package dev.skiffmesh.api.policy.match;

import dev.skiffmesh.api.schema.Description;
import dev.skiffmesh.api.schema.MaxLength;
import dev.skiffmesh.api.schema.Spelled;
import org.jspecify.annotations.Nullable;

/**
 * A Dubbo interface, or one method of it. YAML's field {@code interface} is a Java keyword, so the
 * component has another name in Java.
 *
 * @param interfaceName the interface's full name
 * @param method null for all
 * @param group null for all
 * @param version null for all
 */
@Description("A Dubbo interface or one method of it.")
public record DubboMatch(
    @Spelled("interface") @Description("The interface's full name.") @MaxLength(253)
        String interfaceName,
    @Description("The method; all if absent.") @MaxLength(253) @Nullable String method,
    @Description("The group; all if absent.") @MaxLength(253) @Nullable String group,
    @Description("The version; all if absent.") @MaxLength(253) @Nullable String version) {}
