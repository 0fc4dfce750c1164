package dev.skiffmesh.e2e.parts;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

/**
 * Runs a test only with a real Envoy, which is fetched if it must be. Without one it is skipped, as
 * {@link MissingParts} has it.
 */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(RequiresEnvoy.Condition.class)
public @interface RequiresEnvoy {

  /** Which releases it needs. */
  EnvoyRelease[] value() default EnvoyRelease.V1_40;

  /** Looks for Envoy once for each JVM. */
  final class Condition implements ExecutionCondition {

    /** JUnit makes it. */
    public Condition() {}

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
      return MissingParts.condition(
          context.getDisplayName(),
          () ->
              releases(context).stream()
                  .map(release -> EnvoyBinary.require(release).toString())
                  .collect(Collectors.joining(", ")),
          MissingParts.isCi());
    }

    private static List<EnvoyRelease> releases(ExtensionContext context) {
      return AnnotationSupport.findAnnotation(context.getElement(), RequiresEnvoy.class)
          .map(required -> List.of(required.value()))
          .orElse(List.of());
    }
  }
}
