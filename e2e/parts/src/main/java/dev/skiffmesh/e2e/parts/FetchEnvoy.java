package dev.skiffmesh.e2e.parts;

/**
 * Gets an Envoy if there is none. It is run from its source, which needs no build: {@code ./skiff
 * demo} downloads Envoy while it is built itself.
 */
public final class FetchEnvoy {

  private FetchEnvoy() {}

  /** Says on standard error that it downloads; whoever needs Envoy later says why there is none. */
  public static void main(String[] arguments) {
    EnvoyBinary.find();
  }
}
