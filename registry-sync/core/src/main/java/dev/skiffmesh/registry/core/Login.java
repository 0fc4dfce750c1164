package dev.skiffmesh.registry.core;

/**
 * A user of a registry; both empty for none.
 *
 * @param password never printed
 */
public record Login(String username, String password) {

  /** Nobody in particular. */
  public static final Login NONE = new Login("", "");

  /** Refuses half a login. */
  public Login {
    SourceSettings.require(
        username.isEmpty() == password.isEmpty(),
        "username",
        "and `password` must be given together");
  }

  /** Tells whether there is a login. */
  public boolean isPresent() {
    return !username.isEmpty();
  }

  /**
   * The same, for schemes that write both in one text with a colon between them.
   *
   * @throws IllegalArgumentException if there is one in the name
   */
  public Login withoutColon() {
    SourceSettings.require(username.indexOf(':') < 0, "username", "must not hold ':'");
    return this;
  }

  @Override
  public String toString() {
    return "Login[username=" + username + "]";
  }
}
