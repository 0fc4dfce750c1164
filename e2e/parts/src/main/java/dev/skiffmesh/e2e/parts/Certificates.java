package dev.skiffmesh.e2e.parts;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * Certificates for parts that speak TLS, as PEM files in one folder: an authority and what it
 * signed. Made by the JDK's own {@code keytool}; they are worth nothing outside of a test. Not
 * thread-safe.
 */
public final class Certificates {

  private static final char[] PASSWORD = "changeit".toCharArray();
  private static final int LINE = 64;

  private final Path folder;
  private final Path store;
  private final Path authority;

  private Certificates(Path folder) {
    this.folder = folder;
    this.store = folder.resolve("store.p12");
    this.authority = folder.resolve("ca.pem");
  }

  /**
   * A certificate with its key.
   *
   * @param certificate in PEM
   * @param key in PEM, PKCS 8
   */
  public record Pair(Path certificate, Path key) {}

  /** A new authority, whose files lie in {@code folder}. */
  public static Certificates in(Path folder) {
    Certificates certificates = new Certificates(folder);
    certificates.keytool(
        "-genkeypair", "-alias", "ca", "-keyalg", "EC", "-dname", "CN=skiff-tests", "-ext", "bc:c");
    certificates.write(certificates.authority, List.of(certificates.certificate("ca")));
    return certificates;
  }

  /** The authority's certificate. */
  public Path authority() {
    return authority;
  }

  /** A certificate for servers on 127.0.0.1 and for clients, signed by the authority. */
  public Pair signed(String name) {
    keytool("-genkeypair", "-alias", name, "-keyalg", "EC", "-dname", "CN=" + name);
    Path request = folder.resolve(name + ".csr");
    Path answer = folder.resolve(name + ".crt");
    keytool("-certreq", "-alias", name, "-file", request.toString());
    keytool(
        "-gencert",
        "-alias",
        "ca",
        "-rfc",
        "-infile",
        request.toString(),
        "-outfile",
        answer.toString(),
        "-ext",
        "san=ip:127.0.0.1,dns:localhost",
        "-ext",
        "eku=serverAuth,clientAuth");
    Path key = folder.resolve(name + ".key");
    write(key, List.of(privateKey(name)));
    return new Pair(answer, key);
  }

  private String certificate(String alias) {
    try {
      return pem("CERTIFICATE", open().getCertificate(alias).getEncoded());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private String privateKey(String alias) {
    try {
      return pem("PRIVATE KEY", open().getKey(alias, PASSWORD).getEncoded());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private KeyStore open() throws GeneralSecurityException {
    KeyStore opened = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      opened.load(in, PASSWORD);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return opened;
  }

  private static String pem(String type, byte[] encoded) {
    String body =
        Base64.getMimeEncoder(LINE, "\n".getBytes(StandardCharsets.US_ASCII))
            .encodeToString(encoded);
    return "-----BEGIN " + type + "-----\n" + body + "\n-----END " + type + "-----\n";
  }

  private void write(Path file, List<String> blocks) {
    try {
      Files.writeString(file, String.join("", blocks));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void keytool(String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of(arguments));
    command.addAll(
        List.of("-keystore", store.toString(), "-storepass", new String(PASSWORD), "-noprompt"));
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      process.getOutputStream().close();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw new IllegalStateException(arguments[0] + " failed: " + said);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted", e);
    }
  }
}
