package dev.skiffmesh.e2e.parts;

/** The releases of Envoy that Skiff is tested with, oldest first. */
public enum EnvoyRelease {
  /** Asks for no virtual hosts on demand. */
  V1_36(
      "1.36.2",
      "c75488ad0be907f077883691aa3832a79b509c1f6c993b420683e90793e13efc",
      "9e5048686ebee6999b021eefe313444e4c2280ac48c4ae23c61a13612e407225"),
  /** Takes virtual hosts one by one, and asks for none on demand. */
  V1_38(
      "1.38.3",
      "4a8fa981eac59809147c0ca4fc17ad5b066c16c2499e75d992fe5129e07a34fa",
      "f94e4feef98323f4f56aff8859d8d108df59b38cc92f63043f8cb182ab0dcd42"),
  /** The one that tests run unless they say otherwise. */
  V1_40(
      "1.40.0",
      "a88a3ed5b48bf80f523b9a00956ad1e5bcf5aab750bd2c2f3023c37e1ccf1884",
      "55828002a71f9bd4034650df412feafbce419c33d2687aaaa8c742a856ae07ea");

  /** The newest. */
  public static final EnvoyRelease NEWEST = V1_40;

  private final String version;
  private final String sha256OfX86;
  private final String sha256OfArm;

  EnvoyRelease(String version, String sha256OfX86, String sha256OfArm) {
    this.version = version;
    this.sha256OfX86 = sha256OfX86;
    this.sha256OfArm = sha256OfArm;
  }

  /** For example {@code 1.40.0}. */
  public String version() {
    return version;
  }

  /** Of the wheel, in lower-case hexadecimal: what was published when it was pinned. */
  String sha256(boolean arm) {
    return arm ? sha256OfArm : sha256OfX86;
  }
}
