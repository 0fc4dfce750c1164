package dev.skiffmesh.e2e.parts;

import java.util.function.Supplier;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.LifecycleMethodExecutionExceptionHandler;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;
import org.opentest4j.TestAbortedException;

/**
 * What a test does when a real part, or a part of that part, is not on the machine: it is skipped
 * with one loud line that says how to get it; where {@code CI=true} it fails, because there nobody
 * would read the line. JUnit finds this by itself, so that a test asks for a part by starting it.
 *
 * <p>What may have to be built for minutes is asked for by an annotation ({@link
 * RequiresKubernetes}), before JUnit counts a test's time.
 */
public final class MissingParts
    implements TestExecutionExceptionHandler, LifecycleMethodExecutionExceptionHandler {

  /** JUnit makes it. */
  public MissingParts() {}

  @Override
  public void handleTestExecutionException(ExtensionContext context, Throwable failure)
      throws Throwable {
    throw outcome(context.getDisplayName(), failure, isCi());
  }

  @Override
  public void handleBeforeAllMethodExecutionException(ExtensionContext context, Throwable failure)
      throws Throwable {
    throw outcome(context.getDisplayName(), failure, isCi());
  }

  @Override
  public void handleBeforeEachMethodExecutionException(ExtensionContext context, Throwable failure)
      throws Throwable {
    throw outcome(context.getDisplayName(), failure, isCi());
  }

  /** Whether a missing part fails a test. */
  static boolean isCi() {
    return "true".equals(System.getenv("CI"));
  }

  /**
   * What a failure means for a test.
   *
   * @param test for the line that is printed
   * @param failure as the test threw it; a part may be missing several causes deep
   */
  static Throwable outcome(String test, Throwable failure, boolean ci) {
    if (ci) {
      return failure;
    }
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof PartMissingException missing) {
        return new TestAbortedException(skipped(test, missing), missing);
      }
    }
    return failure;
  }

  /** The same for a condition: asks for a part before a test's time is counted. */
  static ConditionEvaluationResult condition(String test, Supplier<String> part, boolean ci) {
    try {
      return ConditionEvaluationResult.enabled(part.get());
    } catch (PartMissingException missing) {
      if (ci) {
        throw missing;
      }
      return ConditionEvaluationResult.disabled(skipped(test, missing));
    }
  }

  private static String skipped(String test, PartMissingException missing) {
    String howToGetIt = String.valueOf(missing.getMessage());
    System.err.println("SKIPPED " + test + ": " + howToGetIt);
    return howToGetIt;
  }
}
