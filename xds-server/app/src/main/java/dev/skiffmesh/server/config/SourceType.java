package dev.skiffmesh.server.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The word of a {@link SourceSection} in {@code skiff.yaml}: {@code type: consul}. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@interface SourceType {
  /** The word. */
  String value();
}
