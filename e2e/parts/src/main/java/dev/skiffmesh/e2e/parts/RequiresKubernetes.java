package dev.skiffmesh.e2e.parts;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Runs a test only with a real kube-apiserver, which is built here if it must be. Without one it is
 * skipped with one loud line that says how to get it; where {@code CI=true} it fails.
 */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(RequiresKubernetes.Condition.class)
public @interface RequiresKubernetes {

  /** Looks for it, or builds it, before any time is counted. */
  final class Condition implements ExecutionCondition {

    /** JUnit makes it. */
    public Condition() {}

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
      try {
        return ConditionEvaluationResult.enabled(KubeApiServer.PROGRAM.path().toString());
      } catch (PartMissingException missing) {
        if ("true".equals(System.getenv("CI"))) {
          throw missing;
        }
        System.err.println("SKIPPED " + context.getDisplayName() + ": " + missing.getMessage());
        return ConditionEvaluationResult.disabled(String.valueOf(missing.getMessage()));
      }
    }
  }
}
