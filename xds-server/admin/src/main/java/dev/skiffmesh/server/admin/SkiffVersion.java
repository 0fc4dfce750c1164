package dev.skiffmesh.server.admin;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** Which version this is. */
public final class SkiffVersion {

  /** For example {@code 0.1.0}; written by the build. */
  public static final String TEXT = read();

  private SkiffVersion() {}

  private static String read() {
    Properties properties = new Properties();
    try (InputStream resource = SkiffVersion.class.getResourceAsStream("version.properties")) {
      if (resource == null) {
        throw new IllegalStateException("version.properties must be beside " + SkiffVersion.class);
      }
      properties.load(resource);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return properties.getProperty("version", "unknown");
  }
}
