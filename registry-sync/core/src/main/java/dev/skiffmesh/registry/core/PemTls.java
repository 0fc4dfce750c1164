package dev.skiffmesh.registry.core;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * What TLS needs beside the system's certificates; files in PEM.
 *
 * @param ca certificates that sign the servers'; null for the system's
 * @param certificate of this client, for servers that ask for one; null for none
 * @param key of that certificate, PKCS 8
 */
public record PemTls(@Nullable Path ca, @Nullable Path certificate, @Nullable Path key) {

  /** The system's certificates, and none of our own. */
  public static final PemTls SYSTEM = new PemTls(null, null, null);

  private static final Pattern KEY =
      Pattern.compile("-----BEGIN PRIVATE KEY-----([^-]+)-----END PRIVATE KEY-----");

  private static final char[] NO_PASSWORD = new char[0];

  /** Refuses half a pair with an {@link IllegalArgumentException}. */
  public PemTls {
    if ((certificate == null) != (key == null)) {
      throw new IllegalArgumentException("`tls.certificate` and `tls.key` must be given together");
    }
  }

  /**
   * Reads the files.
   *
   * @throws IOException with a message that names the file, if one cannot be used
   */
  public SSLContext context() throws IOException {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(
          certificate == null || key == null ? null : keys(certificate, key).getKeyManagers(),
          ca == null ? null : trust(ca).getTrustManagers(),
          null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IOException("The certificates for TLS cannot be used: " + e.getMessage(), e);
    }
  }

  private static TrustManagerFactory trust(Path file) throws IOException, GeneralSecurityException {
    KeyStore store = empty();
    int next = 0;
    for (Certificate certificate : certificates(file)) {
      store.setCertificateEntry("ca-" + next++, certificate);
    }
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    return factory;
  }

  private static KeyManagerFactory keys(Path certificate, Path key)
      throws IOException, GeneralSecurityException {
    KeyStore store = empty();
    store.setKeyEntry(
        "client",
        privateKey(key),
        NO_PASSWORD,
        certificates(certificate).toArray(new Certificate[0]));
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(store, NO_PASSWORD);
    return factory;
  }

  private static KeyStore empty() throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    return store;
  }

  private static List<Certificate> certificates(Path file)
      throws IOException, GeneralSecurityException {
    try (InputStream content = new ByteArrayInputStream(read(file))) {
      Collection<? extends Certificate> found =
          CertificateFactory.getInstance("X.509").generateCertificates(content);
      if (found.isEmpty()) {
        throw new IOException("'" + file + "' must hold certificates in PEM");
      }
      return List.copyOf(found);
    }
  }

  private static PrivateKey privateKey(Path file) throws IOException, GeneralSecurityException {
    Matcher found = KEY.matcher(new String(read(file), StandardCharsets.US_ASCII));
    if (!found.find()) {
      throw new IOException("'" + file + "' must hold a key in PEM, PKCS 8, without a password");
    }
    PKCS8EncodedKeySpec spec =
        new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(found.group(1)));
    for (String algorithm : List.of("RSA", "EC", "EdDSA")) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(spec);
      } catch (InvalidKeySpecException other) {
        // The next one is tried.
      }
    }
    throw new IOException("'" + file + "' must hold an RSA, EC or EdDSA key");
  }

  private static byte[] read(Path file) throws IOException {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new IOException("'" + file + "' cannot be read: " + e.getClass().getSimpleName(), e);
    }
  }
}
