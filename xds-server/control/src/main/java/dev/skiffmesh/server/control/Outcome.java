package dev.skiffmesh.server.control;

import dev.skiffmesh.translator.ProxyView;
import dev.skiffmesh.translator.Translation;
import java.util.List;

/** What came of one translation. */
sealed interface Outcome {

  /** The proxy's view is an equal one, so nothing was translated. */
  record Same(ProxyView view) implements Outcome {}

  /**
   * The proxy is to have something else.
   *
   * @param sent what is new or has another content; empty at the first translation
   * @param removed what is gone
   */
  record New(
      ProxyView view,
      Translation translation,
      List<Convergence.Sent> sent,
      List<Convergence.Sent> removed)
      implements Outcome {}

  /** A bug; the proxy keeps what it has. */
  record Failed(String why) implements Outcome {}
}
