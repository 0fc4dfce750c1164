package dev.skiffmesh.server.config;

import dev.skiffmesh.api.schema.Description;
import dev.skiffmesh.api.schema.MaxLength;
import dev.skiffmesh.registry.core.PemTls;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Certificates of a connection in {@code skiff.yaml}. */
@Description("Certificates in PEM files, read again at each connection.")
record TlsSection(
    @Description("Certificates that sign the servers'; the system's if absent.") @MaxLength(4096)
        @Nullable String ca,
    @Description("This client's certificate, for servers that ask for one; needs `key`.")
        @MaxLength(4096)
        @Nullable String certificate,
    @Description("The certificate's key, PKCS 8.") @MaxLength(4096) @Nullable String key) {

  /**
   * What sources are told; the system's certificates for an absent section.
   *
   * @param folder what relative paths are relative to
   * @throws IllegalArgumentException with a message for the user, if it cannot be used
   */
  static PemTls settings(@Nullable TlsSection section, Path folder) {
    return section == null
        ? PemTls.SYSTEM
        : new PemTls(
            resolved(folder, section.ca),
            resolved(folder, section.certificate),
            resolved(folder, section.key));
  }

  private static @Nullable Path resolved(Path folder, @Nullable String path) {
    return path == null ? null : folder.resolve(path);
  }
}
