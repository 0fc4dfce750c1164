package dev.skiffmesh.translator.place;

/** How a kind that fails is spoken of, wherever it does. */
public final class Failures {

  /** A longer text of an exception is cut. */
  private static final int LONGEST = 200;

  private Failures() {}

  /**
   * What is said at the failing kind's policies. Running out of memory is nobody's in particular
   * and is thrown again.
   *
   * @param where what is done without them
   */
  public static String message(String where, Throwable failure) {
    return "Skiff failed to apply it to " + where + ", which goes on without it: " + text(failure);
  }

  /** The same of a document whose kind failed to check it. */
  public static String ofCheck(Throwable failure) {
    return "is refused, since Skiff failed to check it, which is a fault of Skiff: "
        + text(failure);
  }

  private static String text(Throwable failure) {
    if (failure instanceof OutOfMemoryError exhausted) {
      throw exhausted;
    }
    String text = failure.toString();
    return text.length() > LONGEST ? text.substring(0, LONGEST) + "…" : text;
  }
}
