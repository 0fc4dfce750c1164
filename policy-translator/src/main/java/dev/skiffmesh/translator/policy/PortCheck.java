package dev.skiffmesh.translator.policy;

import java.util.List;

/**
 * A rule across kinds, in the folder of the kind that states it. It is asked once all policies of a
 * port are merged, learns of other kinds by their facts alone, and changes nothing: it says what is
 * lost.
 */
@FunctionalInterface
public interface PortCheck {

  /** What is to be said of policies where all of {@code port} is in force together. */
  List<Contribution.Remark> check(MergedPort port);
}
