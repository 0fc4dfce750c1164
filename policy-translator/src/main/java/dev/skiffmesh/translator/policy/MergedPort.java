package dev.skiffmesh.translator.policy;

import dev.skiffmesh.translator.place.Option;
import dev.skiffmesh.translator.place.Placed;
import java.util.ArrayList;
import java.util.List;

/**
 * What all policies together say of one port.
 *
 * @param target which one
 * @param options those that keep their slots: of its destinations, of all of its calls, and of its
 *     routes
 */
public record MergedPort(TargetPort target, List<Placed<? extends Option>> options) {

  /** Copies what it is given. */
  public MergedPort {
    options = List.copyOf(options);
  }

  /**
   * The options that say such a thing of themselves, whatever their kind.
   *
   * @param type an interface of {@code place.fact}, or an option of the asking kind
   */
  public <F> List<Fact<F>> facts(Class<F> type) {
    List<Fact<F>> facts = new ArrayList<>();
    for (Placed<? extends Option> placed : options) {
      if (type.isInstance(placed.option())) {
        facts.add(new Fact<>(placed, type.cast(placed.option())));
      }
    }
    return facts;
  }

  /**
   * What an option says of itself.
   *
   * @param placed whose it is
   * @param says what it says
   */
  public record Fact<F>(Placed<? extends Option> placed, F says) {}
}
