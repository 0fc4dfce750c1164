package dev.skiffmesh.translator.place.fact;

import java.time.Duration;

/** An option bounds the time of a whole request, all of its attempts together. */
public interface RequestTime {

  /** Until the response has ended; zero for no bound. */
  Duration within();
}
