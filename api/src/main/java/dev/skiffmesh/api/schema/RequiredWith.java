package dev.skiffmesh.api.schema;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The field must be there where another field of the record has one of some words. */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface RequiredWith {
  /** The other field, whose type is an enum. */
  String field();

  /** Words as documents write them. */
  String[] words();
}
