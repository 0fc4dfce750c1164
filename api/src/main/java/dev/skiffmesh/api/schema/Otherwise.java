package dev.skiffmesh.api.schema;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * What holds where no policy says anything about the field, in the form in which a user would write
 * it. Unlike a {@link Default} it is not what this policy means by leaving the field out: that is
 * left to other policies. Only pages and custom resource definitions read it.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Otherwise {
  /** The value as text. */
  String value();
}
