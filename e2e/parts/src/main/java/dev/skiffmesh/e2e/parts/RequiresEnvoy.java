package dev.skiffmesh.e2e.parts;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

/**
 * Runs a test only with a real Envoy. Without one it is skipped with one loud line that says how to
 * get it; where {@code CI=true} it fails, because there nobody would read the line.
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
      List<String> found = new ArrayList<>();
      for (EnvoyRelease release : releases(context)) {
        switch (EnvoyBinary.find(release)) {
          case EnvoyBinary.Found.At(var path, var from) -> found.add(path + " (" + from + ")");
          case EnvoyBinary.Found.Missing missing -> {
            if ("true".equals(System.getenv("CI"))) {
              throw new PartMissingException(missing.message());
            }
            System.err.println("SKIPPED " + context.getDisplayName() + ": " + missing.message());
            return ConditionEvaluationResult.disabled(missing.message());
          }
        }
      }
      return ConditionEvaluationResult.enabled(String.join(", ", found));
    }

    private static List<EnvoyRelease> releases(ExtensionContext context) {
      return AnnotationSupport.findAnnotation(context.getElement(), RequiresEnvoy.class)
          .map(required -> List.of(required.value()))
          .orElse(List.of());
    }
  }
}
