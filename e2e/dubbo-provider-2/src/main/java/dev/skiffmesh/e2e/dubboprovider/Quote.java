package dev.skiffmesh.e2e.dubboprovider;

/** What the provider serves. */
public interface Quote {

  /** The price of a symbol. */
  String price(String symbol);
}
