package dev.skiffmesh.registry.nacos;

/** Patterns in which {@code *} stands for any characters, none among them; case counts. Pure. */
final class Glob {

  private Glob() {}

  /**
   * Tells whether the whole text matches. Greedy with one step back to the last star: linear in
   * practice, and without a regular expression that somebody's name could break.
   */
  static boolean matches(String glob, String text) {
    int g = 0;
    int t = 0;
    int star = -1;
    int resume = 0;
    while (t < text.length()) {
      if (g < glob.length() && glob.charAt(g) == '*') {
        star = g++;
        resume = t;
      } else if (g < glob.length() && glob.charAt(g) == text.charAt(t)) {
        g++;
        t++;
      } else if (star >= 0) {
        g = star + 1;
        t = ++resume;
      } else {
        return false;
      }
    }
    while (g < glob.length() && glob.charAt(g) == '*') {
      g++;
    }
    return g == glob.length();
  }
}
