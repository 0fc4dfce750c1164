package dev.skiffmesh.api.document;

/** The forms of names in documents, for {@code @Matches}; as Kubernetes has them (RFC 1123). */
public final class NameForm {

  /** The only group and version so far. */
  public static final String API_VERSION = "\\Q" + RawDocument.API_VERSION + "\\E";

  /** A kind. */
  public static final String KIND = "[A-Z][A-Za-z0-9]{0,62}";

  /** {@link #KIND} in the user's words. */
  public static final String KIND_MEANING = "a kind such as 'TrafficRoute'";

  /** A namespace or a service's name: a DNS label. */
  public static final String LABEL = "[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?";

  /** {@link #LABEL} in the user's words. */
  public static final String LABEL_MEANING =
      "a DNS label (at most 63 lower-case letters, digits and '-', with a letter or digit at both"
          + " ends)";

  /** A document's name: a DNS subdomain, but for its length. */
  public static final String NAME = "[a-z0-9]([-.a-z0-9]{0,251}[a-z0-9])?";

  /** {@link #NAME} in the user's words. */
  public static final String NAME_MEANING =
      "a name of at most 253 lower-case letters, digits, '-' and '.', with a letter or digit at both"
          + " ends";

  private NameForm() {}
}
