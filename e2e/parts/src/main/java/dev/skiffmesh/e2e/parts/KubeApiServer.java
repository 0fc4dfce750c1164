package dev.skiffmesh.e2e.parts;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * A real kube-apiserver on a real etcd, both on loopback only. There are no controllers:
 * EndpointSlices and Pods are written by the tests. What a test does to it leaves etcd alone.
 */
public final class KubeApiServer extends ServerPart {

  /** About three seconds are usual. */
  private static final Duration START_BOUND = Duration.ofSeconds(100);

  private static final int TIMEOUT_MILLIS = 2_000;

  private static final GoProgram PROGRAM =
      new GoProgram("kube-apiserver", "KUBEBUILDER_ASSETS to a folder with one");

  private final Path program;
  private final Etcd etcd;
  private final int port = FreePorts.next();

  private KubeApiServer(Path program, Etcd etcd) {
    super("kube-apiserver", START_BOUND);
    this.program = program;
    this.etcd = etcd;
  }

  /**
   * Starts one and waits until it is ready.
   *
   * @throws PartMissingException if there is none on this machine and none can be built
   * @throws IllegalStateException with the end of its log, if it does not become ready
   */
  public static KubeApiServer start() {
    return started(new KubeApiServer(PROGRAM.path(), Etcd.start()));
  }

  /**
   * The program, after all that it needs was found, or built.
   *
   * @throws PartMissingException if it or the etcd below it is not on this machine
   */
  static String find() {
    Etcd.PROGRAM.path();
    return PROGRAM.path().toString();
  }

  /** Where clients connect. */
  public String url() {
    return "https://127.0.0.1:" + port;
  }

  /** The port of {@link #url()}. */
  public int port() {
    return port;
  }

  /** The certificate that the server shows; it is its own authority. */
  public Path certificate() {
    return home().resolve("certificates/apiserver.crt");
  }

  /** A file with the token of a user who may do everything. */
  public Path adminToken() {
    return home().resolve("admin.token");
  }

  /**
   * A file with the token of the user {@code reader}, who may do nothing until told so by roles.
   */
  public Path readerToken() {
    return home().resolve("reader.token");
  }

  /** The store behind it. */
  public Etcd etcd() {
    return etcd;
  }

  /** Ends both servers and deletes their data. */
  @Override
  public void close() {
    try {
      super.close();
    } finally {
      etcd.close();
    }
  }

  private void writeTokensAndKeys() {
    try {
      Files.writeString(home().resolve("admin.token"), "admin-token");
      Files.writeString(home().resolve("reader.token"), "reader-token");
      Files.writeString(
          home().resolve("tokens.csv"),
          "admin-token,admin,admin,system:masters\nreader-token,reader,reader\n");
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(2_048);
      KeyPair keys = generator.generateKeyPair();
      Files.writeString(
          home().resolve("service-accounts.key"),
          pem("PRIVATE KEY", keys.getPrivate().getEncoded()));
      Files.writeString(
          home().resolve("service-accounts.pub"), pem("PUBLIC KEY", keys.getPublic().getEncoded()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every Java platform has RSA", e);
    }
  }

  private static String pem(String what, byte[] der) {
    String text =
        Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII)).encodeToString(der);
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n".formatted(what, text, what);
  }

  @Override
  protected ProcessBuilder command() {
    if (!Files.exists(home().resolve("service-accounts.pub"))) {
      writeTokensAndKeys();
    }
    List<String> command = new ArrayList<>();
    command.add(program.toString());
    command.add("--etcd-servers=" + etcd.endpoint());
    command.add("--bind-address=127.0.0.1");
    command.add("--advertise-address=127.0.0.1");
    command.add("--secure-port=" + port);
    command.add("--cert-dir=" + home().resolve("certificates"));
    command.add("--service-account-key-file=" + home().resolve("service-accounts.pub"));
    command.add("--service-account-signing-key-file=" + home().resolve("service-accounts.key"));
    command.add("--service-account-issuer=https://kubernetes.default.svc");
    command.add("--authorization-mode=RBAC");
    command.add("--token-auth-file=" + home().resolve("tokens.csv"));
    command.add("--service-cluster-ip-range=10.0.0.0/16,fd00:10::/108");
    command.add("--disable-admission-plugins=ServiceAccount");
    command.add("--endpoint-reconciler-type=none");
    return new ProcessBuilder(command);
  }

  /** The certificate is made by the server at its first start. */
  @Override
  protected boolean answers() {
    HttpsURLConnection connection = null;
    try (InputStream certificate = Files.newInputStream(certificate())) {
      KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
      trusted.load(null, null);
      trusted.setCertificateEntry(
          "server", CertificateFactory.getInstance("X.509").generateCertificate(certificate));
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(trusted);
      SSLContext tls = SSLContext.getInstance("TLS");
      tls.init(null, trust.getTrustManagers(), null);
      connection = (HttpsURLConnection) URI.create(url() + "/readyz").toURL().openConnection();
      connection.setSSLSocketFactory(tls.getSocketFactory());
      connection.setConnectTimeout(TIMEOUT_MILLIS);
      connection.setReadTimeout(TIMEOUT_MILLIS);
      return connection.getResponseCode() == HttpURLConnection.HTTP_OK;
    } catch (IOException | GeneralSecurityException notYet) {
      return false;
    } finally {
      if (connection != null) {
        connection.disconnect();
      }
    }
  }
}
