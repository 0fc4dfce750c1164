package dev.skiffmesh.api.schema;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * What a record's fields must keep to together, if no other annotation can say it. The decoder does
 * not check it: the kind does, and says it with a number. Reference pages and custom resource
 * definitions say it as it stands here.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface Together {
  /** What must be true, as a refusal begins: {@code must have at most ...}. */
  String must();

  /** The same in CEL, over {@code self}, within the API server's budget. */
  String cel();
}
