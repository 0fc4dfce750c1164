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
 * Runs a test only with a real kube-apiserver and the etcd that it stands on, which are built here
 * if they must be. Without either it is skipped, as {@link MissingParts} has it.
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
      return MissingParts.condition(
          context.getDisplayName(), KubeApiServer::find, MissingParts.isCi());
    }
  }
}
