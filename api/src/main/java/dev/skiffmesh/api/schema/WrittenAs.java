package dev.skiffmesh.api.schema;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A type that documents write as one value although it is a type of its own here: a percentage, a
 * word that is not in Pascal case.
 *
 * <p>The type has a public static method {@link #factory()} that takes the value's text and returns
 * an {@code Optional} of the type, empty for what it refuses. The method is pure and never throws.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface WrittenAs {

  /** How the value is written. */
  Form form();

  /** What the value must be, in the user's words: {@code a percentage from 0 to 100}. */
  String meaning();

  /** The least number, with {@link Form#NUMBER}; empty for no bound. */
  String min() default "";

  /** The greatest number, with {@link Form#NUMBER}; empty for no bound. */
  String max() default "";

  /** The name of the static method that reads the text. */
  String factory() default "parse";

  /** How a value is written. */
  enum Form {
    /** Quoted, or plain and nothing else. */
    TEXT,
    /** A number, with or without a fraction; never quoted. */
    NUMBER
  }
}
