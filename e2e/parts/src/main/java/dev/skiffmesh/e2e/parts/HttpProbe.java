package dev.skiffmesh.e2e.parts;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/**
 * Says yes when a URL answers 200; an error or an answer that takes over a second is a no.
 *
 * @param uri what to GET
 */
public record HttpProbe(URI uri) implements BooleanSupplier {

  private static final int TIMEOUT_MILLIS = (int) Duration.ofSeconds(1).toMillis();

  @Override
  public boolean getAsBoolean() {
    HttpURLConnection connection = null;
    try {
      connection = (HttpURLConnection) uri.toURL().openConnection();
      connection.setConnectTimeout(TIMEOUT_MILLIS);
      connection.setReadTimeout(TIMEOUT_MILLIS);
      return connection.getResponseCode() == HttpURLConnection.HTTP_OK;
    } catch (IOException notYet) {
      return false;
    } finally {
      if (connection != null) {
        connection.disconnect();
      }
    }
  }
}
