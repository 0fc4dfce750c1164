package dev.skiffmesh.translator.place;

/**
 * An option one of whose numbers follows from how many instances take the calls to its cluster. The
 * smaller number is the one that harms less: it is followed at once, a greater one with the
 * cluster's next change or a while later, since each new number makes the cluster anew and with it
 * all that Envoy has learned of its instances.
 */
public interface Sized {

  /** On which numbers stand, so that few changes of the instances change them. */
  int GRID = 10;

  /**
   * The number for so many instances.
   *
   * @param instances that take calls; from 0
   */
  int number(int instances);

  /** The option with that number. */
  ClusterOption with(int number);

  /** The next number below that stands on the grid. */
  static int onGrid(int number) {
    return number / GRID * GRID;
  }
}
